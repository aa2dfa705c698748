import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..tools.transaction import exclusive
from .telephony_pbx import ADMINISTRATOR

_logger = logging.getLogger(__name__)

BATCH = 200
CRON = "telephony_crm.ir_cron_call_follow_up"
# What a person says of a call that has ended, and what was brought about follows.
TOLD = {"note", "outcome_id", "partner_id", "lead_id"}
# What fails is tried again after as long as it waits already, and given up at last.
SHORTEST_WAIT = timedelta(minutes=1)
GIVEN_UP = timedelta(days=7)


class TelephonyCall(models.Model):
    """What an ended call brings about, after the PBX has had its answer.

    Calls that have ended, or whose result has changed, carry a mark. A job works the
    marks off, each call in a transaction of its own: what it brings about and the end
    of the mark are committed together, so that a crash neither loses nor repeats it.
    """

    _inherit = "telephony.call"

    follow_up = fields.Boolean(help="What it brings about is still to be done.")
    follow_up_date = fields.Datetime(help="Not before. Empty: at once.")
    follow_up_error = fields.Char(
        groups=ADMINISTRATOR, help="Why something of it could not be done yet."
    )

    _follow_up_due = models.Index("(id) WHERE follow_up")
    _follow_up_failed = models.Index("(pbx_id) WHERE follow_up_error IS NOT NULL")

    def write(self, vals):
        """Override to follow up what people say of a call after its end."""
        result = super().write(vals)
        if not TOLD.isdisjoint(vals):
            self.sudo().filtered(lambda call: call.state == "ended")._follow_up_later()
        return result

    def _follow_up_later(self):
        """Have the job look at these calls, which have ended; at once if it can.

        What an import of history tells of a call brings about nothing, also where the
        call was known before.
        """
        if self.env.context.get("telephony_of_past"):
            return
        calls = self.filtered(lambda call: not call.imported)
        if not calls:
            return
        unmarked = calls.filtered(
            lambda call: not call.follow_up or call.follow_up_date
        )
        unmarked.write({"follow_up": True, "follow_up_date": False})
        self._wake_follow_up()

    @api.model
    def _wake_follow_up(self):
        """Have the job run soon, without a trigger for each of many calls.

        A trigger that waits already will do, as long as its run has not begun. Whoever
        begins it deletes the trigger, which therefore is locked: a lock on it that we
        get makes the run begin after our commit, and so it sees what we have marked.
        One lock is enough for all that a transaction marks.
        """
        woken = self.env.cr.precommit.data  # empty again after commit and rollback
        if woken.get(CRON):
            return
        woken[CRON] = True
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(CRON, False)
        if not cron_id:
            return
        self.env.cr.execute(
            SQL(
                """
                SELECT FROM ir_cron_trigger
                 WHERE cron_id = %s AND call_at <= %s
                 LIMIT 1
                   FOR KEY SHARE SKIP LOCKED
                """,
                cron_id,
                fields.Datetime.now(),
            )
        )
        if not self.env.cr.rowcount:
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    @api.model
    def _cron_follow_up(self):
        """Work off the marks, the oldest first; a failing call holds up nobody."""
        call_ids = self._follow_up_ids()
        progress = self.env["ir.cron"]
        for call_id in call_ids:
            try:
                self._follow_up_alone(call_id)
            except (OperationalError, ConcurrencyError):
                self.env.cr.rollback()  # it stays marked, and the next run has it
            except Exception as error:  # noqa: BLE001 - whatever it was, others wait
                _logger.warning("Call %s: no follow-up", call_id, exc_info=True)
                self.browse(call_id).exists()._postpone_follow_up(error)
            if not progress._commit_progress(1):
                break
        if self._follow_up_ids(limit=1):
            self._wake_follow_up()

    @api.model
    def _follow_up_ids(self, limit=BATCH):
        """Return the ids of the calls that are due now."""
        self.flush_model(["follow_up", "follow_up_date"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM telephony_call
                 WHERE follow_up
                   AND (follow_up_date IS NULL OR follow_up_date <= %s)
                 ORDER BY id
                 LIMIT %s
                """,
                fields.Datetime.now(),
                limit,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _follow_up_alone(self, call_id):
        """Follow up one call, alone for its number, unless somebody else has done so.

        The number is locked before the call: who holds a call waits for no number.
        """
        self.env.cr.execute(
            "SELECT company_id, number_e164 FROM telephony_call WHERE id = %s",
            [call_id],
        )
        # A call of a private extension may have been taken away meanwhile.
        company_id, number = self.env.cr.fetchone() or (0, None)
        with exclusive(self.env, "number", company_id, number or f"call {call_id}"):
            self.env.cr.execute(
                """
                SELECT pbx_id FROM telephony_call
                 WHERE id = %s AND follow_up
                   FOR NO KEY UPDATE
                """,
                [call_id],
            )
            if row := self.env.cr.fetchone():
                pbx = self.env["telephony.pbx"].browse(row[0])._for_events()
                call = pbx.env["telephony.call"].browse(call_id)
                done = {"follow_up": False, "follow_up_date": False}
                call.write({**done, "follow_up_error": False})
                error = call._follow_up()
                if call.follow_up and not call.follow_up_date:
                    call.follow_up = False  # it was our own doing
                if error:
                    call._postpone_follow_up(error)
                call.env.flush_all()

    def _postpone_follow_up(self, error):
        """Try again after as long as the call has waited already, but not for ever.

        Why it failed stays with the call for an administrator to see.
        """
        for call in self:
            now = fields.Datetime.now()
            waited = now - (call.end_date or call.start_date)
            vals = {"follow_up_error": f"{type(error).__name__}: {error}"[:500]}
            if waited > GIVEN_UP:
                _logger.error("Call %s: follow-up given up: %s", call.id, error)
                vals |= {"follow_up": False, "follow_up_date": False}
            else:
                date = now + max(waited, SHORTEST_WAIT)
                vals |= {"follow_up": True, "follow_up_date": date}
            call.write(vals)

    def _follow_up(self):
        """Do what this ended call brings about; doing it again changes nothing more.

        The caller is alone for the number of the call and commits.

        :return: why nobody was created, when that failed; who waits to be rung back
            does not wait for it
        """
        self.ensure_one()
        failure = None
        try:
            # Whoever is created now has the call-back and the line.
            if self._create_if_wanted():
                self._after_change()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the rest is done
            _logger.warning("Call %s: nobody was created", self.id, exc_info=True)
            failure = error
        self._settle_callback()
        self._write_line()
        return failure
