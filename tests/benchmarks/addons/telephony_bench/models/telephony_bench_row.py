from odoo import fields, models


class TelephonyBenchRow(models.Model):
    """A record as plain as it can be: what one create costs at the least."""

    _name = "telephony.bench.row"
    _description = "Benchmark Row"

    name = fields.Char(required=True)
    user_id = fields.Many2one("res.users")
