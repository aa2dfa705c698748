from odoo import fields, models


class ResUsersSettings(models.Model):
    """How a user wants to hear of calls; the web client gets these by itself."""

    _inherit = "res.users.settings"

    telephony_sound = fields.Boolean(string="Ring", default=True)
    telephony_desktop_notification = fields.Boolean(string="Desktop Notification")
    telephony_open_card = fields.Boolean(string="Open the Caller's Record")
