from odoo import fields, models

from ..attribution.conversion import Event, State
from .telephony_tracking_conversion import (
    BY_PERSON,
    GONE_OUT,
    NO_MORE,
    NOT_WANTED,
)


class TelephonyTrackingConversion(models.Model):
    """What is so no more is left out, or taken back where that can be done."""

    _inherit = "telephony.tracking.conversion"

    def _leave_out(self, code):
        self.write({"state": State.SKIPPED.value, "reason": code, "due_date": False})

    def _take_back(self):
        """Leave out what has not gone, and have the receiver told of what has."""
        now = fields.Datetime.now()
        for row in self:
            row.cancelled_date = now
            if row.state in GONE_OUT and not row.is_test:
                row._retract(now)
            elif row.state != State.REFUSED.value and row.reason != BY_PERSON:
                row._leave_out(NO_MORE)
                row.ask_date = False

    def _retract(self, now):
        """Note for who takes it back that it is so no more; Meta and GA4 do not."""
        own = self.destination_id
        takers = own._of_company(own.company_id).filtered("can_take_back")
        for taker in takers:
            is_meant = own in taker.takes_back_ids or not taker.takes_back_ids
            family = own._pure().family if own._pure() else ""
            if not is_meant or not family or taker._pure().family != family:
                continue
            back = self.search(
                [("destination_id", "=", taker.id), ("original_id", "=", self.id)]
            )
            if back.state in GONE_OUT:
                continue
            if not back:
                back = self.create(self._vals_of_back(taker, now))
            # It may have been left out, as the sale was one again for a while.
            back.write({"date": now, "cancelled_date": False})
            back._queue()
            if refusal := back._refusal():
                if refusal.code in NOT_WANTED:
                    back.unlink()
                else:
                    back._write_refusal(refusal)

    def _vals_of_back(self, taker, now):
        """Return the values of what takes this back."""
        return {
            "destination_id": taker.id,
            # By several roads the same key may have gone.
            "key": f"{self.key}-back-{self.id}",
            "event": Event.RETRACT.value,
            "call_id": self.call_id.id,
            "lead_id": self.lead_id.id,
            "visit_id": self.visit_id.id,
            "original_id": self.id,
            "date": now,
            "state": State.WAITING.value,
        }
