"""Transfers: who passes a call on is no part of it from then.

Nothing else of a transfer has to be told here, since the bridges tell who talks then.
But the telephone of who passed the call on may hang up seconds later, or not at all.
``main/stasis_bridges.c`` says what the events hold.
"""

from __future__ import annotations

from .tracker_config import endpoint_of
from .tracker_text import text


def blind_transfer(tracker, message, at):
    """Take the news that somebody has passed a call on, unasked."""
    if text(message, "Result", 20) == "Success":
        pass_on(tracker, text(message, "TransfererChannel", 200), at)


def attended_transfer(tracker, message, at):
    """Take the news that somebody has joined two calls and left.

    Of a ``Threeway`` he is still part.
    """
    done = text(message, "Result", 20) == "Success"
    if done and text(message, "DestType", 20) != "Threeway":
        for side in ("OrigTransfererChannel", "SecondTransfererChannel"):
            pass_on(tracker, text(message, side, 200), at)


def pass_on(tracker, name: str, at: float) -> None:
    """End the legs of who has passed a call on."""
    party = tracker.book.party(name)
    if party is None or party.away:
        return
    with_it = tracker.book.room(party)
    party.away = 1
    call = tracker.book.call_of(name)
    for one in (call, *map(tracker.book.calls.get, party.guest)):
        leg = tracker.talk.leg_of(one, party) if one else None
        if leg and leg.heard is not None and one.ended is None:
            tracker.talk.close(one, leg, party, at)
    tracker.book.touch(call)
    tracker.talk.listen(with_it, at)


def pickup(tracker, message, at):
    """Take the news that somebody picks up what rings at another telephone.

    That one then hangs up without a word of its Dial (``main/pickup.c``).
    """
    party = tracker.book.party(text(message, "TargetChannel", 200))
    if party is not None:
        party.status = "PICKUP"
        tracker.book.touch(tracker.book.call_of(party.name))


def rename(tracker, message, at):
    """Take the news that a channel is called otherwise.

    While a channel takes another's place, Asterisk has names for what is left of it;
    those are no telephones.
    """
    party = tracker.book.party(text(message, "Channel", 200))
    name = text(message, "Newname", 200)
    kind = endpoint_of(name, tracker.config).kind
    if party is None or not name or kind in ("gone", "helper"):
        return
    if tracker.book.party(name) is None:
        tracker.book.rename(party, name)


HANDLERS = {
    "blindtransfer": blind_transfer,
    "attendedtransfer": attended_transfer,
    "pickup": pickup,
    "rename": rename,
}
