from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.telephony_crm.tools.transaction import begin

from .telephony_tracking_slot import HELD_UNTIL


class TelephonyTrackingSlot(models.Model):
    """Leases that are over end by a job, where nobody else has taken the number."""

    _inherit = "telephony.tracking.slot"

    @api.model
    def _cron_close(self):
        """End the leases that are over."""
        begin(self.env)
        self._close_over(fields.Datetime.now())

    @api.model
    def _close_over(self, now):
        """End the leases whose numbers are free again; no number hangs on it.

        :return: how many
        """
        self.env.cr.execute(
            SQL(
                """
                WITH over AS (
                    SELECT s.id, s.lease_id, s.pool_id
                      FROM telephony_tracking_slot s
                     WHERE (s.lease_id IS NOT NULL OR s.network IS NOT NULL)
                       AND s.free_date <= %(now)s
                       FOR UPDATE SKIP LOCKED
                ), closed AS (
                    UPDATE telephony_tracking_lease l
                       SET end_date = %(held_until)s
                      FROM over, telephony_tracking_pool p
                     WHERE l.id = over.lease_id AND l.end_date IS NULL
                       AND p.id = over.pool_id
                )
                UPDATE telephony_tracking_slot s
                   SET lease_id = NULL, visit_id = NULL, network = NULL
                  FROM over
                 WHERE s.id = over.id
             RETURNING over.lease_id
                """,
                now=now,
                held_until=HELD_UNTIL,
            )
        )
        return sum(bool(lease_id) for [lease_id] in self.env.cr.fetchall())
