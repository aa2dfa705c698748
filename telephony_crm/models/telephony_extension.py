from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..pbx import numbers


class TelephonyExtension(models.Model):
    """A user's internal number on a PBX."""

    _name = "telephony.extension"
    _inherit = "telephony.pbx.part"
    _description = "Extension"
    _rec_name = "number"
    _order = "pbx_id, number"

    active = fields.Boolean(default=True)
    number = fields.Char(required=True)
    user_id = fields.Many2one("res.users", index="btree_not_null", check_company=True)
    team_id = fields.Many2one("crm.team", check_company=True)
    mobile = fields.Char(
        groups="telephony_crm.group_telephony_administrator",
        help="Where the calls of this extension may be forwarded to. It is a number "
        "of ours and is never taken for a customer.",
    )
    log_calls = fields.Boolean(
        default=True,
        help="Without it the extension is private: its calls are not logged. What "
        "the PBX posted of them is kept among the events for administrators, for "
        "telephony_crm.event_retention_days.",
    )

    _number_unique = models.Constraint(
        "UNIQUE (pbx_id, number)", "A PBX has each extension once."
    )

    @api.depends("number", "user_id")
    def _compute_display_name(self):
        for extension in self:
            extension.display_name = " · ".join(
                part for part in (extension.number, extension.user_id.name) if part
            )

    @api.constrains("number")
    def _check_number(self):
        for extension in self:
            if numbers.internal_extension(extension.number) != extension.number:
                raise ValidationError(
                    self.env._(
                        "“%s” is no extension. Enter its two to five digits, "
                        "such as 100.",
                        extension.number,
                    )
                )

    @api.constrains("mobile")
    def _check_mobile(self):
        for extension in self.filtered("mobile"):
            countries = extension.pbx_id._countries()
            if not numbers.parse(extension.mobile, countries).e164:
                raise ValidationError(
                    self.env._(
                        "“%s” is no phone number. Write it with its country prefix, "
                        "such as +44.",
                        extension.mobile,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._plain(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._plain(vals))

    @api.model
    def _plain(self, vals):
        """Write an extension as events do: a SIP login 499499-100 is 100."""
        number = numbers.internal_extension(vals.get("number") or "")
        return {**vals, "number": number} if number else vals

    @api.model
    @tools.ormcache("pbx_id")
    def _by_number(self, pbx_id):
        """Return what a call needs to know of the extensions of a PBX.

        :return: ``{number: (extension_id, user_id, team_id, log_calls)}``,
            ids are ``False`` where there is none
        """
        extensions = self.sudo().search([("pbx_id", "=", pbx_id)])
        return {
            extension.number: (
                extension.id,
                extension.user_id.id,
                extension.team_id.id or extension.user_id.sale_team_id.id,
                extension.log_calls,
            )
            for extension in extensions
        }

    @api.model
    def _of_user(self, user, pbx=None):
        """Return the extension on which ``user`` can be rung, or none."""
        domain = [
            ("user_id", "=", user.id),
            ("user_id.active", "=", True),
            ("pbx_id.active", "=", True),
        ]
        if pbx:
            domain.append(("pbx_id", "=", pbx.id))
        return self.sudo().search(domain, order="pbx_id, id", limit=1)
