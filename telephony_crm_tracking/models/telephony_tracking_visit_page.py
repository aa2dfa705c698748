from odoo import fields, models


class TelephonyTrackingVisitPage(models.Model):
    """A further page of a visit; the first one is the visit's landing page."""

    _name = "telephony.tracking.visit.page"
    _description = "Page of a Visit"
    _rec_name = "path"
    _order = "id"
    _log_access = False

    visit_id = fields.Many2one(
        "telephony.tracking.visit", required=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime(required=True)
    path = fields.Char(required=True)
