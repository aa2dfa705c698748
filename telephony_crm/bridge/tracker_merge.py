"""Calls that turn out to be one.

Asterisk gives all channels of a bridge the Linkedid of the oldest one, so that a
consultation gets that of the call which is transferred, and a call of a customer may
get that of some internal call. So not Linkedids decide here, but who is heard: a call
with an outside party of its own stays a call; any other is part of the call into whose
talk it came.
"""

from __future__ import annotations

from .tracker_book import Book
from .tracker_state import Call, Party
from .tracker_tell import Teller


def merge_room(book: Book, teller: Teller, room: list[Party], at: float) -> None:
    """Merge the calls of the telephones that hear each other, where they are one."""
    calls = {}
    for party in room:
        call = book.call_of(party.name)
        if call.ended is None:
            calls[call.ref] = call
    if len(calls) < 2:
        return
    keepers = [call for call in calls.values() if _customer_in(call, room)]
    keepers = keepers or [
        call for call in calls.values() if call.direction and not call.customers()
    ]
    if not keepers:
        return
    keeper = min(keepers, key=lambda call: (call.began, call.ref))
    for call in calls.values():
        if call is not keeper and not call.customers():
            merge(book, teller, call, keeper, at)


def _customer_in(call, room):
    return bool(call.direction) and any(
        party.customer and party.name in call.parties for party in room
    )


def merge(book: Book, teller: Teller, call: Call, parent: Call, at: float) -> None:
    """Make a call part of another, with its channels and what they are doing."""
    if call.direction:
        teller.merged(call, parent, at)
    parent.whole = parent.whole and call.whole
    legs = {leg.channel: leg for leg in call.legs.values() if not leg.left}
    for party in list(call.parties.values()):
        party.incoming = party.incoming if not parent.direction else 0
        book.move(party, parent)
        leg = legs.get(party.ref)
        if leg and party.rung is not None and party.is_real:
            leg.heard = leg.hold_since = None
            leg.hold = 0.0
            if leg.ref not in parent.legs and len(parent.legs) < book.config.max_legs:
                parent.legs[leg.ref] = leg
                teller.ringing(parent, leg)
    for linkedid in call.linkedids:
        book.link(parent, linkedid)
    for ref in call.gone:
        book.hand_over(ref, parent)
    parent.recordings.update(call.recordings)
    call.linkedids, call.gone, call.recordings = [], [], {}
    book.forget(call)
