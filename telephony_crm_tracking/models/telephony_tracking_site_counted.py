from odoo import fields, models


class TelephonyTrackingSite(models.Model):
    """Until when its visits are counted, see `telephony.tracking.day`."""

    _inherit = "telephony.tracking.site"

    counted_until = fields.Datetime(readonly=True, copy=False)
