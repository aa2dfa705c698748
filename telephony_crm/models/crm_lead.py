from odoo import fields, models


class CrmLead(models.Model):
    """Leads have numbers, by which callers are known, and calls."""

    _name = "crm.lead"
    _inherit = ["telephony.caller.mixin", "crm.lead"]

    telephony_number_ids = fields.One2many(
        "telephony.number", "lead_id", string="Numbers"
    )
    telephony_call_ids = fields.One2many(
        "telephony.call",
        "lead_id",
        string="Calls of the Lead",
        groups="telephony_crm.group_telephony_agent",
    )

    def _compute_phone(self):
        """Override to let the numbers follow: this change never calls `write`."""
        super()._compute_phone()
        self.env["telephony.number"]._sync_later(self)

    def write(self, vals):
        """Override to let the calls follow to another contact, as on conversion."""
        if "partner_id" not in vals:
            return super().write(vals)
        old_partners = {lead.id: lead.partner_id.id for lead in self}
        result = super().write(vals)
        self.env["telephony.call"]._move_partner(self, old_partners)
        self.env["telephony.callback"]._move_partner(self)
        return result

    def _telephony_number_triggers(self):
        """Override since the contact's phone becomes the lead's."""
        return super()._telephony_number_triggers() | {"partner_id"}

    def _telephony_call_values(self):
        return {"lead_id": self.id, "partner_id": self.partner_id.id}

    # -- merging -----------------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        """Override to keep calls and numbers of the leads that are merged into this."""
        super()._merge_dependences(opportunities)
        calls = self.env["telephony.call"].sudo()
        calls.search([("lead_id", "in", opportunities.ids)]).write({"lead_id": self.id})
        calls._move_owner_of(self)
        callbacks = self.env["telephony.callback"].sudo()
        callbacks = callbacks.search([("lead_id", "in", opportunities.ids)])
        callbacks.write({"lead_id": self.id})
        callbacks.filtered(lambda one: one.state == "open")._hand_over()
        self.env["telephony.number"]._move(opportunities, self)

    def _merge_opportunity(self, *args, **kwargs):
        """Override to drop numbers that the merged lead has as its phone, too."""
        merged = super()._merge_opportunity(*args, **kwargs)
        self.env["telephony.number"]._drop_doubles(merged)
        return merged
