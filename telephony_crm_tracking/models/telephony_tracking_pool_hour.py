from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: What is counted anew with each run; an hour is whole once its last visit is over.
RECOUNTED = timedelta(hours=26)


class TelephonyTrackingPoolHour(models.Model):
    """How many visitors needed a number of a pool within an hour, and found none.

    Those who found none are counted as they come, the others by a job, from the
    leases: so no visitor waits for another one's count.
    """

    _name = "telephony.tracking.pool.hour"
    _description = "Use of a Pool in an Hour"
    _rec_name = "hour"
    _order = "hour desc"
    _log_access = False

    pool_id = fields.Many2one(
        "telephony.tracking.pool", required=True, ondelete="cascade"
    )
    hour = fields.Datetime(required=True, help="When it began.")
    taken = fields.Integer(string="Got a Number")
    seconds = fields.Float(help="How long their visits lasted, taken together.")
    refused = fields.Integer(string="Found None")

    _once = models.UniqueIndex("(pool_id, hour)")

    @api.model
    def _note_refused(self, pool_id, visit_id, now):
        """Count a visitor who found no number free, once for all pages of the visit.

        Nor is counted who had one before: they are among those who got one.
        """
        self.env.cr.execute(
            """
            WITH first AS (
                UPDATE telephony_tracking_visit v
                   SET refused = COALESCE(v.refused, '[]') || %(pools)s::jsonb
                 WHERE v.id = %(visit)s
                   AND NOT COALESCE(v.refused, '[]') @> %(pools)s::jsonb
                   AND NOT EXISTS (
                       SELECT FROM telephony_tracking_lease l
                        WHERE l.visit_id = v.id AND l.pool_id = %(pool)s)
             RETURNING v.id
            )
            INSERT INTO telephony_tracking_pool_hour AS known
                   (pool_id, hour, taken, seconds, refused)
            SELECT %(pool)s, %(hour)s, 0, 0, 1 FROM first
                ON CONFLICT (pool_id, hour) DO UPDATE SET refused = known.refused + 1
            """,
            {
                "pool": pool_id,
                "pools": str([pool_id]),
                "visit": visit_id,
                "hour": now.replace(minute=0, second=0, microsecond=0),
            },
        )

    @api.model
    def _cron_count(self):
        """Count the leases of the last hours."""
        self._count(fields.Datetime.now())

    @api.model
    def _count(self, now, pools=None):
        """Count the leases of the last hours, that of now included.

        :param pools: only of these
        """
        self.env["telephony.tracking.lease"].flush_model()
        of_pools = SQL("AND s.pool_id = ANY(%s)", pools.ids) if pools else SQL()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO telephony_tracking_pool_hour
                       (pool_id, hour, taken, seconds, refused)
                SELECT l.pool_id, date_trunc('hour', l.start_date), count(*),
                       sum(extract(epoch FROM l.seen_date - l.start_date)), 0
                  FROM telephony_tracking_slot s
                  JOIN telephony_tracking_lease l
                    ON l.did_id = s.did_id AND l.pool_id = s.pool_id
                 WHERE l.start_date >= %s %s
                 GROUP BY 1, 2
                    ON CONFLICT (pool_id, hour) DO UPDATE
                   SET taken = EXCLUDED.taken, seconds = EXCLUDED.seconds
                """,
                (now - RECOUNTED).replace(minute=0, second=0, microsecond=0),
                of_pools,
            )
        )
