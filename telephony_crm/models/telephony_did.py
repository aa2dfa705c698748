from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..pbx import numbers

POLICIES = [
    ("none", "Nothing"),
    ("offer", "Offer to create a contact or a lead"),
    ("contact", "Create a contact"),
    ("lead", "Create a lead"),
    ("both", "Create a contact and a lead"),
]
MOMENTS = [
    ("start", "When it rings"),
    ("answer", "When it is answered"),
    ("end", "When it is over"),
]
# The policies by which records come about without a person.
CREATES = ("contact", "lead", "both")


class TelephonyDid(models.Model):
    """A company number that callers dial."""

    _name = "telephony.did"
    _inherit = "telephony.pbx.part"
    _description = "Company Number"
    _order = "pbx_id, name, number"

    active = fields.Boolean(default=True)
    number = fields.Char(required=True)
    e164 = fields.Char(
        compute="_compute_e164", store=True, string="International Number"
    )
    name = fields.Char(help="What agents read when it rings, such as “London line”.")
    team_id = fields.Many2one("crm.team", check_company=True)
    user_id = fields.Many2one("res.users", check_company=True)
    source_id = fields.Many2one("utm.source")
    medium_id = fields.Many2one("utm.medium")
    campaign_id = fields.Many2one("utm.campaign")
    creation_policy = fields.Selection(
        POLICIES, string="Unknown Callers", help="Empty: as the PBX."
    )
    create_on = fields.Selection(MOMENTS, string="Create It", help="Empty: as the PBX.")

    _number_unique = models.Constraint(
        "UNIQUE (pbx_id, number)", "A PBX has each company number once."
    )
    _e164_unique = models.UniqueIndex(
        "(pbx_id, e164) WHERE active",
        "This company number is there already, in another spelling.",
    )

    @api.depends("number", "pbx_id.country_id", "pbx_id.company_id.country_id")
    def _compute_e164(self):
        for did in self:
            countries = did.pbx_id._countries() if did.pbx_id else ()
            number = numbers.parse(did.number or "", countries)
            did.e164 = number.e164 or number.digits

    @api.constrains("number")
    def _check_number(self):
        for did in self:
            if not did.e164:
                raise ValidationError(
                    self.env._(
                        "“%s” is not a phone number. Write it with its country, for "
                        "example +44 20 3769 1880.",
                        did.number,
                    )
                )

    @api.depends("number", "name", "e164")
    def _compute_display_name(self):
        for did in self:
            shown = numbers.international(did.e164) if did.e164 else did.number
            did.display_name = " · ".join(part for part in (did.name, shown) if part)

    @api.model
    @tools.ormcache("pbx_id")
    def _by_e164(self, pbx_id):
        """Return the company numbers of a PBX.

        :return: ``{e164: (did_id, team_id, user_id, source_id, medium_id,
            campaign_id)}``, ids are ``False`` where there is none
        """
        return {
            did.e164: (
                did.id,
                did.team_id.id,
                did.user_id.id,
                did.source_id.id,
                did.medium_id.id,
                did.campaign_id.id,
            )
            for did in self.sudo().search([("pbx_id", "=", pbx_id)])
        }

    @api.model
    @tools.ormcache("company_id")
    def _own_numbers(self, company_id):
        """Return the numbers of a company that are never a customer's.

        :return: set of E.164 numbers: company numbers and colleagues' mobiles
        """
        dids = (
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", company_id)])
        )
        extensions = (
            self.env["telephony.extension"]
            .sudo()
            .search([("company_id", "=", company_id), ("mobile", "!=", False)])
        )
        mobiles = (
            numbers.parse(extension.mobile, extension.pbx_id._countries()).e164
            for extension in extensions
        )
        return frozenset(filter(None, [*dids.mapped("e164"), *mobiles]))

    @api.model
    @tools.ormcache("company_id")
    def _mobiles(self, company_id):
        """Return whose mobile a number is.

        :return: ``{e164: (extension_id, user_id, team_id)}``
        """
        extensions = (
            self.env["telephony.extension"]
            .sudo()
            .search([("company_id", "=", company_id), ("mobile", "!=", False)])
        )
        found = {
            numbers.parse(extension.mobile, extension.pbx_id._countries()).e164: (
                extension.id,
                extension.user_id.id,
                extension.team_id.id,
            )
            for extension in extensions
        }
        found.pop("", None)
        return found
