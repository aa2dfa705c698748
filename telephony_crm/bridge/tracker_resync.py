"""After a gap in the stream: what has ended meanwhile, and what has begun.

``CoreShowChannels`` tells of every channel its headers as events do, and besides
``BridgeId``, ``Application``, ``ApplicationData`` and ``Duration`` (``main/cli.c``,
``main/manager.c``). Who was rung has the application ``AppDial`` or ``AppQueue``
(``apps/app_dial.c``, ``apps/app_queue.c``), of an originate ``AppDial2``
(``main/dial.c``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .tracker_config import CLICK
from .tracker_handlers import RING, UP, dialled, ensure
from .tracker_machines import join, leave, runs, waiting
from .tracker_recordings import ask_again
from .tracker_state import Party
from .tracker_text import extension_text, number, text, whole

RUNG = frozenset({"appdial", "appdial2", "appqueue"})


def resync(tracker, snapshot: Mapping, at: float) -> None:
    """Bring the calls in step with what the PBX says is going on."""
    book = tracker.book
    found = _channels(snapshot)
    for call in book.calls.values():
        if call.ended is None:
            call.whole = 0
            book.touch(call)
    gone = _take_out(book, found)
    known = {name for name in found if book.party(name)}
    there = [_take_in(tracker, message, at) for message in found.values()]
    there = [party for party in there if party is not None]
    _doubt_who_began(book, gone)
    for party in there:
        _see(tracker, party, found, party.name in known, at)
    _set_bridges(book, there, found, snapshot, at)
    tracker.talk.listen(there, at)
    for party in there:
        _machines(tracker, party, found[party.name], at)
    for party in gone:
        if book.party(party.name) is party:
            tracker.calls.hung_up(party, None, at)
    for call in list(book.calls.values()):
        if not call.parties and call.ended is None:
            tracker.calls.close_empty(call, at)
        ask_again(tracker, call)


def _bridges(snapshot, name, value):
    """Return the bridges that have this header."""
    return {
        text(bridge, "BridgeUniqueid")
        for bridge in snapshot.get("bridges") or ()
        if isinstance(bridge, Mapping) and text(bridge, name, 40) == value
    }


def _set_bridges(book, parties, found, snapshot, at):
    holding = _bridges(snapshot, "BridgeTechnology", "holding_bridge")
    parking = _bridges(snapshot, "BridgeType", "parking")
    for party in parties:
        bridge = text(found[party.name], "BridgeId")
        party.parked = int(bridge in parking)
        book.leave(party)
        if bridge and bridge not in holding:
            book.enter(party, bridge)
            party.up = party.up if party.up is not None else at


def _channels(snapshot):
    """Return the messages of the channels that are there, the oldest first."""
    found = {}
    for message in snapshot.get("channels") or ():
        if isinstance(message, Mapping) and text(message, "Channel", 200):
            found[text(message, "Channel", 200)] = message
    return dict(sorted(found.items(), key=lambda item: _age(item[1])))


def _age(message):
    """Return what sorts channels by when they began: ``[system-]seconds.count``."""
    linkedid, ref = text(message, "Linkedid"), text(message, "Uniqueid")
    numbers = re.search(r"(\d{1,12})\.(\d{1,12})\Z", ref, re.ASCII)
    order = tuple(map(int, numbers.groups())) if numbers else (0, 0)
    return ref != linkedid, order, ref


def _take_out(book, found):
    """Return the channels that are there no more; nobody hears them now."""
    gone = []
    names = {text(message, "Uniqueid"): name for name, message in found.items()}
    for call in list(book.calls.values()):
        for party in list(call.parties.values()):
            message = found.get(party.name)
            if message is not None and text(message, "Uniqueid") == party.ref:
                continue
            name = names.get(party.ref, "")
            if name and book.party(name) is None:
                book.rename(party, name)
                continue
            book.leave(party)
            gone.append(party)
            if message is not None:  # another one of this name: the PBX has restarted
                book.rename(party, f"{party.name}<ZOMBIE>")
    return gone


def _doubt_who_began(book, gone):
    """Note the calls of which nobody was told, and who began them is gone."""
    for party in gone:
        call = book.call_of(party.name)
        if party.incoming and not call.direction:
            call.guessed = 1


def _take_in(tracker, message, at):
    """Return the channel of a message; a new one when it began meanwhile."""
    begun = at - _seconds(text(message, "Duration", 20))
    return ensure(tracker, message, "", begun)


def _seconds(duration):
    """Return the seconds of ``HH:MM:SS``."""
    parts = re.fullmatch(r"(\d{1,5}):(\d\d):(\d\d)", duration, re.ASCII)
    if not parts:
        return 0
    hours, minutes, seconds = map(int, parts.groups())
    return hours * 3600 + minutes * 60 + seconds


def _see(tracker, party: Party, found: Mapping, is_known: bool, at: float) -> None:
    """Do for a channel what the events that were missed would have done."""
    book, calls, message = tracker.book, tracker.calls, found[party.name]
    call = book.call_of(party.name)
    if not is_known:
        call.whole = 0
    state = whole(message, "ChannelState")
    was_rung = text(message, "Application", 40).lower() in RUNG
    if party.ref == call.ref and party.ref.startswith(CLICK):
        if party.kind != "helper":
            called = extension_text(party.pair.partition("@")[0])
            calls.clicked(call, party.extension or called, party.began)
    elif party.is_real and not was_rung and party.rung is None:
        if party.ref == text(message, "Linkedid") and state in (RING, UP):
            if not party.incoming and not call.direction:
                party.incoming = 1
                if party.kind == "trunk":
                    _came_in(calls, call, party, message, at)
    calls.named(call, party, number(message, "CallerIDNum"))
    if was_rung and party.rung is None:
        _rung(tracker, call, party, found, at)
    if state == UP and party.up is None:
        party.up = at
    book.touch(call)


def _came_in(calls, call, party, message, at):
    did = number(message, "Exten")
    did = did if sum(letter.isdigit() for letter in did) > 4 else ""
    calls.came_in(call, party, number(message, "CallerIDNum"), did, at)


def _rung(tracker, call, party, found, at):
    caller = call.originator()
    if caller is None:
        ups = [one for one in call.parties.values() if one.up is not None]
        caller = next((one for one in ups if one is not party and one.is_real), None)
    party.rung = party.began
    if party.kind == "trunk":
        party.number = _number(call, party, found)
    tracker.calls.rung(call, party, caller, "", at)


def _number(call, party, found):
    """Return which number a line was asked for: some Dial of its call says it."""
    endpoint = party.name.partition("/")[2].rpartition("-")[0]
    linkedid = text(found[party.name], "Linkedid")
    for message in found.values():
        if text(message, "Application", 40).lower() != "dial":
            continue
        if text(message, "Linkedid") != linkedid:
            continue
        for target in (
            text(message, "ApplicationData", 1000).partition(",")[0].split("&")
        ):
            rest = target.partition("/")[2]
            if rest.endswith(f"@{endpoint}") or rest.startswith(f"{endpoint}/"):
                return dialled({"DialString": rest})
    shown = dialled({"DestCallerIDNum": found[party.name].get("CallerIDNum")})
    return "" if shown == call.did else shown  # the line that was called, not who is


def _machines(tracker, party, message, at):
    """Note queues, menus and voice mail that a caller is in, or is in no more."""
    call = tracker.book.call_of(party.name)
    application = text(message, "Application", 40).lower()
    runs(tracker, call, application, at)
    queue = text(message, "ApplicationData", 200).partition(",")[0]
    if application != "queue" or party.bridge:
        leave(tracker, call, party, at)
    elif not waiting(call, party):
        join(tracker, call, party, queue[:64], at)
