from datetime import timedelta

from odoo import api, fields, models

#: So many at once, each with its pages and numbers.
BATCH = 2000


class TelephonyTrackingVisit(models.Model):
    """Visits that no call came of are not kept for longer than the site says."""

    _inherit = "telephony.tracking.visit"

    @api.model
    def _cron_forget(self):
        """Delete what is too old, in batches, as long as the job has time."""
        sites = self.env["telephony.tracking.site"].with_context(active_test=False)
        now = fields.Datetime.now()
        for site in sites.search([]):
            before = now - timedelta(days=site.retention_days)
            while True:
                count = self._forget_some(site, before)
                if not self.env["ir.cron"]._commit_progress(count):
                    return
                if count < BATCH:
                    break

    @api.model
    def _forget_some(self, site, before):
        """Delete some visits of a site that began ``before``; return how many."""
        self.env.cr.execute(
            """
            DELETE FROM telephony_tracking_visit
             WHERE id IN (SELECT id FROM telephony_tracking_visit
                           WHERE site_id = %s AND start_date < %s
                             AND kept IS NOT TRUE
                           ORDER BY start_date
                           LIMIT %s)
            """,
            [site.id, before, BATCH],
        )
        return self.env.cr.rowcount
