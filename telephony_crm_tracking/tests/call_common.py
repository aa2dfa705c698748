"""What the tests of calls share: visitors who ring."""

from datetime import timedelta

from odoo import fields

from .common import STATIC, TrackingCase


class RingingCase(TrackingCase):
    """Visitors of the shop who see a number of the pool, and ring it."""

    #: When all that is told began; what is older than minutes brings about no lead.
    ago = timedelta(hours=2)

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now() - self.ago
        slots = self.env["telephony.tracking.slot"].sudo().search([])
        slots.free_date = self.now - timedelta(days=1)

    def _in(self, seconds):
        return self.now + timedelta(seconds=seconds)

    def _visitor(self, source="google", at=0, **parameters):
        """Have somebody come by an advertisement; return what the page is told."""
        query = {"utm_source": source, "utm_medium": "cpc", **parameters}
        query = query if source else {}
        return self._page("/pricing", q=query, at=self._in(at))

    def _ring(self, number, at, call_ref="in_1", caller=None, **told):
        """Have the PBX tell of a new call; return it.

        :param number: that was dialled
        :param at: seconds after `now`
        """
        told = {"started": self._in(at), "call_ref": call_ref, **told}
        told |= {"called_did": number[1:]}
        if caller is not None:
            told["caller_id"] = caller.lstrip("+")
        self.env.flush_all()
        self._tell("NOTIFY_START", after=0, **told)
        return self._call(call_ref)

    def _end(self, number, at, call_ref="in_1", seconds=90, ring=5, caller=None):
        """Have the PBX tell that extension 100 talked, and the job follow it up."""
        told = {"started": self._in(at), "call_ref": call_ref}
        who = {"caller_id": caller.lstrip("+")} if caller else {}
        inbound = {**told, **who, "called_did": number[1:]}
        if seconds:
            self._tell("NOTIFY_INTERNAL", after=1, internal="100", **inbound)
            self._tell("NOTIFY_ANSWER", after=ring, **told, **who)
        self._tell(
            "NOTIFY_END",
            after=ring + seconds,
            duration=str(seconds),
            internal="100",
            disposition="answered" if seconds else "no answer",
            **inbound,
        )
        self._follow_up()
        return self._call(call_ref)

    def _sources(self, record):
        return (record.source_id.name, record.medium_id.name, record.campaign_id.name)


__all__ = ["STATIC", "RingingCase"]
