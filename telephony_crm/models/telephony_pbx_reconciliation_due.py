from datetime import timedelta

from odoo import api, fields, models

from ..tools import transaction
from .telephony_pbx_reconciliation import OPEN

EVERY = timedelta(minutes=55)
#: What is read again each time: rows may appear late, and calls may be long.
OVERLAP = timedelta(hours=2)
DAY = timedelta(hours=25)
LONGEST_GAP = timedelta(days=62)
NIGHT = range(1, 5)  # hours in which a whole day is read again


class TelephonyPbxReconciliation(models.Model):
    """When a PBX is to be asked for its records, and of which period."""

    _inherit = "telephony.pbx.reconciliation"

    @api.model
    def _schedule(self):
        """Begin the regular comparisons that are due."""
        for pbx in self.env["telephony.pbx"].sudo().search([]):
            if not pbx._has_statistics():
                continue
            last = self.search(
                [("pbx_id", "=", pbx.id), ("kind", "=", "repair")], limit=1
            )
            if not last or last.create_date <= fields.Datetime.now() - EVERY:
                self._begin_repair(pbx)

    @api.model
    def _begin_repair(self, pbx):
        """Compare what is new since the last time, unless that is under way.

        :return: the run that is under way now
        """
        pbx.ensure_one()
        with transaction.exclusive(self.env, "reconciliation", pbx.id):
            of_pbx = [("pbx_id", "=", pbx.id), ("kind", "=", "repair")]
            run = self.sudo().search([*of_pbx, ("state", "in", OPEN)], limit=1)
            if not run:
                start, end = self._period(pbx)
                run = self.sudo().create(
                    {"pbx_id": pbx.id, "start_date": start, "end_date": end}
                )
        return run

    @api.model
    def _period(self, pbx):
        """Return from when until when the log is to be compared.

        Since the last comparison that came to its end, and some time before; if none
        did, since the beginning. Once in a day, at night where the PBX is, a whole day
        again; and whatever call is still without an end. Never from before the PBX was
        entered here: that is history, and is imported when somebody asks for it.
        """
        now = fields.Datetime.now()
        end = now - self._settle()
        done = self.sudo().search(
            [
                ("pbx_id", "=", pbx.id),
                ("kind", "=", "repair"),
                ("state", "=", "done"),
            ],
            limit=1,
        )
        start = done.end_date - OVERLAP if done else pbx.create_date
        if done and self._is_day_due(pbx, now):
            start = min(start, end - DAY)
        earliest = max(pbx.create_date, end - LONGEST_GAP)
        oldest = self.env["telephony.call"].search(
            [
                ("pbx_id", "=", pbx.id),
                ("state", "!=", "ended"),
                ("start_date", ">=", earliest),
            ],
            order="start_date",
            limit=1,
        )
        if oldest:
            start = min(start, oldest.start_date - timedelta(minutes=1))
        return min(max(start, earliest), end), end

    @api.model
    def _is_day_due(self, pbx, now):
        """Tell whether it is time to read a whole day again."""
        self.env.cr.execute(
            """
            SELECT max(end_date) FROM telephony_pbx_reconciliation
             WHERE pbx_id = %s AND kind = 'repair' AND state = 'done'
               AND end_date - start_date >= %s
            """,
            [pbx.id, DAY],
        )
        [[last]] = self.env.cr.fetchall()
        if not last or last < now - timedelta(hours=30):
            return True
        local = fields.Datetime.context_timestamp(pbx.with_context(tz=pbx.tz), now)
        return last < now - timedelta(hours=12) and local.hour in NIGHT

    @api.model
    def _settle(self):
        """Return how old what a PBX records must be, to be believed complete."""
        parameters = self.env["ir.config_parameter"]
        minutes = parameters._telephony_number("statistics_settle_minutes")
        return timedelta(minutes=minutes)
