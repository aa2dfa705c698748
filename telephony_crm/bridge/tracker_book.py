"""The calls that go on, and by which names their channels are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .tracker_config import TrackerConfig
from .tracker_state import Call, Party

#: Of ended channels of one call so many are remembered, for what comes late.
MAX_GONE = 64
#: Of ended calls so many are remembered, however short the time.
MAX_OVER = 1000


class Book:
    """All that the tracker knows. Who changes a call says so with ``touch``."""

    def __init__(self, config: TrackerConfig, state: Mapping[str, dict] | None = None):
        self.config = config
        self.calls: dict[str, Call] = {}
        #: Calls in which nothing is left to happen, the oldest first.
        self.over: dict[str, float] = {}
        self.dropped = 0
        self._names: dict[str, str] = {}
        self._refs: dict[str, str] = {}
        self._linked: dict[str, str] = {}
        self._bridges: dict[str, dict[str, None]] = {}
        self._touched: dict[str, None] = {}
        calls = [Call.restore(stored) for stored in (state or {}).values()]
        for call in sorted(calls, key=lambda call: call.began):
            self._load(call)
        self.over = dict(sorted(self.over.items(), key=lambda item: item[1]))

    def _load(self, call):
        self.calls[call.ref] = call
        for linkedid in call.linkedids:
            self._linked[linkedid] = call.ref
        for ref in call.gone:
            self._refs[ref] = call.ref
        for party in call.parties.values():
            self._index(party, call)
        if call.closed is not None:
            self.over[call.ref] = call.closed

    def _index(self, party, call):
        self._names[party.name] = call.ref
        self._refs[party.ref] = call.ref
        if party.bridge:
            self._bridges.setdefault(party.bridge, {})[party.name] = None

    # -- calls -----------------------------------------------------------------------

    def touch(self, call: Call) -> None:
        """Note that a call is to be stored again."""
        self._touched[call.ref] = None

    def touched(self) -> list[Call]:
        """Return the calls that are to be stored again."""
        found = (self.calls.get(ref) for ref in self._touched)
        return [call for call in found if call is not None]

    def take_changes(self) -> dict[str, dict | None]:
        """Return what is to be stored, ``None`` for what is to be forgotten."""
        found = {}
        for ref in self._touched:
            call = self.calls.get(ref)
            found[ref] = call.store() if call else None
        self._touched.clear()
        return found

    def call_of(self, name: str) -> Call | None:
        """Return the call that a channel belongs to."""
        return self.calls.get(self._names.get(name, ""))

    def call_of_ref(self, ref: str) -> Call | None:
        """Return the call that a Uniqueid belongs or belonged to."""
        return self.calls.get(self._refs.get(ref, ""))

    def call_of_linkedid(self, linkedid: str, at: float) -> Call:
        """Return the call of a Linkedid; a new one when it is not known."""
        call = self.calls.get(self._linked.get(linkedid, ""))
        if call is None:
            call = self.calls.get(linkedid)
        if call is None:
            call = Call(linkedid, at)
            self.calls[linkedid] = call
        self.link(call, linkedid)
        self.touch(call)
        return call

    def link(self, call: Call, linkedid: str) -> None:
        """Note that Asterisk calls this call so."""
        if linkedid not in call.linkedids:
            call.linkedids.append(linkedid)
        self._linked[linkedid] = call.ref

    def forget(self, call: Call) -> None:
        """Free all that is remembered of a call."""
        for party in list(call.parties.values()):
            self.drop(party)
        for index, keys in ((self._linked, call.linkedids), (self._refs, call.gone)):
            for key in keys:
                if index.get(key) == call.ref:
                    del index[key]
        self.calls.pop(call.ref, None)
        self.over.pop(call.ref, None)
        self.touch(call)

    def forget_old(self, at: float) -> None:
        """Free the calls that have been over for long."""
        while self.over:
            ref, ended = next(iter(self.over.items()))
            if 0 <= at - ended < self.config.linger and len(self.over) < MAX_OVER:
                break
            self.forget(self.calls[ref])

    # -- channels --------------------------------------------------------------------

    def party(self, name: str) -> Party | None:
        """Return a channel that is there."""
        call = self.call_of(name)
        return call.parties.get(name) if call else None

    def add(self, call: Call, party: Party) -> None:
        """Note a channel that appeared."""
        call.parties[party.name] = party
        self._index(party, call)
        self.touch(call)

    def drop(self, party: Party) -> None:
        """Note that a channel is gone."""
        call = self.call_of(party.name)
        self.leave(party)
        self._names.pop(party.name, None)
        call.parties.pop(party.name, None)
        call.gone.append(party.ref)
        for ref in call.gone[:-MAX_GONE]:
            self._refs.pop(ref, None)
        del call.gone[:-MAX_GONE]
        self.touch(call)

    def rename(self, party: Party, name: str) -> None:
        """Note that a channel is called otherwise."""
        call, bridge = self.call_of(party.name), party.bridge
        self.leave(party)
        self._names.pop(party.name, None)
        call.parties.pop(party.name)
        party.name = name
        self.add(call, party)
        if bridge:
            self.enter(party, bridge)

    def move(self, party: Party, call: Call) -> None:
        """Give a channel to another call than before."""
        before = self.call_of(party.name)
        if before is call:
            return
        before.parties.pop(party.name)
        self.touch(before)
        call.parties[party.name] = party
        self._index(party, call)
        self.touch(call)

    def hand_over(self, ref: str, call: Call) -> None:
        """Note that an ended channel belonged to this call."""
        call.gone.append(ref)
        self._refs[ref] = call.ref

    def other_half(self, party: Party) -> Party | None:
        """Return the other half of a Local channel."""
        half = "1" if party.name.endswith(";2") else "2"
        return self.party(f"{party.name[:-1]}{half}") if party.pair else None

    # -- who hears whom --------------------------------------------------------------

    def enter(self, party: Party, bridge: str) -> None:
        """Note that a channel is in a bridge."""
        self.leave(party)
        party.bridge = bridge
        self._bridges.setdefault(bridge, {})[party.name] = None

    def leave(self, party: Party) -> None:
        """Note that a channel is in no bridge."""
        members = self._bridges.get(party.bridge)
        if members is not None:
            members.pop(party.name, None)
            if not members:
                del self._bridges[party.bridge]
        party.bridge = ""

    def members(self, bridge: str) -> list[Party]:
        """Return the channels in a bridge."""
        found = map(self.party, self._bridges.get(bridge, ()))
        return [party for party in found if party]

    def room(self, party: Party) -> list[Party]:
        """Return the telephones that hear each other, this one among them.

        Bridges are rooms; the two halves of a Local channel are a door between two.
        """
        found: dict[str, Party] = {}
        todo = [party.name]
        while todo:
            name = todo.pop()
            member = None if name in found else self.party(name)
            if member is None:
                continue
            found[name] = member
            if member.bridge:
                todo += self._bridges.get(member.bridge, ())
            if other := self.other_half(member):
                todo.append(other.name)
        return [one for one in found.values() if one.is_real and not one.away]

    def rooms(self, parties: Iterable[Party]) -> list[list[Party]]:
        """Return the rooms in which these channels are, each once."""
        seen: set[str] = set()
        found = []
        for party in parties:
            if party.name in seen or self.party(party.name) is not party:
                continue
            room = self.room(party)
            seen |= {one.name for one in room}
            found.append(room)
        return found
