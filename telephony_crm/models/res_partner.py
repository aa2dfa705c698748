from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Contacts have numbers, by which callers are known, and calls."""

    _name = "res.partner"
    _inherit = ["telephony.caller.mixin", "res.partner"]

    telephony_number_ids = fields.One2many(
        "telephony.number", "partner_id", string="Numbers"
    )
    telephony_call_ids = fields.One2many(
        "telephony.call",
        "partner_id",
        string="Calls of the Contact",
        groups="telephony_crm.group_telephony_agent",
    )

    def _compute_user_id(self):
        """Override to let calls follow a salesperson taken over from the company."""
        super()._compute_user_id()
        self.env["telephony.call"]._move_owner_later(self)

    def write(self, vals):
        """Override to read all numbers again when the country of a company changes."""
        result = super().write(vals)
        if "country_id" in vals and self._is_telephony_company():
            self.env.registry.clear_cache()
            self.env["telephony.number.fill"]._start()
        return result

    def _is_telephony_company(self):
        """Tell whether one of these contacts is a company of this database."""
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return bool(
            companies.search_count(Domain("partner_id", "in", self.ids), limit=1)
        )

    def _telephony_call_domain(self):
        """Override to count the calls of a company's persons, too."""
        return [("partner_id", "in", self._fetch_children_partners_for_hierarchy().ids)]

    def _telephony_call_holders(self, record):
        """Override to count the calls of a company's persons, too."""
        holders = self.browse()
        while record:
            holders |= record & self
            record = record.parent_id
        return holders

    def _telephony_call_values(self):
        return {"partner_id": self.id}
