from odoo import fields, models

MEANINGS = [
    ("start", "Day, or First Day"),
    ("end", "Last Day"),
    ("amount", "Cost"),
    ("currency", "Currency"),
    ("source", "Source"),
    ("medium", "Medium"),
    ("campaign", "Campaign"),
    ("keyword", "Keyword"),
    ("did", "Company Number"),
    ("clicks", "Clicks"),
]


class TelephonyTrackingCostColumn(models.TransientModel):
    """A column of the file, and what it is taken for."""

    _name = "telephony.tracking.cost.column"
    _description = "Column of an Import of Costs"
    _order = "place"

    wizard_id = fields.Many2one(
        "telephony.tracking.cost.import", required=True, ondelete="cascade"
    )
    place = fields.Integer(readonly=True)
    header = fields.Char("In the File", readonly=True)
    sample = fields.Char("First Line", readonly=True)
    meaning = fields.Selection(MEANINGS, string="Means")
