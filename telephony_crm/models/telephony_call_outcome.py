from odoo import fields, models


class TelephonyCallOutcome(models.Model):
    """What an agent says came of a call; not the PBX's disposition."""

    _name = "telephony.call.outcome"
    _description = "Call Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for all companies.",
    )

    def write(self, vals):
        """Override to check the rights on the new company, too."""
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")
        return result
