from odoo import api, fields, models


class TelephonyCallback(models.Model):
    """Call-backs that were asked for on a web site know the visit."""

    _inherit = "telephony.callback"

    visit_id = fields.Many2one(
        "telephony.tracking.visit",
        string="Visit",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _vals_of_source(self, **options):
        """Override to keep the visit on which it was asked for."""
        vals = super()._vals_of_source(**options)
        visit = options.get("visit")
        if not visit:
            return vals
        visit._keep()
        return {**vals, "visit_id": visit.id}

    @api.model
    def _vals_of_asked_lead(self, **options):
        """Override to give the lead the reason of the visit."""
        vals = super()._vals_of_asked_lead(**options)
        visit = options.get("visit")
        vals["tracking_channel"] = "callback"
        if not visit:
            return vals
        sources = visit.with_env(self.env)._resolve_utm()
        return {**vals, **sources, "telephony_visit": visit.sudo().key}
