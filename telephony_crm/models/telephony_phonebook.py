from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.rights import check_fields
from .telephony_pbx import ADMINISTRATOR

# What those may change who choose the contacts.
CURATED = frozenset({"partner_ids"})
# More are not counted for the button.
MANY = 10_000


class TelephonyPhonebook(models.Model):
    """Contacts that desk phones show, at an address with a secret in it.

    What stands in it is what an administrator has decided by tags and a rule, and what
    the users have chosen who may.
    """

    _name = "telephony.phonebook"
    _description = "Phone Book"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    pbx_id = fields.Many2one(
        "telephony.pbx",
        string="Phones of",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["telephony.pbx"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
        help="The PBX at which the phones are that show it.",
    )
    company_id = fields.Many2one(related="pbx_id.company_id", store=True)
    partner_ids = fields.Many2many(
        "res.partner",
        "telephony_phonebook_partner_rel",
        "phonebook_id",
        "partner_id",
        string="Chosen Contacts",
        check_company=True,
        copy=False,
    )
    curator_ids = fields.Many2many(
        "res.users",
        "telephony_phonebook_curator_rel",
        "phonebook_id",
        "user_id",
        string="Who Chooses",
        check_company=True,
        help="Users who may choose contacts for it. Empty: every agent.",
    )
    category_ids = fields.Many2many(
        "res.partner.category",
        "telephony_phonebook_category_rel",
        "phonebook_id",
        "category_id",
        string="Contacts With Tags",
    )
    has_rule = fields.Boolean(string="Also by a Rule")
    domain = fields.Char(string="Rule", default="[]", groups=ADMINISTRATOR)
    with_colleagues = fields.Boolean(
        string="Colleagues' Extensions",
        default=True,
        help="The extensions of the PBX, by the names of their users.",
    )
    number_format = fields.Selection(
        [
            ("plus", "+44 20 3769 1880"),
            ("zeros", "0044 20 3769 1880"),
            ("national", "020 3769 1880 within the country"),
        ],
        string="How Numbers Are Dialled",
        required=True,
        default="plus",
    )
    prefix = fields.Char(
        string="To Get Out",
        help="What is dialled first for an outside line, such as 0.",
    )
    latin_names = fields.Boolean(
        string="Names in Latin Letters",
        help="Names are transliterated, for phones that show no other letters.",
    )
    contact_count = fields.Integer(
        string="Contacts", compute="_compute_contact_count", compute_sudo=True
    )
    may_choose = fields.Boolean(
        compute="_compute_may_choose", search="_search_may_choose"
    )
    can_administer = fields.Boolean(compute="_compute_may_choose")
    # -- computes ----------------------------------------------------------------

    @api.depends("partner_ids", "category_ids", "has_rule", "domain", "company_id")
    def _compute_contact_count(self):
        for book in self:
            contacts = self.env["res.partner"]
            count = contacts.search_count(book._contact_domain(), limit=MANY)
            book.contact_count = count

    @api.depends_context("uid")
    @api.depends("curator_ids")
    def _compute_may_choose(self):
        administers = self.env.user.has_group(ADMINISTRATOR)
        for book in self:
            curators = book.curator_ids
            book.can_administer = administers
            book.may_choose = administers or not curators or self.env.user in curators

    def _search_may_choose(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.TRUE
        if not self.env.user.has_group(ADMINISTRATOR):
            domain = Domain("curator_ids", "=", False)
            domain |= Domain("curator_ids", "in", self.env.uid)
        return domain if True in value else ~domain

    # -- constraints -------------------------------------------------------------

    @api.constrains("domain", "has_rule")
    def _check_domain(self):
        """Try the rule, as whoever wrote it: it must not reach what they may not."""
        for book in self.filtered("has_rule"):
            try:
                contacts = self.env["res.partner"].sudo(False)
                contacts.search(book._rule(), limit=1)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("The rule of “%s” cannot be read.", book.name)
                ) from error

    @api.constrains("prefix")
    def _check_prefix(self):
        for book in self.filtered("prefix"):
            if not set(book.prefix) <= set("0123456789*#"):
                raise ValidationError(
                    self.env._("“%s” cannot be dialled on a phone.", book.prefix)
                )

    # -- CRUD --------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_pbx(vals)
        books = super().create(vals_list)
        books._check_chosen(self.env["res.partner"])
        self.env.registry.clear_cache()
        return books

    def write(self, vals):
        """Override to let those who choose contacts do just that."""
        self._check_pbx(vals)
        if not self.env.user.has_group(ADMINISTRATOR):
            check_fields(self, vals, CURATED)
        before = self.sudo().partner_ids
        result = super().write(vals)
        if "partner_ids" in vals:
            self._check_chosen(before)
        if set(vals) - CURATED:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_pbx(self, vals):
        """Refuse to have phones of another company show it."""
        if vals.get("pbx_id") and not self.env.su:
            self.env["telephony.pbx"].browse(vals["pbx_id"]).check_access("write")

    def _check_chosen(self, before):
        """Refuse contacts that the user may not see: the book would show them."""
        if not self.env.su:
            added = self.sudo().partner_ids - before
            added.sudo(False).check_access("read")

    # -- actions -----------------------------------------------------------------

    def action_view_contacts(self):
        """Open the contacts that stand in it, as far as the user may see them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "contacts.action_contacts"
            if self.env.ref("contacts.action_contacts", raise_if_not_found=False)
            else "base.action_partner_form"
        )
        return {**action, "domain": list(self.sudo()._contact_domain()), "context": {}}

    # -- what stands in it -------------------------------------------------------

    def _rule(self):
        """Return the domain that an administrator has entered.

        :raises ValueError: or `SyntaxError`, `TypeError` when it is none
        """
        return Domain(literal_eval(self.domain or "[]"))

    def _contact_domain(self, group=""):
        """Return which contacts stand in it.

        Those of its company and shared ones that have a number.

        :param group: ``chosen``, ``tag-3`` …; ``""`` for all
        """
        self.ensure_one()
        wanted = Domain("id", "in", self.partner_ids.ids)
        tagged = Domain("category_id", "in", self.category_ids.ids)
        if group.startswith("tag-"):
            wanted = Domain("category_id", "in", [int(group[4:])]) & tagged
        elif group != "chosen":
            wanted |= tagged
            if self.has_rule:
                wanted |= self._rule()
        return (
            wanted
            & Domain("active", "=", True)
            & Domain("company_id", "in", [False, self.company_id.id])
            & Domain("name", "!=", False)
            & Domain("telephony_number_ids", "!=", False)
        )
