from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: So many at once, each with its pages and numbers.
BATCH = 2000


#: What belongs to a visit, and goes with it.
PARTS = (
    "telephony.tracking.lease",
    "telephony.tracking.slot",
    "telephony.tracking.visit.page",
)


class TelephonyTrackingVisit(models.Model):
    """Visits that no call came of are not kept for longer than the site says.

    That one is kept is noted when something comes of it, and taken back by a job once
    that is gone: calls, leads and what hangs on them are deleted in many ways.
    """

    _inherit = "telephony.tracking.visit"

    @api.model
    def _cron_forget(self):
        """Delete what is too old, in batches, as long as the job has time."""
        sites = self.env["telephony.tracking.site"].with_context(active_test=False)
        now = fields.Datetime.now()
        for site in sites.search([]):
            # Not before they are counted: their number is kept for the reports.
            before = min(
                now - timedelta(days=site.retention_days), site.counted_until or now
            )
            while True:
                count = self._forget_some(site, before)
                if not self.env["ir.cron"]._commit_progress(count):
                    return
                if count < BATCH:
                    break
            if not self._let_go_all(site, before):
                return

    @api.model
    def _let_go_all(self, site, before):
        """Look through the visits that are kept, a day at a time, from the last stop.

        Those that are let go are deleted by the next run.

        :return: whether there was time for all
        """
        self.env.cr.execute(
            "SELECT min(start_date) FROM telephony_tracking_visit WHERE site_id = %s",
            [site.id],
        )
        [first] = self.env.cr.fetchone()
        day = max(filter(None, (first, site.looked_through_date)), default=before)
        while day < before:
            until = min(day + timedelta(days=1), before)
            self._let_go_some(site, day, until)
            site.looked_through_date = day = until
            if not self.env["ir.cron"]._commit_progress(1):
                return False
        site.looked_through_date = False  # the next run begins anew
        return True

    @api.model
    def _let_go_some(self, site, since, until):
        """Keep those visits no more of which nothing has come that is still there.

        What is known of the same browser counts as one: touches are found anew.

        :return: how many
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE telephony_tracking_visit v SET kept = FALSE
                 WHERE v.site_id = %(site)s AND v.kept
                   AND v.start_date >= %(since)s AND v.start_date < %(until)s
                   AND NOT %(referred)s
                   AND NOT EXISTS (
                        SELECT FROM telephony_tracking_visit o
                         WHERE o.key = v.visitor_key AND %(other_referred)s)
                   AND NOT EXISTS (
                        SELECT FROM telephony_tracking_visit o
                         WHERE o.visitor_key = v.visitor_key
                           AND o.visitor_key != o.key AND %(other_referred)s)
                """,
                site=site.id,
                since=since,
                until=until,
                referred=self._is_referred("v"),
                other_referred=self._is_referred("o"),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _is_referred(self, alias):
        """Return SQL that tells whether something has come of a visit.

        :param alias: of the visits' table
        """
        found = [
            SQL(
                "EXISTS (SELECT FROM %s r WHERE r.%s = %s)",
                SQL.identifier(table),
                SQL.identifier(column),
                SQL.identifier(alias, "id"),
            )
            for table, column in self._references()
        ]
        return SQL("(%s)", SQL(" OR ").join(found))

    @api.model
    def _references(self):
        """Return ``(table, column)`` of all that may come of a visit."""
        found = set()
        for model in self.env.registry.values():
            if not model._auto or model._abstract or model._name in PARTS:
                continue
            for field in model._fields.values():
                if not field.store or field.comodel_name != self._name:
                    continue
                if field.type == "many2one":
                    found.add((model._table, field.name))
                elif field.type == "many2many":
                    found.add((field.relation, field.column2))
        return sorted(found)

    @api.model
    def _forget_some(self, site, before):
        """Delete some visits of a site that began ``before``; return how many.

        Whatever has come of one in the very moment in which it was let go is kept.
        """
        self.env.cr.execute(
            """
            SELECT id FROM telephony_tracking_visit
             WHERE site_id = %s AND start_date < %s AND kept IS NOT TRUE
             ORDER BY start_date
             LIMIT %s
            """,
            [site.id, before, BATCH],
        )
        ids = [visit_id for [visit_id] in self.env.cr.fetchall()]
        for statement in (
            "UPDATE telephony_tracking_visit v SET kept = TRUE "
            "WHERE id = ANY(%s) AND %s",
            "DELETE FROM telephony_tracking_visit v "
            "WHERE id = ANY(%s) AND kept IS NOT TRUE AND NOT %s",
        ):
            self.env.cr.execute(SQL(statement, ids, self._is_referred("v")))
        return len(ids)
