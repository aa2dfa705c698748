import logging
import time
from datetime import timedelta

from odoo import api, fields, models

from ..pbx import adapter as pbx_adapter
from ..tools import transaction
from .telephony_pbx_reconciliation import OPEN

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
KEEP = timedelta(days=90)
#: Seconds after which a turn of the job asks no PBX any more. A worker is killed
#: after two minutes, and one answer may take 20 seconds.
TURN = 40.0


class TelephonyPbxReconciliation(models.Model):
    """Whose records are read next, by which job, and what happens when that fails."""

    _inherit = "telephony.pbx.reconciliation"

    @api.model
    def _cron_reconcile(self):
        """Read the next pages of all comparisons whose PBX may be asked now.

        Never waits: when the pause of a PBX is over, the job runs again.
        """
        self._close_forgotten()
        self._schedule()
        deadline = time.monotonic() + TURN
        self.env["ir.cron"]._commit_progress(remaining=0)
        open_runs = self.search([("state", "in", OPEN)])
        for pbx in open_runs.pbx_id.filtered("active"):
            try:
                self._turn(pbx, deadline)
            except Exception:  # noqa: BLE001 - one PBX does not hold up the others
                self.env.cr.rollback()
                _logger.warning("PBX %s cannot be compared", pbx.id, exc_info=True)
                self._next(pbx)._postpone(self.env._("Something went wrong here."))
            self.env["ir.cron"]._commit_progress(1, remaining=0)
        self._plan()

    @api.model
    def _turn(self, pbx, deadline):
        """Ask one PBX as often as it may be asked without a pause."""
        run = self._next(pbx)
        while run and run._is_read() and time.monotonic() <= deadline:
            run._read_page()  # what is left of it needs no request
            run = self._next(pbx)
        if not run or time.monotonic() > deadline:
            return
        transaction.begin(self.env)
        if not pbx._claim_statistics():
            return
        for _request in range(pbx._statistics_burst()):
            run = self._next(pbx)
            if not run or not run._read_page() or time.monotonic() > deadline:
                break

    @api.model
    def _next(self, pbx):
        """Return what is to be read next of a PBX: the present before the past."""
        return self.search(
            [
                ("pbx_id", "=", pbx.id),
                ("state", "in", OPEN),
                "|",
                ("retry_at", "=", False),
                ("retry_at", "<=", fields.Datetime.now()),
            ],
            order="kind desc, id",
            limit=1,
        )

    @api.model
    def _plan(self):
        """Have the job run again when the first PBX may be asked."""
        moments = [
            max(
                run.pbx_id.sudo().statistics_after or fields.Datetime.now(),
                run.retry_at or fields.Datetime.now(),
            )
            for run in self.search([("state", "in", OPEN)])
            if run.pbx_id.active
        ]
        if moments:
            self._wake_job(min(moments))

    # -- what goes wrong -----------------------------------------------------------

    def _note_failure(self, pbx, error):
        """Try again later: soon when the PBX asks for patience, else less and less."""
        _logger.info("PBX %s: statistics: %s", pbx.id, error.code)
        self.invalidate_recordset()
        if isinstance(error, pbx_adapter.RateLimited):
            pbx._keep_statistics_turn(timedelta(seconds=error.retry_after))
            self.error = pbx._in_words(error)
            return
        self._postpone(pbx._in_words(error))

    def _postpone(self, words):
        """Try again after a pause that doubles each time; in the end give up."""
        if not self or self.state not in OPEN:
            return
        attempts = self.attempts + 1
        vals = {
            "attempts": attempts,
            "error": words,
            "retry_at": fields.Datetime.now() + timedelta(minutes=2**attempts / 2),
        }
        if attempts >= MAX_ATTEMPTS:
            vals.update(state="failed", finish_date=fields.Datetime.now())
        self.write(vals)

    @api.autovacuum
    def _gc_reconciliations(self):
        """Remove regular comparisons that found nothing after a week, else later."""
        self.env.cr.execute(
            """
            DELETE FROM telephony_pbx_reconciliation r
             WHERE kind = 'repair' AND state NOT IN ('waiting', 'running')
               AND (create_date < %(long)s
                 OR create_date < %(short)s AND state IN ('done', 'failed')
                    AND call_count + end_count + result_count + leg_count
                      + recording_count + closed_count + unproven_count = 0)
               AND EXISTS (
                   SELECT FROM telephony_pbx_reconciliation later
                    WHERE later.pbx_id = r.pbx_id AND later.kind = 'repair'
                      AND later.state = 'done' AND later.id > r.id)
            """,
            {
                "long": fields.Datetime.now() - KEEP,
                "short": fields.Datetime.now() - timedelta(days=7),
            },
        )
