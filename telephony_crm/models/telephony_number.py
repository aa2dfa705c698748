from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..pbx import numbers
from ..tools.rights import check_fields

OWNERS = {"res.partner": "partner_id", "crm.lead": "lead_id"}
# What a person may say of a number. All else follows, and decides who calls.
WRITABLE = frozenset({"number", "label"})
CREATABLE = WRITABLE | set(OWNERS.values())


class TelephonyNumber(models.Model):
    """A number of a contact or lead, in the forms by which callers are found.

    The rows with a `source_field` mirror a phone field of the record and follow it.
    The others were added by a person, or by choosing the record for a caller.
    """

    _name = "telephony.number"
    _description = "Phone Number"
    _order = "source_field, id"
    _rec_name = "number"

    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", string="Lead", ondelete="cascade")
    number = fields.Char(required=True)
    label = fields.Char(help="Such as “Mobile”, “Warehouse” or “Secretary”.")
    source_field = fields.Char(
        readonly=True,
        copy=False,
        help="The field of the record that it mirrors, “phone:2” for the second number "
        "in it; empty for a further number.",
    )
    e164 = fields.Char(
        compute="_compute_forms",
        store=True,
        precompute=True,
        string="International Number",
        help="Empty when the number cannot be read; then its digits are compared.",
    )
    digits = fields.Char(compute="_compute_forms", store=True, precompute=True)
    national = fields.Char(
        compute="_compute_forms",
        store=True,
        precompute=True,
        string="National Number",
        help="Without country and trunk prefix.",
    )
    extension = fields.Char(compute="_compute_forms", store=True, precompute=True)
    key = fields.Char(
        compute="_compute_forms",
        store=True,
        precompute=True,
        help="What a contact or lead has once: the mirrored field, else the number.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        help="That of the contact or lead. Empty: shared.",
    )
    chosen_date = fields.Datetime(
        readonly=True,
        copy=False,
        help="When a person last said that a caller with this number is this record.",
    )

    # They also serve the look-up by contact and by lead.
    _partner_key_unique = models.UniqueIndex(
        "(partner_id, key) WHERE partner_id IS NOT NULL",
        "This contact has the number already.",
    )
    _lead_key_unique = models.UniqueIndex(
        "(lead_id, key) WHERE lead_id IS NOT NULL",
        "This lead has the number already.",
    )
    # These find equal numbers, and those that begin with what is being typed.
    # The newest first, as the same placeholder may stand in very many records.
    _by_e164 = models.Index("(e164 text_pattern_ops, id) WHERE e164 IS NOT NULL")
    _by_national = models.Index(
        "(national text_pattern_ops, id) WHERE national IS NOT NULL"
    )
    _by_digits = models.Index("(digits text_pattern_ops, id)")
    _chosen = models.Index("(digits) WHERE chosen_date IS NOT NULL")
    _one_owner = models.Constraint(
        "CHECK (num_nonnulls(partner_id, lead_id) = 1)",
        "A number belongs to one contact or one lead.",
    )

    # -- computes ------------------------------------------------------------------

    @api.depends(
        "number",
        "source_field",
        "partner_id.country_id",
        "partner_id.company_id",
        "lead_id.country_id",
        "lead_id.company_id",
    )
    def _compute_forms(self):
        for row in self:
            owner = row._owner()
            row.update(
                self._forms(row.number, self._countries(owner), row.source_field)
            )

    @api.depends("partner_id.company_id", "lead_id.company_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row._owner().company_id

    @api.depends("number", "label", "e164")
    def _compute_display_name(self):
        for row in self:
            shown = numbers.international(row.e164) if row.e164 else row.number
            row.display_name = " · ".join(filter(None, (shown, row.label)))

    # -- constraints ---------------------------------------------------------------

    @api.constrains("number", "source_field", "partner_id", "lead_id")
    def _check_number(self):
        for row in self:
            if not row.digits:
                raise ValidationError(
                    self.env._("“%s” is not a phone number.", row.number)
                )
            if row.source_field and not row._is_mirrored():
                raise ValidationError(row._mirrored_message())

    # -- CRUD ----------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Override since defaults, too, may set only what a person may."""
        return super().default_get([name for name in fields if name in CREATABLE])

    @api.model_create_multi
    def create(self, vals_list):
        check_fields(self, vals_list, CREATABLE)
        return super().create(vals_list)

    def write(self, vals):
        """Override to keep by whom a caller is found, and the owner, as they are."""
        check_fields(self, vals, WRITABLE)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_mirrored(self):
        for row in self:
            if row.source_field and row._is_mirrored():
                raise UserError(row._mirrored_message())

    def _is_mirrored(self):
        """Tell whether the phone field of the owner holds this number."""
        owner = self._owner()
        fname = self.source_field.partition(":")[0]
        return self.number in numbers.split(owner[fname], self._countries(owner))

    def _mirrored_message(self):
        return self.env._(
            "%(number)s is the phone of %(name)s itself. Change it there.",
            number=self.number,
            name=self._owner().display_name,
        )

    # -- rights --------------------------------------------------------------------

    def _check_access(self, operation):
        """Override to let a number be changed by who may change its owner."""
        result = super()._check_access(operation)
        if result or operation == "read" or self.env.su or not any(self._ids):
            return result
        forbidden = self.browse()
        for model, fname in OWNERS.items():
            rows = self.filtered(lambda row, fname=fname: row.sudo()[fname])
            owners = self.env[model].browse(rows.sudo()[fname].ids)
            allowed = owners._filtered_access("write")._ids
            forbidden |= rows.filtered(
                lambda row, fname=fname, allowed=allowed: (
                    row.sudo()[fname].id not in allowed
                )
            )
        if forbidden:
            Rule = self.env["ir.rule"]
            return forbidden, lambda: Rule._make_access_error(operation, forbidden)
        return None

    # -- reading numbers -----------------------------------------------------------

    def _owner(self):
        """Return the contact or lead that the number is of."""
        return self.lead_id or self.partner_id

    @api.model
    def _forms(self, raw, countries, source_field=None):
        """Return the values that follow from a number as it is written.

        :param countries: ISO codes by which national spellings are read
        :return: values of `e164`, `digits`, `national`, `extension` and `key`; all
            but the key empty when it holds no digits
        """
        number = numbers.parse(raw, countries)
        forms = {
            "e164": number.e164 or None,
            "digits": number.digits or None,
            "national": number.national or None,
            "extension": number.extension or None,
        }
        return {**forms, "key": source_field or self._number_key(forms)}

    @api.model
    def _number_key(self, forms):
        """Return what tells a number from others, whatever field or row it is in.

        :param forms: a row, or the values of one
        """
        number = forms["e164"] or forms["digits"] or None
        return f"{number};ext={forms['extension']}" if forms["extension"] else number

    @api.model
    def _countries(self, owner):
        """Return the ISO codes by which a record's numbers are read, in order.

        Its own country, its company's, then those of all companies: a shared
        contact without country is read the same whoever writes it.
        """
        return self._countries_by_code(owner.country_id.code, owner.company_id.id)

    @api.model
    @tools.ormcache("country", "company_id")
    def _countries_by_code(self, country, company_id):
        """Return the same for the ISO code of a record's country, and its company."""
        companies = self.env["res.company"].sudo().search([], order="sequence, id")
        own = companies.filtered(lambda company: company.id == company_id)
        codes = (country, *(own + companies).mapped("country_id.code"))
        return tuple(dict.fromkeys(filter(None, codes)))
