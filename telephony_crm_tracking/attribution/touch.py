"""Touches: what brought somebody to us, one after the other.

Visits and calls of one person, known by caller and contact since browsers forget, are
grouped: a new touch begins after half an hour of silence, or with a new campaign.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .source import Kind, Source, same

IDLE = timedelta(minutes=30)
LOOKBACK_DAYS = 90
#: For how long a call may be the answer to one of ours.
RETURN_HOURS = 72


@dataclass(frozen=True)
class Episode:
    """A visit or a call.

    :param ref: whatever names it
    :param end: of a visit, its last sign of life; ``None``: a moment
    """

    ref: Hashable
    start: datetime
    source: Source = Source()
    end: datetime | None = None

    @property
    def last(self) -> datetime:
        """The last sign of life."""
        return max(self.start, self.end or self.start)


@dataclass(frozen=True)
class Touch:
    """Episodes that belong together; the source is that of the first that has one.

    :param refs: of its episodes, in order
    """

    start: datetime
    end: datetime
    source: Source
    refs: tuple[Hashable, ...]

    @property
    def direct(self) -> bool:
        """Whether nothing is known of what led here."""
        return self.source.kind == Kind.DIRECT


def touches(
    episodes: Iterable[Episode],
    until: datetime | None = None,
    lookback_days: int = LOOKBACK_DAYS,
) -> list[Touch]:
    """Return the touches of one person, the oldest first.

    :param until: the moment that they are asked for, such as that of the lead: what
        began later, or more than ``lookback_days`` earlier, is left out. ``None``: all
    """
    found: list[Touch] = []
    for episode in sorted(episodes, key=lambda own: (own.start, str(own.ref))):
        if until and not _is_near(episode, until, lookback_days):
            continue
        last = found[-1] if found else None
        if last and _continues(episode, last):
            source = episode.source if last.direct else last.source
            end = max(last.end, episode.last)
            found[-1] = Touch(last.start, end, source, (*last.refs, episode.ref))
        else:
            source = episode.source
            found.append(Touch(episode.start, episode.last, source, (episode.ref,)))
    return found


def _is_near(episode, until, days):
    return until - timedelta(days=days) <= episode.start <= until


def _continues(episode, touch):
    if episode.start - touch.end >= IDLE:
        return False
    own, last = episode.source, touch.source
    if Kind.DIRECT in (own.kind, last.kind):
        return True
    names = ("source", "medium", "campaign")
    return all(same(getattr(own, name), getattr(last, name)) for name in names)


@dataclass(frozen=True)
class Outgoing:
    """A call of ours to the number.

    :param shown: the number of ours that it showed, E.164; empty when unknown
    """

    start: datetime
    shown: str = ""


def returned(
    start: datetime,
    did: str,
    outgoing: Iterable[Outgoing],
    hours: int = RETURN_HOURS,
) -> bool:
    """Tell whether a call answers one of ours, and so is no new touch.

    We rang this number not long before, and what it called is what it saw then; where
    the PBX does not say what it showed, any number of ours will do. Numbers of a pool
    are never shown, so who calls one comes from a page.

    :param start: when the call began
    :param did: the number that was called, E.164; ``""`` for a number of a pool
    :param outgoing: our calls to this caller
    """
    oldest = start - timedelta(hours=hours)
    return bool(did) and any(
        oldest <= ours.start < start and ours.shown in ("", did) for ours in outgoing
    )
