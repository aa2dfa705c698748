import logging

from psycopg2 import OperationalError

from odoo import fields, models
from odoo.exceptions import ConcurrencyError

from ..attribution.conversion import Event
from .telephony_tracking_conversion import ADJUSTING

_logger = logging.getLogger(__name__)


class CrmLead(models.Model):
    """What of a lead is handed back to those who brought it."""

    _inherit = "crm.lead"

    conversion_ids = fields.One2many(
        "telephony.tracking.conversion",
        "lead_id",
        string="Handed Back",
        readonly=True,
        groups="telephony_crm.group_telephony_agent",
    )

    def _touches_synced(self, found):
        """Override to hand over what a sale is worth, or that it was cancelled.

        What was found had that done with its touches; the others have none, or finding
        them failed.
        """
        (self - found)._sync_conversions()
        return super()._touches_synced(found)

    def _sync_conversions(self):
        """Note for each destination what these leads come to."""
        destinations = self.env["telephony.tracking.destination"]
        if not destinations._ids_by_company():
            return
        for lead in self.sudo().exists():
            visits = lead._visits_of_lead(0)
            company = lead.company_id or visits[:1].company_id
            own = destinations._of_company(company)
            if own and (visits or lead.conversion_ids):
                own._sync(lead, lead._facts(), lead._visits_that_led)

    def _facts(self):
        """Return what is so of this lead: ``{event: (time, value)}``."""
        born = self.tracking_date or self.create_date
        facts = {Event.LEAD.value: (born, "amount_lead")}
        if self._is_sale():
            value = (self.tracking_revenue, self.tracking_currency_id)
            facts[Event.WON.value] = (self.tracking_sold_date, value)
        return facts

    def _is_sale(self):
        """Tell whether it is sold, as in the report, and not taken back.

        What was worth something when it was handed over, or has become so since, and is
        worth nothing now, is: it was cancelled, or credited.
        """
        of_worth = (Event.WON.value, Event.RESTATE.value)
        worth = self.conversion_ids.filtered(
            lambda row: row.event in of_worth and row.amount > 0
        )
        is_back = worth and self.tracking_revenue <= 0
        return bool(self.tracking_sold_date and not is_back)

    def _visits_of_lead(self, min_weight):
        """Return the visits known of forms, and of calls that are likely enough.

        Calls are its own and those of its touches, which are of the same contact or
        number.
        """
        calls = self.telephony_call_ids | self.touch_ids.call_id
        matches = calls.match_ids.filtered(
            lambda match: match.visit_id and match.weight >= min_weight
        )
        visits = self.tracking_visit_ids | matches.visit_id
        company = self.company_id or visits[:1].company_id
        return visits.filtered(lambda visit: visit.company_id == company)

    def _visits_that_led(self, min_weight):
        """Return the visits that led to the lead, the last one first.

        Until it was sold, as its touches; see `telephony.call`.
        """
        sure = self._visits_of_lead(min_weight)
        born = self.tracking_date or self.create_date
        until = max(filter(None, (born, self._tracking_sold())))
        visits = sure or self._visits_of_lead(0)
        destinations = self.env["telephony.tracking.destination"]
        return destinations._visits_before(visits, until), bool(sure)

    def unlink(self):
        """Override to take back what was handed over: it is no result any more."""
        self._take_back_conversions()
        return super().unlink()

    def _take_back_conversions(self):
        """Take back all that was handed over of these; they can be deleted anyway."""
        rows = self.sudo().conversion_ids.filtered(
            lambda row: row.event not in ADJUSTING and not row.cancelled_date
        )
        try:
            if rows:
                with self.env.cr.savepoint():
                    rows._take_back()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:
            _logger.exception("Leads %s: not taken back", self.ids)

    def _merge_dependences(self, opportunities):
        """Override to know of the lead that stays what was handed over of others."""
        opportunities.sudo().conversion_ids.lead_id = self
        return super()._merge_dependences(opportunities)


class TelephonyTrackingTouch(models.Model):
    """Whenever what led to a lead changes, or what came of it, that is handed over."""

    _inherit = "telephony.tracking.touch"

    def _sync_lead(self, lead):
        """Override to look what is to be handed over."""
        done = super()._sync_lead(lead)
        lead._sync_conversions()
        return done
