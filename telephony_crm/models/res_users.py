from odoo import api, fields, models

OPTIONS = ["telephony_sound", "telephony_desktop_notification", "telephony_open_card"]


class ResUsers(models.Model):
    """A user's extensions, and their options for calls in the preferences."""

    _inherit = "res.users"

    telephony_extension_ids = fields.One2many(
        "telephony.extension",
        "user_id",
        string="Extensions",
        groups="telephony_crm.group_telephony_agent",
    )
    telephony_sound = fields.Boolean(
        string="Ring in the Browser",
        compute="_compute_telephony_options",
        inverse="_inverse_telephony_options",
        help="An incoming call is also heard, in one tab only.",
    )
    telephony_desktop_notification = fields.Boolean(
        string="Notify on the Desktop",
        compute="_compute_telephony_options",
        inverse="_inverse_telephony_options",
        help="An incoming call is also shown while another window is in front. The "
        "browser asks for permission once.",
    )
    telephony_open_card = fields.Boolean(
        string="Open the Caller's Record",
        compute="_compute_telephony_options",
        inverse="_inverse_telephony_options",
        help="The lead or contact opens by itself when a call is answered.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "telephony_extension_ids", *OPTIONS]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, *OPTIONS]

    @api.depends(*(f"res_users_settings_id.{name}" for name in OPTIONS))
    def _compute_telephony_options(self):
        # Who has never changed a setting has no record of them yet.
        defaults = self.env["res.users.settings"].sudo().default_get(OPTIONS)
        for user in self:
            settings = user.sudo().res_users_settings_id
            for name in OPTIONS:
                user[name] = settings[name] if settings else defaults.get(name, False)

    def write(self, vals):
        """Override to hand over the call-backs of who leaves."""
        result = super().write(vals)
        if vals.get("active") is False:
            callbacks = self.env["telephony.callback"].sudo()
            callbacks = callbacks.search(
                [("user_id", "in", self.ids), ("state", "=", "open")]
            )
            callbacks.invalidate_recordset(["activity_id"])  # Odoo deletes them
            callbacks._leave()
        return result

    def _inverse_telephony_options(self):
        for user in self:
            wanted = {name: user[name] for name in OPTIONS}
            settings = self.env["res.users.settings"]._find_or_create_for_user(user)
            settings.set_res_users_settings(wanted)  # tells the user's other tabs
