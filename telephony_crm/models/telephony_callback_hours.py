from datetime import timedelta, timezone

from odoo import api, fields, models

from .telephony_callback_work import AHEAD


class TelephonyCallback(models.Model):
    """When people are there to call back who asks for it."""

    _inherit = "telephony.callback"

    @api.model
    def _moment_of(self, pbx, wanted=None, asked=None, calendar=None, **_options):
        """Return when somebody is called who asks for it, see `_request`."""
        asked = asked or fields.Datetime.now()
        return self._opening(pbx, max(wanted or asked, asked), calendar)

    @api.model
    def _opening(self, pbx, at, calendar=None):
        """Return a moment if people are there to call, else when they are next.

        :param at: naive UTC
        """
        calendar = self._calendar_of(pbx, calendar)
        if not calendar:
            return at
        start = at.replace(tzinfo=timezone.utc)
        for days in AHEAD:
            end = start + timedelta(days=days)
            for begin, _end, _leave in calendar._work_intervals_batch(start, end)[
                False
            ]:
                moment = max(begin, start).astimezone(timezone.utc)
                return moment.replace(tzinfo=None, microsecond=0)
        return at

    @api.model
    def _calendar_of(self, pbx, calendar=None):
        """Return the hours in which people are called back; none: at any hour."""
        company = pbx.company_id
        calendar = calendar or pbx.offer_calendar_id or company.resource_calendar_id
        return calendar.filtered(lambda one: not one.flexible_hours)
