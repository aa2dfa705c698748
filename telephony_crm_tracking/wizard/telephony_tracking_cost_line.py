from odoo import fields, models


class TelephonyTrackingCostLine(models.TransientModel):
    """A line of the file: what it is taken for, or what is wrong with it."""

    _name = "telephony.tracking.cost.line"
    _description = "Line of an Import of Costs"
    _order = "line, id"

    wizard_id = fields.Many2one(
        "telephony.tracking.cost.import", required=True, ondelete="cascade"
    )
    line = fields.Integer(readonly=True, help="As counted in the file, from 1.")
    error = fields.Char("What Is Wrong", readonly=True)
    value = fields.Char("In the File", readonly=True)
    start_date = fields.Date("From", readonly=True)
    end_date = fields.Date("To", readonly=True)
    amount = fields.Float(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    source = fields.Char(readonly=True)
    medium = fields.Char(readonly=True)
    campaign = fields.Char(readonly=True)
    keyword = fields.Char(readonly=True)
    did_id = fields.Many2one("telephony.did", "Company Number", readonly=True)
    clicks = fields.Integer(readonly=True)
