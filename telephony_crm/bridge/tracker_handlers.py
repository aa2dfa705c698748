"""One function for each kind of AMI event that says something about a call.

Header names are those of Asterisk 20 to 22:
https://docs.asterisk.org/Asterisk_22_Documentation/API_Documentation/AMI_Events/
"""

from __future__ import annotations

from collections.abc import Mapping

from .tracker_config import CLICK, SPY, endpoint_of
from .tracker_state import Party
from .tracker_text import LONGEST, extension_text, number, text, whole

#: ``enum ast_channel_state`` (``include/asterisk/channelstate.h``).
OFFHOOK, RING, UP = 2, 4, 6
#: Extensions of the dialplan that nobody dials.
NOT_DIALLED = frozenset({"s", "i", "h", "t", "e", "o", "failed"})


# -- channels --------------------------------------------------------------------------


def ensure(tracker, message: Mapping, prefix: str, at: float) -> Party | None:
    """Return the channel that a message speaks of; a new one when it is not known."""
    name = text(message, f"{prefix}Channel", 200)
    ref = text(message, f"{prefix}Uniqueid")
    if not name or not ref:
        return None
    party = tracker.book.party(name)
    if party is not None:
        return party
    endpoint = endpoint_of(name, tracker.config)
    if endpoint.kind == "gone" or tracker.book.call_of_ref(ref):
        return None
    linkedid = text(message, f"{prefix}Linkedid") or ref
    call = tracker.book.call_of_linkedid(linkedid, at)
    if text(message, "Event", 20) != "Newchannel":
        call.whole = 0  # how it began was not seen
    kind = "helper" if SPY in (ref[: len(SPY)], linkedid[: len(SPY)]) else endpoint.kind
    party = Party(name, ref, kind, at, endpoint.extension, pair=endpoint.pair)
    tracker.book.add(call, party)
    return party


def new_channel(tracker, message, at):
    """Take a channel that appeared.

    One of the same name is gone: names begin anew when Asterisk does.
    """
    known = tracker.book.party(text(message, "Channel", 200))
    if known is not None and known.ref != text(message, "Uniqueid"):
        tracker.book.call_of(known.name).whole = 0
        tracker.calls.hung_up(known, None, at)
    party = ensure(tracker, message, "", at)
    if party is None:
        return
    call = tracker.book.call_of(party.name)
    if party.ref == call.ref and party.ref.startswith(CLICK) and party.kind != "helper":
        called = party.pair.partition("@")[0]
        tracker.calls.clicked(call, party.extension or extension_text(called), at)
    _state(tracker, message, party, call, at)


def new_state(tracker, message, at):
    """Take the news that a channel rings or is picked up."""
    party = ensure(tracker, message, "", at)
    if party is not None:
        _state(tracker, message, party, tracker.book.call_of(party.name), at)


def _state(tracker, message, party, call, at):
    state = whole(message, "ChannelState")
    if state in (OFFHOOK, RING) and party.rung is None and party.up is None:
        if party.is_real and not party.incoming and not party.ref.startswith(CLICK):
            party.incoming = 1
            tracker.book.touch(call)
            if party.kind == "trunk":
                did = number(message, "Exten")
                did = "" if did in NOT_DIALLED else did
                caller = number(message, "CallerIDNum")
                tracker.calls.came_in(call, party, caller, did, at)
    if state == UP and party.up is None:
        party.up = at
        tracker.book.touch(call)
        for leg in call.legs.values():
            if leg.channel == party.ref and leg.up is None:
                leg.up = at


def new_callerid(tracker, message, at):
    """Take the number of a caller that comes later than the call."""
    party = tracker.book.party(text(message, "Channel", 200))
    if party is not None:
        call = tracker.book.call_of(party.name)
        tracker.calls.named(call, party, number(message, "CallerIDNum"))


def hangup(tracker, message, at):
    """Take the news that a channel is gone."""
    party = tracker.book.party(text(message, "Channel", 200))
    if party is not None:
        tracker.calls.hung_up(party, whole(message, "Cause"), at)


# -- dialling --------------------------------------------------------------------------


