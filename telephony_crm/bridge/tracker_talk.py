"""Who hears whom, from when until when.

Only this tells who talked: a channel that is "Up" may be listening to a menu, and a
Dial that was answered may still ask its callee whether he takes the call.
"""

from __future__ import annotations

from collections.abc import Iterable

from .tracker_book import Book
from .tracker_merge import merge_room
from .tracker_state import Call, Leg, Party
from .tracker_tell import Teller, unheard


class Talk:
    """Keeps the legs of the calls in step with the bridges."""

    def __init__(self, book: Book, teller: Teller):
        self.book = book
        self.teller = teller

    def listen(self, parties: Iterable[Party], at: float) -> None:
        """Look anew at the calls of these channels and of all who are with them."""
        parties = [party for party in parties if party]
        rooms = self.book.rooms(parties)
        for room in rooms:
            if len(room) > 1:
                merge_room(self.book, self.teller, room, at)
        calls = {}
        for party in [*parties, *(one for room in rooms for one in room)]:
            for ref in (*party.guest, None):
                call = self.book.calls.get(ref) or self.book.call_of(party.name)
                if call:
                    calls[call.ref] = call
        for call in calls.values():
            if call.direction and call.ended is None:
                self._hear(call, at)

    # -- legs ------------------------------------------------------------------------

    def leg_of(self, call: Call, party: Party) -> Leg | None:
        """Return the present leg of a channel in a call, if there is one."""
        for leg in reversed(call.legs.values()):
            if leg.channel == party.ref and not leg.left:
                return leg
        return None

    def add_leg(self, call: Call, party: Party) -> Leg | None:
        """Return the leg of a channel in a call, a new one when it has none.

        Who left and comes back has a second one, since what is over stays over.
        """
        leg = self.leg_of(call, party)
        if leg is None and len(call.legs) < self.book.config.max_legs:
            earlier = sum(one.channel == party.ref for one in call.legs.values())
            ref = party.ref if not earlier else f"{party.ref[:120]}:{earlier + 1}"
            leg = Leg(ref, kind_of(call, party), party.ref, up=party.up)
            leg.extension = party.extension
            leg.number = party.number or self._number_of(party)
            call.legs[ref] = leg
            own = self.book.call_of(party.name)
            if own is not call and call.ref not in party.guest:
                party.guest.append(call.ref)
                self.book.touch(own)
        self.book.touch(call)
        return leg

    def _number_of(self, party):
        """Return the number of who is the other party of some call, now in another."""
        own = self.book.call_of(party.name)
        return own.number if party.customer and own else ""

    def ring(self, call: Call, party: Party) -> None:
        """Tell that a channel is rung in a call, once."""
        leg = self.leg_of(call, party)
        if leg and leg.rung is not None:
            return
        if leg := self.add_leg(call, party):
            leg.rung = party.rung
            call.rang += leg.kind != "customer"
            self.teller.ringing(call, leg)

    def close(
        self, call: Call, leg: Leg, party: Party | None, at: float, cause=None
    ) -> None:
        """Tell that a leg is over."""
        if leg.left:
            return
        if leg.hold_since is not None:
            leg.hold += max(0.0, at - leg.hold_since)
            leg.hold_since = None
        disposition, status = "answered", party.status if party else ""
        if leg.heard is None:
            disposition = unheard(leg, status, cause, call.direction == "inbound")
            if self._lost(call, leg):
                disposition = "answered_elsewhere"
            elif leg.kind == "customer" or call.direction == "internal":
                call.result = disposition
        leg.left = 1
        self._clock(call, at)
        self.teller.left(call, leg, at, disposition, status)
        self.book.touch(call)

    def _lost(self, call, leg):
        """Tell whether another has picked up while this one rang.

        Nor has he missed a call who was asked about it and did not get it.
        """
        if leg.kind == "customer":
            return False
        return bool(leg.met) or any(
            other.up is not None
            and not other.left
            and other.kind != "customer"
            and other.rung is not None
            and other.up >= (leg.rung or 0)
            for other in call.legs.values()
            if other is not leg
        )

    # -- talking ---------------------------------------------------------------------

    def _hear(self, call, at):
        with_customer = self._heard(call)
        for party in with_customer.values():
            self.add_leg(call, party)
        present = set()
        for leg in list(call.legs.values()):
            party = with_customer.get(leg.channel)
            if leg.left:
                continue
            if party is not None:
                present.add(leg.ref)
                self._begin(call, leg, party, at)
            elif leg.heard is None and leg.up is not None:
                self._meet(call, leg, at)
            self._hold(call, leg, party, at)
        self._replace(call, present, at)
        self._clock(call, at)

    def _heard(self, call):
        """Return the channels that are with the other party, by their Uniqueid."""
        found = {}
        internal = call.direction == "internal"
        anchors = call.parties.values() if internal else call.customers()
        for anchor in list(anchors):
            if not anchor.is_real or anchor.away:
                continue
            others = [
                one
                for one in self.book.room(anchor)
                if one is not anchor and not (one.customer and one.name in call.parties)
            ]
            found.update({one.ref: one for one in others})
            if others and call.direction == "outbound":
                found[anchor.ref] = anchor
        return found

    def _begin(self, call, leg, party, at):
        if leg.heard is None:
            leg.heard = at
            leg.up = leg.up if leg.up is not None else at
            call.answered = 1
            call.voicemail = 0
            self.teller.answered(call, leg, at)
            self.book.touch(call)

    def _meet(self, call, leg, at):
        """Tell that a leg has somebody to speak with who is not the other party."""
        for party in call.parties.values():
            if party.ref == leg.channel and len(self.book.room(party)) > 1:
                if not leg.met and leg.kind != "customer":
                    self.teller.asked(call, leg, at)
                leg.met = 1
                self.book.touch(call)

    def _hold(self, call, leg, party, at):
        """Count the time in which the other party hears nobody, or music."""
        if leg.heard is None or leg.kind == "customer":
            return
        talks = party is not None and party.held is None
        if talks and leg.hold_since is not None:
            leg.hold += max(0.0, at - leg.hold_since)
            leg.hold_since = None
            self.book.touch(call)
        elif not talks and leg.hold_since is None:
            leg.hold_since = at
            self.book.touch(call)

    def _replace(self, call, present, at):
        """End the legs of those who were away when another took over."""
        kinds = {call.legs[ref].kind for ref in present} - {"customer"}
        taken = kinds and len(present) >= (1 if call.direction == "inbound" else 2)
        if not taken and not any(one.parked for one in call.parties.values()):
            return
        for leg in list(call.legs.values()):
            if leg.ref in present or leg.left or leg.heard is None:
                continue
            if leg.kind != "customer":
                self.close(call, leg, None, at)

    def _clock(self, call, at):
        """Run the clock of the call's talk while somebody talks with the customer."""
        ours = theirs = 0
        for leg in call.legs.values():
            if leg.heard is not None and not leg.left:
                ours += leg.kind != "customer"
                theirs += leg.kind == "customer"
        enough = {"inbound": ours >= 1, "outbound": ours >= 1 and theirs >= 1}
        talks = enough.get(call.direction, ours >= 2)
        if talks and call.talk_since is None:
            call.talk_since = at
            self.book.touch(call)
        elif not talks and call.talk_since is not None:
            call.talk += max(0.0, at - call.talk_since)
            call.talk_since = None
            self.book.touch(call)


def kind_of(call: Call, party: Party) -> str:
    """Return whose part of a call a channel is."""
    if party.kind == "extension":
        return "agent"
    return "customer" if party.name in call.parties and party.customer else "external"
