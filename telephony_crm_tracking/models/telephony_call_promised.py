from odoo import models

from ..attribution.match import TAP, Level, State

#: The code of the sentence that says why the visit is the call's.
REASON = "callback"


class TelephonyCall(models.Model):
    """Calls that visitors have asked for come of their visits."""

    _inherit = "telephony.call"

    def _follow_up(self):
        """Override to know the visit before a lead is made that has the source."""
        self._try_tracking(self._come_of_callback)
        return super()._follow_up()

    def _come_of_callback(self):
        """Store the visit on which the customer asked to be called, and its source.

        As sure as a tap: the number was left on the page, by whomever.
        """
        self.invalidate_recordset(["dial_ids"])  # SQL ties them
        visit = self._promised().visit_id
        if not visit or self.match_ids:
            return
        self.env["telephony.tracking.match"].create(
            {
                "call_id": self.id,
                "visit_id": visit.id,
                "weight": TAP,
                "level": Level.TAP.value,
                "reason": REASON,
            }
        )
        visit._keep()
        sources = visit._resolve_utm()
        self._update(
            {
                "tracking_state": State.MATCHED.value,
                **(sources if any(sources.values()) else {}),
            }
        )

    def _track(self):
        """Override since nothing else is known as well as who asked for the call."""
        if not self._was_asked_for():
            super()._track()

    def _is_same_origin(self, vals):
        """Override since it was asked for, whatever the PBX calls its numbers."""
        return self._was_asked_for() or super()._is_same_origin(vals)

    def _was_asked_for(self):
        return REASON in self.match_ids.mapped("reason")


class TelephonyTrackingMatch(models.Model):
    """A visit on which somebody asked to be called back."""

    _inherit = "telephony.tracking.match"

    def _sentence(self):
        """Override to say that the visitor has asked for the call."""
        if self.reason == REASON:
            return self.env._("The visitor asked to be called back.")
        return super()._sentence()
