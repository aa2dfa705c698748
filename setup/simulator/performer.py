"""Performs the steps of one call: keeps its truth and posts what Zadarma would."""

from __future__ import annotations

from datetime import datetime, timedelta

from .book import Book, Call, Leg
from .delivery import Poster
from .settings import Settings


class Performer:
    """One call on stage. ``now`` is the call's own clock (aware UTC).

    Every public method is a step that a scenario may name.
    """

    def __init__(self, settings: Settings, book: Book, poster: Poster, call: Call):
        self.settings = settings
        self.book = book
        self.poster = poster
        self.call = call
        self.now: datetime = call.start
        first = call.extension
        others = [ext.number for ext in settings.extensions if ext.number != first]
        self.roles = {"first": first, "second": (others or [first])[0]}

    # Steps of an inbound call

    def start(self):
        """Somebody calls a number of ours; the reply may say what to do with it."""
        self.call.doing = "The phone system asks where to send the call"
        reply = self._post("NOTIFY_START", **self._dialled())
        self._obey(reply)

    def menu(self, digits: str = "1"):
        """The caller hears the menu and presses keys."""
        self.call.doing = "The caller listens to the menu"
        self._leg("menu")
        self._post("NOTIFY_IVR", **self._dialled(), **{"wait_dtmf[name]": "menu1"},
                   **{"wait_dtmf[digits]": digits,
                      "wait_dtmf[default_behaviour]": "0"})

    def ring(self, who: str = "first", group: bool = False):
        """An extension rings; one of a ``group`` does not when the reply redirected."""
        self._close("menu", "answered")
        if group and self.call.redirect and who != "first":
            return
        number = self.roles[who]
        self.call.doing = f"Extension {number} rings"
        self.call.extension = number
        self._leg("agent", extension=number)
        self._post("NOTIFY_INTERNAL", **self._dialled(), internal=self._internal(number))

    def answer(self, who: str = "first"):
        """The extension picks up; whoever else rings loses."""
        ringing = [leg for leg in self.call.legs if self._rings(leg)]
        leg = next(
            (one for one in ringing if one.extension == self.roles[who]), ringing[0]
        )
        for loser in ringing:
            if loser is not leg:
                self._end(loser, "answered_elsewhere", "cancel")
                self._ringing_stopped(loser)
        self._answered(leg)
        internal = self._internal(leg.extension)
        spelled = {"destination": self._did(), "internal": internal}
        if self.settings.spelling.answer == "extension":
            spelled = {"destination": internal}
        self._post("NOTIFY_ANSWER", caller_id=self._caller(), **spelled)

    def give_up(self, who: str = "first"):
        """The extension stops ringing without an answer; the call goes on."""
        for leg in self.call.legs:
            if self._rings(leg) and leg.extension == self.roles[who]:
                self._end(leg, "missed", "no answer")
                self._ringing_stopped(leg)

    def transfer(self, who: str = "second"):
        """Who talks sends the call on and leaves it at once (blind)."""
        for leg in self.call.legs:
            if leg.answer and not leg.end:
                self._end(leg, "answered", "answered")
        self.ring(who)

    def forward(self, who: str = "first"):
        """The extension's mobile answers instead of it."""
        self.give_up(who)
        extension = self.settings.extension(self.roles[who])
        mobile = extension.mobile if extension else ""
        self._answered(self._leg("external", number=mobile))
        self._post("NOTIFY_ANSWER", caller_id=self._caller(), destination=_plain(mobile))

    def voicemail(self):
        """The caller speaks to the answering machine."""
        self.call.doing = "The caller leaves a message"
        leg = self._leg("voicemail")
        leg.answer = self.now
        leg.recorded = self.settings.recorded

    # Steps of an outgoing or internal call

    def ring_agent(self):
        """A call placed over REST rings the agent first."""
        self.call.doing = f"Extension {self.call.extension} rings"
        self._leg("agent", extension=self.call.extension)
        if self.settings.callback_legs == 2:
            self._out("NOTIFY_OUT_START", self.call.extension, "callback_leg1")
        else:
            self._out("NOTIFY_OUT_START", self._other(), "normal")

    def agent_answers(self):
        """The agent picks up, and the other side begins to ring."""
        self.call.legs[0].answer = self.now
        self.call.doing = f"{self.call.number} rings"
        self._leg("customer", number=self.call.number)
        if self.settings.callback_legs == 2:
            self._out("NOTIFY_OUT_START", self._other(), "callback_leg2")

    def dial(self):
        """The agent dials from the handset."""
        self.call.doing = f"Extension {self.call.extension} calls {self.call.number}"
        self._leg("agent", extension=self.call.extension).answer = self.now
        kind = "agent" if self.call.direction == "internal" else "customer"
        party = "extension" if kind == "agent" else "number"
        self._leg(kind, **{party: self.call.number})
        self._out("NOTIFY_OUT_START", self._other(), "normal")

    def customer_answers(self):
        """The other side picks up."""
        self._answered(self.call.legs[-1])
        self._post(
            "NOTIFY_ANSWER",
            caller_id=self._did(),
            destination=self._other(),
            internal=self._internal(self.call.extension),
        )

    # Steps of both

    def hang_up(self, disposition: str, raw: str, code: int):
        """The call ends.

        :param disposition: in the contract's words; :param raw: in the PBX's
        :param code: Q.850 cause
        """
        call = self.call
        for leg in call.legs:
            if not leg.end:
                lost = "answered" if leg.answer else disposition
                self._end(leg, lost, "answered" if leg.answer else raw)
        call.state, call.end, call.doing = "ended", self.now, ""
        call.disposition, call.raw, call.status_code = disposition, raw, code
        counted = call.legs if call.direction == "inbound" else call.legs[1:]
        call.talk_seconds = sum(
            leg.talk_seconds for leg in counted if leg.kind not in ("menu", "voicemail")
        )
        if call.direction == "inbound":
            self._post("NOTIFY_END", **self._dialled(), **self._ending(True))
            return
        if self.settings.callback_legs == 2 and call.scenario.startswith("click"):
            self._out("NOTIFY_OUT_END", call.extension, "callback_leg1", ends=True)
        if self.settings.callback_legs == 1 or len(call.legs) > 1:
            kind = "callback_leg2" if self.settings.callback_legs == 2 else "normal"
            self._out("NOTIFY_OUT_END", self._other(), kind, ends=True)

    def record(self):
        """The recordings can be fetched."""
        for leg in self.call.legs:
            if leg.recorded and leg.answer:
                leg.record_ready = True
                self._post("NOTIFY_RECORD", call_id_with_rec=leg.call_id)

    # Helpers

    def _obey(self, reply):
        """What the reply to NOTIFY_START says: whose phone rings, and the name."""
        call = self.call
        call.reply = reply
        call.caller_name = str(reply.get("caller_name") or "")
        target = str(reply.get("redirect") or "")
        call.blocked = target == "blacklist" or bool(reply.get("hangup"))
        extension = self.settings.extension(target)
        if extension:
            call.redirect = extension.number
            if self.roles["second"] == extension.number:
                self.roles["second"] = self.roles["first"]
            self.roles["first"] = extension.number

    def _post(self, event, **fields):
        stamp = {
            "event": event,
            "call_start": self.settings.local(self.call.start),
            "pbx_call_id": self.call.ref,
        }
        if event == "NOTIFY_RECORD":
            del stamp["call_start"]
        return self.poster.post(self.call, {**stamp, **fields})

    def _out(self, event, destination, calltype, ends=False):
        fields = {
            "destination": destination,
            "internal": self._internal(self.call.extension),
            "calltype": calltype,
        }
        if ends:
            fields["caller_id"] = self._did()
            fields.update(self._ending(False, first=calltype == "callback_leg1"))
        self._post(event, **fields)

    def _ending(self, inbound, first=False):
        """The closing fields; ``first`` for the agent's own leg of a callback."""
        call = self.call
        spoken = [leg for leg in call.legs if leg.answer]
        raw, seconds = call.raw, call.talk_seconds
        if first:
            leg = call.legs[0]
            raw, seconds = leg.raw, leg.talk_seconds
        elif not seconds and inbound:
            seconds = sum(leg.talk_seconds for leg in spoken)
        fields = {"duration": str(seconds), "disposition": raw,
                  "status_code": str(call.status_code), "is_recorded": "0"}
        recorded = [leg for leg in spoken if leg.recorded and not first]
        if recorded:
            fields["is_recorded"] = "1"
            fields["call_id_with_rec"] = recorded[-1].call_id
        agents = [leg.extension for leg in spoken or call.legs if leg.kind == "agent"]
        if inbound and agents:
            fields["internal"] = self._internal(agents[-1])
            fields["last_internal"] = fields["internal"]
        return fields

    def _ringing_stopped(self, leg):
        if self.settings.spelling.internal_end:
            self._post("NOTIFY_INTERNAL_END", **self._dialled(),
                       internal=self._internal(leg.extension))

    def _leg(self, kind, **values) -> Leg:
        return self.book.leg(self.call, kind, self.now, **values)

    def _answered(self, leg):
        call = self.call
        leg.answer = self.now
        leg.recorded = self.settings.recorded
        call.answer = call.answer or self.now
        call.state = "in_progress"
        call.doing = f"Conversation with {leg.extension or leg.number}"
        if leg.kind == "agent" and call.direction == "inbound":
            call.extension = leg.extension

    def _end(self, leg, disposition, raw):
        leg.end, leg.disposition, leg.raw = self.now, disposition, raw

    def _close(self, kind, raw):
        for leg in self.call.legs:
            if leg.kind == kind and not leg.end:
                self._end(leg, "", raw)

    def _rings(self, leg):
        return leg.kind == "agent" and not leg.answer and not leg.end

    def _dialled(self):
        return {"caller_id": self._caller(), "called_did": self._did()}

    def _caller(self):
        if self.call.hidden:
            return self.settings.spelling.hidden
        return self._spelled(self.call.number)

    def _other(self):
        if self.call.direction == "internal":
            return self._internal(self.call.number)
        return self._spelled(self.call.number)

    def _spelled(self, number):
        return number if self.settings.spelling.plus else _plain(number)

    def _did(self):
        return _plain(self.call.did)

    def _internal(self, number):
        if self.settings.spelling.internal == "long" and number:
            return f"{self.settings.pbx_id}-{number}"
        return number

    def wait(self, seconds: float):
        """Let the call's clock run on."""
        self.now += timedelta(seconds=seconds)


def _plain(number):
    """A number without its ``+``."""
    return number.lstrip("+")
