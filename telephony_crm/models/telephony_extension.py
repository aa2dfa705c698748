from odoo import api, fields, models, tools


class TelephonyExtension(models.Model):
    """A user's internal number on a PBX."""

    _name = "telephony.extension"
    _description = "Extension"
    _rec_name = "number"
    _order = "pbx_id, number"
    _check_company_auto = True

    pbx_id = fields.Many2one(
        "telephony.pbx", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="pbx_id.company_id", store=True)
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
        help="Without it the extension is private: its calls are not logged.",
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

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

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
        domain = [("user_id", "=", user.id), ("pbx_id.active", "=", True)]
        if pbx:
            domain.append(("pbx_id", "=", pbx.id))
        return self.sudo().search(domain, order="pbx_id, id", limit=1)
