"""Which calls count: a conversation with somebody new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .words import Word

DAYS = 30


class Refusal(Word):
    """Why a call is not qualified."""

    OURS = "ours"
    BLOCKED = "blocked"
    SPAM = "spam"
    NOBODY = "nobody"  # no person of ours talked
    SHORT = "short"
    AGAIN = "again"  # this number was talked with not long ago
    WON = "won"  # it won a missed call, which counts instead


@dataclass(frozen=True)
class Call:
    """An inbound call, or one of ours that somebody has asked for.

    :param by_person: a person of ours talked, not a machine, and nobody unknown
    :param called_back: seconds that we talked when we rang a missed caller back, and
        this is the call that was missed; 0 for none
    :param ours: the caller is one of our own numbers
    :param won: it won a missed call, which counts
    """

    start: datetime
    talk_seconds: int = 0
    by_person: bool = False
    called_back: int = 0
    ours: bool = False
    blocked: bool = False
    spam: bool = False
    won: bool = False


def is_first(start: datetime, talked: Iterable[datetime], days: int = DAYS) -> bool:
    """Tell whether a number was not talked with in the ``days`` before a call.

    :param start: of the call
    :param talked: when other calls with this number began in which a person talked,
        whoever rang whom; a missed one takes nothing from the next
    """
    oldest = start - timedelta(days=days)
    return not any(oldest <= other < start for other in talked)


def refusal(
    call: Call, talked: Iterable[datetime], min_talk_seconds: int, days: int = DAYS
) -> Refusal | None:
    """Return why a call is not qualified; ``None`` when it is.

    A missed call that we won by ringing back counts, with that talk.

    :param talked: as for `is_first`
    """
    for is_so, why in (
        (call.ours, Refusal.OURS),
        (call.blocked, Refusal.BLOCKED),
        (call.spam, Refusal.SPAM),
        (call.won, Refusal.WON),
    ):
        if is_so:
            return why
    seconds = max(call.talk_seconds if call.by_person else 0, call.called_back)
    if not call.by_person and not call.called_back:
        return Refusal.NOBODY
    if seconds < min_talk_seconds:
        return Refusal.SHORT
    return None if is_first(call.start, talked, days) else Refusal.AGAIN


def is_qualified(
    call: Call, talked: Iterable[datetime], min_talk_seconds: int, days: int = DAYS
) -> bool:
    """Tell whether a call is qualified, see `refusal`."""
    return refusal(call, talked, min_talk_seconds, days) is None
