from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..attribution.touch import LOOKBACK_DAYS

#: So many visits of somebody's browsers are looked at.
MOST_VISITS = 300
MOST_CALLS = 300


class TelephonyTrackingTouch(models.Model):
    """What there is of somebody: calls by number and contact, visits by browser."""

    _inherit = "telephony.tracking.touch"

    @api.model
    def _with_touches(self, leads):
        """Return the leads that have touches, and those that have a source only.

        One statement for all of them, with an index for each of its parts: most leads
        of an import are of nobody who has called.

        :return: leads that something may have led to, and leads without such
        """
        if not leads:
            return leads, leads
        self.env.flush_all()
        nothing = {name: id_ or None for name, id_ in leads._no_sources().items()}
        rows = self.env.execute_query(
            SQL(_WITH_TOUCHES, leads=leads.ids, days=LOOKBACK_DAYS, **nothing)
        )
        found = leads.browse(id_ for id_, is_found, _is_named in rows if is_found)
        named = (id_ for id_, is_found, is_named in rows if is_named and not is_found)
        return found, leads.browse(named)

    @api.model
    def _numbers_of_lead(self, lead):
        numbers = {*lead.telephony_number_ids.mapped("e164")}
        numbers |= {*lead.telephony_call_ids.mapped("number_e164")}
        return set(filter(None, numbers))

    @api.model
    def _calls_of_lead(self, lead):
        """Return the calls of a lead, its number or its contact; see `_tracked_calls`.

        Only those of one company: who asks about a lead that is shared may have rung
        others of ours, too.
        """
        person = Domain("lead_id", "=", lead.id)
        if numbers := self._numbers_of_lead(lead):
            person |= Domain("number_e164", "in", sorted(numbers))
        if lead.partner_id:
            person |= Domain("partner_id", "=", lead.partner_id.id)
        visits, born = lead.tracking_visit_ids, lead.tracking_date or lead.create_date
        company = self._company_of_lead(lead)
        return self._tracked_calls(person, company, visits, born, lead)

    @api.model
    def _company_of_lead(self, lead):
        """Return the company in which a lead earns."""
        company = lead.company_id or lead.tracking_visit_ids.company_id[:1]
        if not (company or lead.touch_ids or lead.user_id):
            company = lead.telephony_call_ids.company_id[:1]
        return company or lead._tracking_company([])

    @api.model
    def _tracked_calls(self, person, company, visits, born, lead=None):
        """Return the calls of somebody of which the origin is known.

        Incoming ones, and those that were asked for on a web site. Who rings us back
        does so since we had rung, whatever another system says of it.
        """
        since = born - timedelta(days=self._lookback(visits, lead))
        domain = person & Domain(
            [
                ("tracking_state", "!=", "none"),
                ("returns_ours", "=", False),
                ("start_date", ">=", since),
                ("company_id", "=", company.id),
            ]
        )
        return self.env["telephony.call"].search(domain, limit=MOST_CALLS)

    @api.model
    def _lookback(self, visits, lead=None):
        """Return the days that are looked back: those of the site."""
        sites = (
            visits.site_id
            or lead
            and lead.telephony_call_ids.match_ids.visit_id.site_id
        )
        return max(sites.mapped("lookback_days") if sites else [LOOKBACK_DAYS])

    @api.model
    def _same_browsers(self, visits, since, until):
        """Return all visits of the browsers that made some of them."""
        keys = set(visits.mapped("visitor_key"))
        if not keys:
            return visits
        domain = visits._of_browsers(keys)
        domain &= Domain("company_id", "in", visits.company_id.ids)
        domain &= Domain("start_date", ">=", since)
        if until:
            domain &= Domain("start_date", "<=", until)
        return visits | visits.search(domain, limit=MOST_VISITS)


#: The look-back is a bound only: without it all calls of a much used number are read.
_WITH_TOUCHES = """
    WITH looked AS (
        SELECT GREATEST(%(days)s, max(lookback_days)) AS days
          FROM telephony_tracking_site
    )
    SELECT l.id,
           EXISTS (SELECT FROM telephony_tracking_touch t WHERE t.lead_id = l.id)
        OR EXISTS (
               SELECT FROM telephony_tracking_lead_visit_rel v WHERE v.lead_id = l.id)
        OR EXISTS (
               SELECT FROM telephony_call c
                WHERE c.lead_id = l.id AND c.tracking_state != 'none'
                  AND c.start_date >= l.since)
        OR EXISTS (
               SELECT FROM telephony_call c
                WHERE c.partner_id = l.partner_id AND c.tracking_state != 'none'
                  AND c.start_date >= l.since)
        OR EXISTS (
               SELECT FROM telephony_number n
                 JOIN telephony_call c ON c.number_e164 = n.e164
                WHERE n.lead_id = l.id AND c.tracking_state != 'none'
                  AND c.start_date >= l.since) AS is_found,
           (l.source_id IS NOT NULL AND l.source_id IS DISTINCT FROM %(source_id)s)
        OR (l.medium_id IS NOT NULL AND l.medium_id IS DISTINCT FROM %(medium_id)s)
        OR l.campaign_id IS NOT NULL AS is_named
      FROM (SELECT crm_lead.*,
                   COALESCE(tracking_date, create_date)
                   - make_interval(days => looked.days) AS since
              FROM crm_lead, looked
             WHERE crm_lead.id = ANY(%(leads)s)) l
     ORDER BY l.id
"""
