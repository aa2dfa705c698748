from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import api, fields, models

#: A day is counted so long after it has ended: until then a last page may come.
REST = timedelta(minutes=10)


class TelephonyTrackingDay(models.Model):
    """How many visits of one kind a site had on one day.

    Visits that no call came of are forgotten after some weeks; their number stays here,
    without anything of who it was, so the report says the same of a month for ever. It
    also is what makes the report fast. Counted once a day is over; what has come since
    then the report counts from the visits themselves.
    """

    _name = "telephony.tracking.day"
    _description = "Visits of a Day"
    _rec_name = "date"
    _order = "date desc, id desc"
    _log_access = False

    site_id = fields.Many2one(
        "telephony.tracking.site", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True)
    date = fields.Date(required=True, help="Of the company, see `_zones`.")
    # As visitors brought them, in lower case: what they mean may be said later.
    source = fields.Char()
    medium = fields.Char()
    campaign = fields.Char()
    keyword = fields.Char()
    landing = fields.Char(string="Landing Page")
    visits = fields.Integer(required=True)

    _by_day = models.Index("(company_id, date)")

    @api.model
    def _zones(self, companies):
        """Return in which time zone the days of companies are reckoned.

        That of the PBX, as on its own statements; whoever reads a report, wherever
        they are, reads the same.

        :return: ``{company_id: name}``
        """
        pbxs = self.env["telephony.pbx"].sudo().with_context(active_test=False)
        zones = {}
        for pbx in pbxs.search([("company_id", "in", companies.ids)], order="id"):
            zones.setdefault(pbx.company_id.id, pbx.tz)
        for company in companies.sudo():
            zone = zones.get(company.id) or company.partner_id.tz
            zones[company.id] = zone if _exists(zone) else "UTC"
        return zones

    @api.model
    def _counted_until(self, companies):
        """Return until when the visits of all sites of companies are counted.

        :return: naive UTC; `None` when those of a site are not at all, or there is none
        """
        self.env.cr.execute(
            """
            SELECT CASE WHEN bool_and(counted_until IS NOT NULL)
                        THEN min(counted_until) END
              FROM telephony_tracking_site WHERE company_id = ANY(%s)
            """,
            [companies.ids],
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _cron_count(self):
        """Count the days that are over, as long as the job has time."""
        now = fields.Datetime.now()
        sites = self.env["telephony.tracking.site"].with_context(active_test=False)
        for site in sites.search([]):
            zone = self._zones(site.company_id)[site.company_id.id]
            while self._count_next(site, zone, now):
                if not self.env["ir.cron"]._commit_progress(1):
                    return

    @api.model
    def _count_next(self, site, zone, now):
        """Count the oldest day of a site that is not counted; return whether it was.

        :param zone: name of the time zone
        :param now: naive UTC
        """
        self.env.cr.execute(
            "SELECT counted_until FROM telephony_tracking_site "
            "WHERE id = %s FOR UPDATE",
            [site.id],
        )
        [since] = self.env.cr.fetchone()
        # Days without visits need not be looked at one by one.
        self.env.cr.execute(
            "SELECT min(start_date) FROM telephony_tracking_visit "
            "WHERE site_id = %s AND start_date >= COALESCE(%s::timestamp, '-infinity')",
            [site.id, since],
        )
        first = self.env.cr.fetchone()[0] or now - REST
        day, end = _day_of(first, zone)
        if end + REST > now:
            day -= timedelta(days=1)
            end = midnight(day + timedelta(days=1), zone)
            if since and since >= end:
                return False
            self._set_counted(site, end)
            return False
        self.env.cr.execute(
            """
            INSERT INTO telephony_tracking_day (
                date, site_id, company_id, source, medium, campaign, keyword, landing,
                visits)
            SELECT %s, site_id, company_id, NULLIF(lower(trim(source)), ''),
                   NULLIF(lower(trim(medium)), ''), NULLIF(lower(trim(campaign)), ''),
                   keyword, landing, count(*)
              FROM telephony_tracking_visit
             WHERE site_id = %s AND start_date >= %s AND start_date < %s
             GROUP BY 2, 3, 4, 5, 6, 7, 8
            """,
            [day, site.id, max(since or first, first), end],
        )
        self._set_counted(site, end)
        return True

    @api.model
    def _set_counted(self, site, until):
        """Note until when the visits of a site are counted.

        Without the ORM: what the pages of the site are told does not change by it.
        """
        self.env.cr.execute(
            "UPDATE telephony_tracking_site SET counted_until = %s WHERE id = %s",
            [until, site.id],
        )
        site.invalidate_recordset(["counted_until"], flush=False)


def _exists(zone):
    try:
        return bool(zone and ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return False


def midnight(day, zone):
    """Return when a day begins in a zone, naive UTC."""
    begin = datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
    return begin.astimezone(timezone.utc).replace(tzinfo=None)


def _day_of(moment, zone):
    """Return the day of a moment (naive UTC) in a zone, and when that day ends."""
    local = moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
    return local.date(), midnight(local.date() + timedelta(days=1), zone)
