"""Performs the steps of one call: keeps its truth and posts what Zadarma would."""

from __future__ import annotations

from datetime import datetime, timedelta

from .book import Book, Call, Leg
from .delivery import Poster
from .settings import Settings
from .wording import Wording


class Performer:
    """One call on stage. ``now`` is the call's own clock (aware UTC).

    Every public method but ``wait`` is a step that a scenario may name.
    """

    def __init__(self, settings: Settings, book: Book, poster: Poster, call: Call):
        self.settings = settings
        self.book = book
        self.poster = poster
        self.call = call
        self.words = Wording(settings, call)
        self.now: datetime = call.start
        first = call.extension
        others = [ext.number for ext in settings.extensions if ext.number != first]
        self.roles = {"first": first, "second": (others or [first])[0]}
        if call.direction == "inbound":
            call.extension = ""  # until one rings

    def wait(self, seconds: float):
        """Let the call's clock run on."""
        self.now += timedelta(seconds=seconds)

    # Steps of an inbound call

    def start(self):
        """Somebody calls a number of ours; the reply may say what to do with it."""
        self.call.doing = "The phone system asks where to send the call"
        self._obey(self._post(self.words.start()))

    def menu(self, digits: str = "1"):
        """The caller hears the menu and presses keys; the reply may redirect."""
        self.call.doing = "The caller listens to the menu"
        self._leg("menu").answer = self.now
        self._obey(self._post(self.words.menu(digits)))

    def ring(self, who: str = "first", group: bool = False):
        """An extension rings; the rest of a ``group`` not, where a reply redirected."""
        for leg in self.call.legs:
            if leg.kind == "menu" and not leg.end:
                self._end(leg, "answered", "answered")
        if group and self.call.redirect:
            return
        number = self.roles[who]
        self.call.doing = f"{self._whose(number)} rings"
        self.call.extension = number
        self._leg("agent", extension=number)
        self._post(self.words.internal(number))

    def answer(self, who: str = "first"):
        """The extension picks up; whoever else rings loses."""
        ringing = [leg for leg in self.call.legs if self._rings(leg)]
        wanted = [leg for leg in ringing if leg.extension == self.roles[who]]
        leg = (wanted or ringing)[0]
        for loser in ringing:
            if loser is not leg:
                self._end(loser, "answered_elsewhere", "cancel")
                self._stopped(loser)
        self.call.extension = leg.extension
        self._answered(leg)

    def give_up(self, who: str = "first"):
        """The extension stops ringing without an answer; the call goes on."""
        for leg in self.call.legs:
            if self._rings(leg) and leg.extension == self.roles[who]:
                self._end(leg, "missed", "no answer")
                self._stopped(leg)

    def transfer(self, who: str = "second"):
        """Who talks sends the call on and leaves it at once (blind)."""
        for leg in self.call.legs:
            if leg.answer and not leg.end:
                self._end(leg, "answered", "answered")
        self.ring(who)

    def forward(self, who: str = "first"):
        """The extension's mobile answers instead of it."""
        self.give_up(who)
        self.call.legs[-1].disposition = "answered_elsewhere"
        extension = self.settings.extension(self.roles[who])
        self._answered(self._leg("external", number=extension.mobile))

    def voicemail(self):
        """The caller speaks to the answering machine."""
        self.call.doing = "The caller leaves a message"
        leg = self._leg("voicemail")
        leg.answer = self.now
        leg.recorded = self.settings.recorded

    # Steps of an outgoing or internal call

    def ring_agent(self):
        """A call placed over REST rings the agent first."""
        self.call.doing = f"{self._whose(self.call.extension)} rings"
        self._leg("agent", extension=self.call.extension)
        if self._two_legs():
            self._post(self.words.out_start(self.call.extension, "callback_leg1"))
        else:
            self._post(self.words.out_start(self.words.other()))

    def agent_answers(self):
        """The agent picks up, and the other side begins to ring."""
        self.call.legs[0].answer = self.now
        self.call.doing = "The customer's phone rings"
        self._leg("customer", number=self.call.number)
        if self._two_legs():
            self._post(self.words.out_start(self.words.other(), "callback_leg2"))

    def dial(self):
        """The agent dials from the handset."""
        call = self.call
        call.doing = f"{self._whose(call.extension)} calls"
        self._leg("agent", extension=call.extension).answer = self.now
        if call.direction == "internal":
            self._leg("agent", extension=call.number)
        else:
            self._leg("customer", number=call.number)
        self._post(self.words.out_start(self.words.other()))

    def other_answers(self):
        """The other side picks up."""
        self._answered(self.call.legs[-1])

    # Steps of both

    def hang_up(self, disposition: str, raw: str, code: int):
        """The call ends.

        :param disposition: in the contract's words
        :param raw: in the PBX's words
        :param code: the hang-up cause (Q.850)
        """
        call = self.call
        inbound = call.direction == "inbound"
        for leg in call.legs:
            if not leg.end and leg.answer:
                # who calls in vain was there, but had no answered call
                self._end(leg, "answered" if inbound else disposition, "answered")
            elif not leg.end:
                self._end(leg, disposition, raw)
        call.state, call.end, call.doing = "ended", self.now, ""
        call.disposition, call.raw, call.status_code = disposition, raw, code
        call.talk_seconds = sum(
            leg.talk_seconds
            for leg in (call.legs if inbound else call.legs[1:])
            if leg.kind not in ("menu", "voicemail")
        )
        if inbound:
            self._post(self.words.end())
        elif self._two_legs():
            self._post(self.words.out_end(call.extension, "callback_leg1"))
            if len(call.legs) > 1:
                self._post(self.words.out_end(self.words.other(), "callback_leg2"))
        else:
            self._post(self.words.out_end(self.words.other()))

    def record(self):
        """The recordings can be fetched."""
        for leg in self.call.legs:
            if leg.recorded:
                leg.record_ready = True
                self._post(self.words.record(leg))

    # Helpers

    def _obey(self, reply):
        """What a reply says: whose phone rings, which name it shows."""
        call = self.call
        call.reply = reply or call.reply
        call.caller_name = str(reply.get("caller_name") or call.caller_name)
        target = str(reply.get("redirect") or "")
        call.blocked = target == "blacklist" or bool(reply.get("hangup"))
        extension = self.settings.extension(target)
        if extension:
            call.redirect = extension.number
            if self.roles["second"] == extension.number:
                self.roles["second"] = self.roles["first"]
            self.roles["first"] = extension.number

    def _post(self, fields):
        return self.poster.post(self.call, fields, self.now)

    def _leg(self, kind, **values) -> Leg:
        return self.book.leg(self.call, kind, self.now, **values)

    def _answered(self, leg):
        call = self.call
        leg.answer = self.now
        leg.recorded = self.settings.records(call.extension)
        call.answer = call.answer or self.now
        call.state = "in_progress"
        call.doing = f"{self._whose(call.extension)} talks"
        self._post(self.words.answer(leg))

    def _whose(self, number):
        """An extension in words."""
        extension = self.settings.extension(number)
        name = extension.name if extension else ""
        return f"{name} ({number})" if name else f"Extension {number}"

    def _end(self, leg, disposition, raw):
        leg.end, leg.disposition, leg.raw = self.now, disposition, raw

    def _rings(self, leg):
        return leg.kind == "agent" and not leg.answer and not leg.end

    def _stopped(self, leg):
        if self.settings.spelling.internal_end:
            self._post(self.words.internal_end(leg.extension))

    def _two_legs(self):
        """Whether this call came over REST and is told as two legs."""
        return self.call.placed and self.settings.callback_legs == 2
