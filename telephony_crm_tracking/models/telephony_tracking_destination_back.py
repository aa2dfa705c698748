from odoo import api, fields, models

from ..attribution.conversion import Event
from .telephony_tracking_conversion import ADJUSTING, GONE_OUT


class TelephonyTrackingDestination(models.Model):
    """Who takes back begins with what was cancelled before it was set up."""

    _inherit = "telephony.tracking.destination"

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._catch_up()
        return made

    def write(self, vals):
        """Override to begin when it is used again, or for others."""
        done = super().write(vals)
        if not {"active", "company_id", "takes_back_ids"}.isdisjoint(vals):
            self._catch_up()
        return done

    def _catch_up(self):
        """Note what has gone elsewhere and is so no more, or is worth something else.

        As far as these take it by now. What they know of already stays as it is.
        """
        for taker in self.sudo().filtered(lambda one: one.active and one.can_take_back):
            pure = taker._pure()
            if pure and pure.adjusts_until:
                taker._catch_up_since(fields.Datetime.now() - pure.adjusts_until)

    def _catch_up_since(self, since):
        rows = self.env["telephony.tracking.conversion"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("event", "not in", ADJUSTING),
                ("state", "in", GONE_OUT),
                ("is_test", "=", False),
                ("date", ">=", since),
            ],
            order="id",
        )
        rows = rows.filtered(lambda row: self in row._takers(Event.RETRACT))
        over = rows.filtered("cancelled_date")
        now = fields.Datetime.now()
        for row in over - over._adjusting(Event.RETRACT, self).original_id:
            row._retract(now, self)
        for row in (rows - over).filtered(lambda row: row.event == Event.WON.value):
            lead = row.lead_id
            row._restate(lead.tracking_revenue, lead.tracking_currency_id)
