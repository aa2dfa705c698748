from odoo import api, fields, models


class TelephonyCall(models.Model):
    """Why somebody called, as far as the number that was dialled says so."""

    _inherit = "telephony.call"

    @api.model
    def _vals_of_state(self, pbx, state):
        """Override since a number stands for its source on certain days only."""
        vals = super()._vals_of_state(pbx, state)
        dates = self.env["telephony.did"]._source_dates(pbx.id).get(vals["did_id"])
        start = vals["start_date"]
        if dates and start:
            since, until = dates
            local = self.with_context(tz=pbx.tz)
            day = fields.Datetime.context_timestamp(local, start).date()
            if (since and day < since) or (until and day > until):
                vals.update(source_id=False, medium_id=False, campaign_id=False)
        return vals