def dial_begin(tracker, message, at):
    """Take the news that a channel rings another, or that an originate rings one."""
    caller = ensure(tracker, message, "", at)
    party = ensure(tracker, message, "Dest", at)
    if party is None:
        return
    book = tracker.book
    if caller is not None and not party.by:
        party.by = caller.name
        call = book.call_of(caller.name)
        for one in (party, book.other_half(party)):
            before = book.call_of(one.name) if one is not None else call
            if before is not call:
                book.move(one, call)
                if not before.parties:
                    tracker.calls.close_empty(before, at)
    call = book.call_of(party.name)
    if party.rung is None:
        party.rung = at
        if party.kind == "trunk":
            party.number = dialled(message)
        book.touch(call)
        did = number(message, "DestConnectedLineNum")
        tracker.calls.rung(call, party, caller, did, at)


def dialled(message: Mapping) -> str:
    """Return the number that a Dial asks a line for.

    ``DialString`` is what stands behind the technology: ``447700900123@trunk``,
    ``trunk/447700900123``, ``trunk/sip:447700900123@host``; of a queue the whole
    interface, with the technology.
    """
    said = text(message, "DialString", 200)
    if said.partition("/")[0].upper() in ("PJSIP", "SIP", "IAX2", "DAHDI", "LOCAL"):
        said = said.partition("/")[2]
    if "/" in said:
        said = said.partition("/")[2]
    said = said.partition("@")[0].partition(",")[0]
    said = (
        said.partition(":")[2] if said.lower().startswith(("sip:", "sips:")) else said
    )
    if any(letter.isdigit() for letter in said):
        return said if len(said) <= LONGEST else ""
    for name in ("DestCallerIDNum", "DestExten", "Exten"):
        if any(letter.isdigit() for letter in number(message, name)):
            return number(message, name)
    return ""


def dial_end(tracker, message, at):
    """Take how the ringing of a channel ended; whether it is heard, a bridge tells."""
    party = tracker.book.party(text(message, "DestChannel", 200))
    if party is None:
        return
    forwarded = text(message, "Forward", 64)
    party.status = "FORWARD" if forwarded else text(message, "DialStatus", 32).upper()
    call = tracker.book.call_of(party.name)
    call.status = party.status
    if party.status == "ANSWER" and party.up is None:
        party.up = at
        for leg in call.legs.values():
            if leg.channel == party.ref and leg.up is None:
                leg.up = at
    tracker.book.touch(call)


# -- bridges ---------------------------------------------------------------------------


def bridge_enter(tracker, message, at):
    """Take the news that a channel is in a bridge.

    In a holding bridge (parking, waiting) nobody hears anybody. Who is parked has been
    let go by whom he was with.
    """
    party = ensure(tracker, message, "", at)
    bridge = text(message, "BridgeUniqueid")
    if party is None or not bridge:
        return
    before = tracker.book.room(party)
    if text(message, "BridgeTechnology", 40) == "holding_bridge":
        tracker.book.leave(party)
    else:
        tracker.book.enter(party, bridge)
    party.parked = int(text(message, "BridgeType", 40) == "parking")
    tracker.book.touch(tracker.book.call_of(party.name))
    tracker.talk.listen([party, *before], at)


def bridge_leave(tracker, message, at):
    """Take the news that a channel is in a bridge no more."""
    party = tracker.book.party(text(message, "Channel", 200))
    if party is None or party.bridge != text(message, "BridgeUniqueid"):
        return
    before = tracker.book.room(party)
    tracker.book.leave(party)
    tracker.book.touch(tracker.book.call_of(party.name))
    tracker.talk.listen([party, *before], at)


def hold(tracker, message, at):
    """Take the news that a telephone has put the other party on hold."""
    _held(tracker, message, at, at)


def unhold(tracker, message, at):
    """Take the news that a telephone has the other party back."""
    _held(tracker, message, None, at)


def _held(tracker, message, since, at):
    party = tracker.book.party(text(message, "Channel", 200))
    if party is None or (party.held is None) == (since is None):
        return
    party.held = since
    tracker.book.touch(tracker.book.call_of(party.name))
    tracker.talk.listen([party], at)


HANDLERS = {
    "newchannel": new_channel,
    "newstate": new_state,
    "newcallerid": new_callerid,
    "hangup": hangup,
    "dialbegin": dial_begin,
    "dialend": dial_end,
    "bridgeenter": bridge_enter,
    "bridgeleave": bridge_leave,
    "hold": hold,
    "unhold": unhold,
}
