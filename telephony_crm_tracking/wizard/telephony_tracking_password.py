from odoo import fields, models


class TelephonyTrackingPassword(models.TransientModel):
    """Shows a password once. It is never stored: nobody saves this."""

    _name = "telephony.tracking.password"
    _description = "Password of a Feed"

    url = fields.Char("Address", readonly=True, store=False)
    user = fields.Char(readonly=True, store=False)
    password = fields.Char(readonly=True, store=False)
