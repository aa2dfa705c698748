from odoo import api, fields, models

from ..attribution.match import State
from .telephony_tracking_match import in_line


class TelephonyCall(models.Model):
    """Why somebody rang, in words for those who talk with them."""

    _inherit = "telephony.call"

    origin_words = fields.Char(
        string="How We Know", compute="_compute_origin_words", compute_sudo=True
    )
    origin_none = fields.Float(
        string="None of Them",
        compute="_compute_origin_words",
        compute_sudo=True,
        help="How likely it is that none of these visits made the call.",
    )
    touch_ids = fields.Many2many(
        "telephony.tracking.touch",
        string="Touches",
        compute="_compute_touch_ids",
        help="What had brought the caller to us before.",
    )
    tracking_channel = fields.Selection(related="lead_id.tracking_channel", store=True)

    @api.depends("tracking_state", "returns_ours", "match_ids.weight")
    @api.depends_context("lang")
    def _compute_origin_words(self):
        for call in self:
            call.origin_words = call._sentence_of_origin()
            call.origin_none = 1 - sum(call.match_ids.mapped("weight"))

    def _sentence_of_origin(self):
        """Say in a sentence what is known of why they rang."""
        best = self._best_match()
        if self.returns_ours:
            return self.env._(
                "We had rung this number, so no advertisement has brought the call."
            )
        if self.tracking_state == State.AMBIGUOUS:
            return self.env._(
                "Several visitors may have rung; the likeliest stands first. %s",
                self.match_ids[:1].why,
            )
        if best:
            return best.why
        return self.env._("No visit is known from which this call may have come.")

    @api.depends("lead_id.touch_ids", "number_e164")
    @api.depends_context("uid")
    def _compute_touch_ids(self):
        """Show those of the lead, else those of the number; as far as readable."""
        touches = self.env["telephony.tracking.touch"]
        for call in self:
            if not call.lead_id and not call.number_e164:
                call.touch_ids = touches
                continue
            domain = [("lead_id", "=", call.lead_id.id)]
            if not call.lead_id:
                domain.append(("e164", "=", call.number_e164))
            domain.append(("company_id", "=", call.company_id.id))
            call.touch_ids = touches.search(domain, limit=50)

    def _card(self):
        """Override to tell why they ring."""
        return {**super()._card(), "origin": self._origin_line()}

    def _origin_line(self):
        """Return ``google / cpc · Spring sale · /pricing``, or what is known of it."""
        call = self.sudo()
        if call.direction != "inbound" or call.tracking_state == State.NONE:
            return ""
        best = call._best_match()
        source = best.shown_source or in_line(
            call.source_id.name, call.medium_id.name, call.campaign_id.name
        )
        return in_line(source, "", best.landing)
