import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from ..tools.transaction import exclusive

_logger = logging.getLogger(__name__)

BATCH = 100
# When what could not be told, or to nobody, is tried again.
AGAIN = timedelta(hours=1)


class TelephonyCallback(models.Model):
    """What becomes of call-backs that nobody makes in time."""

    _inherit = "telephony.callback"

    @api.model
    def _cron_escalate(self):
        """Tell others what was not done in time, once each; one that fails waits."""
        late = self.search(
            [
                ("state", "=", "open"),
                ("escalated", "=", False),
                ("escalate_date", "<=", fields.Datetime.now()),
            ],
            order="escalate_date, id",
            limit=BATCH,
        )
        for callback in late:
            try:
                callback._escalate_alone()
            except (OperationalError, ConcurrencyError):
                self.env.cr.rollback()  # it is late still, and the next run has it
            except Exception:
                _logger.warning(
                    "Call-back %s: not escalated", callback.id, exc_info=True
                )
                callback.exists().escalate_date = fields.Datetime.now() + AGAIN
            if not self.env["ir.cron"]._commit_progress(1):
                break
        if len(late) == BATCH:
            self.env.ref("telephony_crm.ir_cron_callback_escalate")._trigger()

    def action_take(self):
        """Make them the user's own."""
        self.write({"user_id": self.env.uid})

    def _put_off_escalation(self):
        """Give who has put a call-back off as much time as from the first due time."""
        for callback in self.filtered(lambda one: one.escalate_date):
            [callback.escalate_date] = self._working_moments(
                callback.user_id,
                callback.company_id,
                callback.due_date,
                callback.pbx_id.escalation_minutes,
            )

    def _escalate_alone(self):
        """Escalate it, alone for its number, unless it is done or told by now."""
        self.ensure_one()
        with exclusive(self.env, "number", self.company_id.id, self.e164):
            self.env.cr.execute(
                """
                SELECT FROM telephony_callback
                 WHERE id = %s AND state = 'open' AND escalated IS NOT TRUE
                   FOR NO KEY UPDATE
                """,
                [self.id],
            )
            if self.env.cr.rowcount:
                world = self.pbx_id._for_events().env
                world["telephony.callback"].browse(self.id)._escalate()

    def _escalate(self):
        """Let the team's leader know, or have it, as the PBX is set.

        Where there is no leader it is the user of the PBX, else all of the team are
        told. As long as there is nobody to tell, it is not escalated.
        """
        self.ensure_one()
        how = self.pbx_id.escalation
        if how == "none":
            self.escalated = True
            return
        leader, told = self._whom_to_tell()
        if not told:
            self.escalate_date = fields.Datetime.now() + AGAIN
            return
        before = self.user_id
        handed = leader if how == "hand_over" else leader.browse()
        vals = {"escalated": True, "told_ids": [fields.Command.set(told.ids)]}
        self.write({**vals, **({"user_id": handed.id} if handed else {})})
        for user in told:
            self._notice_of_delay(user, before, handed)
        self._tell_screens(before)

    def _whom_to_tell(self):
        """Return who leads, and all who are to be told; not who has not done it."""
        for leader in (self.team_id.user_id, self.pbx_id.fallback_user_id):
            if leader != self.user_id and self._works_for(leader, self.company_id):
                return leader, leader
        members = self.team_id.member_ids - self.user_id
        return self.env["res.users"], members.filtered(
            lambda user: self._works_for(user, self.company_id)
        )

    def _notice_of_delay(self, user, before, handed):
        """Tell somebody that it was not done in time: on the screen, and for later.

        :param before: whose it was
        :param handed: whose it is from now on, if that is somebody else
        """
        _ = self.with_context(lang=user.lang).env._
        name = self._name_for(user)
        if handed:
            message = _("%s was not called back in time. It is yours now.", name)
        elif before:
            message = _(
                "%(who)s was not called back in time by %(user)s.",
                who=name,
                user=before.name,
            )
        else:
            message = _("%s was not called back in time.", name)
        title = _("Not called back")
        self._notice(user, title, message)
        self.message_notify(
            partner_ids=user.partner_id.ids, subject=title, body=message
        )
