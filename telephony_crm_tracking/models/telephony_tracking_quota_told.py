from odoo import api, fields, models
from odoo.tools import SQL

from .telephony_tracking_quota import UNWAITED


class TelephonyTrackingQuota(models.Model):
    """What is counted only to be told: limits that were reached, pages elsewhere.

    Whoever floods a site reaches these in each request, so they must cost next to
    nothing, and nobody waits in them for anybody else.
    """

    _inherit = "telephony.tracking.quota"

    @api.model
    def _count_limit(self, site_id, which, now):
        """Count a minute in which a limit was reached, once however often it was.

        :param which: ``site`` or ``network``: pages a minute; ``pool``: a network's
            part of a pool
        """
        self.env.cr.execute(
            """
            INSERT INTO telephony_tracking_quota AS known
                   (site_id, day, kind, name, minute, in_minute, in_day, shown)
            VALUES (%s, %s, 'limit', %s, %s, 1, 1, '[]')
                ON CONFLICT (site_id, day, kind, name) DO UPDATE
               SET minute = EXCLUDED.minute, in_day = known.in_day + 1
             WHERE known.minute != EXCLUDED.minute
            """,
            [site_id, now.date(), which, now.replace(second=0, microsecond=0)],
        )

    @api.model
    def _count_foreign(self, site_id, host, most=20):
        """Count that a page elsewhere has asked for numbers of a site.

        Nobody waits for anybody: who comes while another one is counted is not.

        :param most: so many hosts are told apart on a day; anybody can name any
        """
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                SELECT %s, count(*) FROM (
                    SELECT FROM telephony_tracking_quota
                     WHERE site_id = %s AND day = %s AND kind = 'foreign' AND name != %s
                     LIMIT %s) others
                """,
                UNWAITED,
                site_id,
                now.date(),
                host,
                most,
            )
        )
        [[_unwaited, known]] = self.env.cr.fetchall()
        name = host if known < most else "…"
        self.env.cr.execute(
            """
            WITH free AS (
                SELECT id FROM telephony_tracking_quota
                 WHERE site_id = %(site)s AND day = %(day)s
                   AND kind = 'foreign' AND name = %(name)s
                   FOR UPDATE SKIP LOCKED
            ), counted AS (
                UPDATE telephony_tracking_quota q SET in_day = in_day + 1
                  FROM free WHERE q.id = free.id RETURNING q.id
            )
            INSERT INTO telephony_tracking_quota
                   (site_id, day, kind, name, in_minute, in_day, shown)
            SELECT %(site)s, %(day)s, 'foreign', %(name)s, 1, 1, '[]'
             WHERE NOT EXISTS (SELECT FROM counted)
                ON CONFLICT (site_id, day, kind, name) DO NOTHING
            """,
            {"site": site_id, "day": now.date(), "name": name},
        )
