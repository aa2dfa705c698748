from odoo import api, fields, models


class ResPartner(models.Model):
    """Contacts are chosen for the phone books of desk phones."""

    _inherit = "res.partner"

    telephony_phonebook_ids = fields.Many2many(
        "telephony.phonebook",
        string="Phone Books",
        compute="_compute_telephony_phonebook_ids",
        inverse="_inverse_telephony_phonebook_ids",
        groups="telephony_crm.group_telephony_agent",
        help="The phone books for which the contact was chosen. Others may show it "
        "because of its tags.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_telephony_phonebook_ids(self):
        books = self.env["telephony.phonebook"]
        books = books.search([("partner_ids", "in", self.ids)]) if self.ids else books
        for partner in self:
            partner.telephony_phonebook_ids = books.filtered(
                lambda book, partner=partner: partner._origin in book.partner_ids
            )

    def _inverse_telephony_phonebook_ids(self):
        """Change the books, so that it takes the right to choose for them."""
        for partner in self:
            chosen = partner.telephony_phonebook_ids
            books = self.env["telephony.phonebook"]
            before = books.search([("partner_ids", "in", partner.ids)])
            (before - chosen).write({"partner_ids": [(3, partner.id)]})
            (chosen - before).write({"partner_ids": [(4, partner.id)]})
