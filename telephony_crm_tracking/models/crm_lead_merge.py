from odoo import models

from .crm_lead import SOURCES


class CrmLead(models.Model):
    """Leads that are merged unite their touches, and have the source of one of them."""

    _inherit = "crm.lead"

    def _merge_get_fields_specific(self):
        """Override since Odoo takes each of the three from another lead."""
        specific = super()._merge_get_fields_specific()
        for name in (*SOURCES, "tracking_channel"):
            specific[name] = self._merged_origin
        specific["tracking_date"] = lambda _name, leads: min(
            lead.tracking_date or lead.create_date for lead in leads
        )
        return specific

    @staticmethod
    def _merged_origin(name, leads):
        """Return a value of the first lead that has a source, else of the first."""
        lead = leads.filtered(lambda lead: lead._has_source())[:1] or leads[0]
        if name == "tracking_channel":
            return lead[name] or next(filter(None, leads.mapped(name)), False)
        return lead[name].id

    def _merge_dependences(self, opportunities):
        """Override to keep what is known of the leads that are merged into this."""
        super()._merge_dependences(opportunities)
        tail = opportunities.sudo()
        head = self.sudo()
        head.tracking_visit_ids |= tail.tracking_visit_ids
        touches = self.env["telephony.tracking.touch"].sudo()
        touches.search([("lead_id", "in", tail.ids)]).lead_id = head

    def _merge_opportunity(self, *args, **kwargs):
        """Override to share anew among all touches, once the values are known."""
        merged = super()._merge_opportunity(*args, **kwargs)
        merged._sync_touches()
        return merged
