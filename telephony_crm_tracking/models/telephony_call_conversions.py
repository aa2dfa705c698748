from odoo import fields, models

from ..attribution.conversion import Event


class TelephonyCall(models.Model):
    """What of a call is handed back to those who brought the caller."""

    _inherit = "telephony.call"

    conversion_ids = fields.One2many(
        "telephony.tracking.conversion", "call_id", string="Handed Back", readonly=True
    )

    def _qualify(self):
        """Override to hand over that it counts, or to take it back."""
        done = super()._qualify()
        self._try_tracking(self._sync_conversions)
        return done

    def _follow_up(self):
        """Override to hand over calls that visitors have asked for, too."""
        error = super()._follow_up()
        if self.direction == "outbound":
            error = self._try_tracking(self._sync_conversions) or error
        return error

    def _sync_conversions(self):
        """Note for each destination what this call comes to, once it has ended."""
        destinations = self.env["telephony.tracking.destination"]
        destinations = destinations._of_company(self.company_id)
        if not destinations or self.state != "ended":
            return
        call = self.sudo()
        if not call.match_ids.visit_id and not call.conversion_ids:
            return
        destinations._sync(call, self._facts(), call._visits_that_led)

    def _facts(self):
        """Return what is so of this call: ``{event: (time, field of the value)}``."""
        is_ours = self.returns_ours or self.match_reason == "own"
        facts = {}
        if not (is_ours or self.spam or self.blocked):
            facts[Event.CALL.value] = (self.start_date, "amount_call")
        if self.qualified:
            at = self.end_date or self.start_date
            facts[Event.QUALIFIED.value] = (at, "amount_qualified")
        return facts

    def _visits_that_led(self, min_weight):
        """Return the visits that led to the call, the last one first.

        :return: visits, and whether one is as likely as ``min_weight``; where none is,
            the likeliest
        """
        matches = self.match_ids.filtered("visit_id")
        sure = matches.filtered(lambda match: match.weight >= min_weight)
        destinations = self.env["telephony.tracking.destination"]
        visits = destinations._visits_before(
            (sure or matches)[:1].visit_id, self.start_date
        )
        return visits, bool(sure)

    def _take_over_records(self, other):
        """Override to know of the whole call what was handed over of its part."""
        other.sudo().conversion_ids.call_id = self
        return super()._take_over_records(other)
