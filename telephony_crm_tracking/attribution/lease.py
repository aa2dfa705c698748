"""Who may see a number of a pool, and until when.

A lease begins when a visitor's page gets a number. It is provisional until there is a
sign of life: a second beat, another page, a tap on the number. From then on each beat
prolongs it; after the last one the number is held, since people write a number down
and ring later, and then cools down before anybody else sees it. A page that is left
open for ever keeps no number for ever: its beats prolong nothing after the longest time
that there is.

::

    provisional   start ──── 2 beats ────┤ cooldown ├ free
    confirmed     start … last seen ─────── hold ───┤ cooldown ├ free
                        (at the longest)
                        └──────── live ─────────────┤ late …    over

`Book` is all of it for one pool, as plain as can be: the property tests run on it, and
the SQL of the addon is compared with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .words import Word

#: Seconds for which a page that lives keeps its number, unless the pool says otherwise.
LONGEST = 7200


class Phase(Word):
    """What a lease is worth for a call at a certain time."""

    LIVE = "live"
    LATE = "late"  # the page is gone for long; the caller may still be its visitor
    OVER = "over"


@dataclass
class Lease:
    """A number of a pool, shown to one visit.

    :param seen: the last sign of life of its page
    :param confirmed: there was a second one
    :param end: when it ended; ``None`` while it is open
    :param tap: the last tap on the number
    """

    number: str
    visit: str
    start: datetime
    seen: datetime
    confirmed: bool = False
    end: datetime | None = None
    tap: datetime | None = None


@dataclass(frozen=True)
class Windows:
    """The lengths that a pool's leases obey, in seconds.

    :param beat: between two signs of life of a page
    :param hold: after the last one, during which the number stays the visitor's; at
        least two beats, since one may be lost
    :param cooldown: after that, during which nobody is shown the number
    :param late: after the hold, in which a call may still be this visitor's
    :param longest: from the start, after which signs of life prolong nothing; at least
        two beats
    :raises ValueError: when a length is negative, or there is no beat
    """

    beat: int
    hold: int
    cooldown: int
    late: int
    longest: int = LONGEST

    def __post_init__(self):
        lengths = (self.hold, self.cooldown, self.late, self.longest)
        if self.beat < 1 or min(lengths) < 0:
            raise ValueError("windows are lengths in seconds")
        object.__setattr__(self, "hold", max(self.hold, 2 * self.beat))
        object.__setattr__(self, "longest", max(self.longest, 2 * self.beat))

    def held_until(self, start: datetime, seen: datetime, confirmed: bool) -> datetime:
        """Return until when the number of an open lease is its visitor's."""
        if confirmed:
            return seen + timedelta(seconds=self.hold)
        return start + timedelta(seconds=2 * self.beat)

    def free_date(self, start: datetime, seen: datetime, confirmed: bool) -> datetime:
        """Return from when on somebody else may be shown the number."""
        held = self.held_until(start, seen, confirmed)
        return held + timedelta(seconds=self.cooldown)

    def seen(self, lease: Lease, now: datetime) -> datetime:
        """Return the last sign of life that counts, after one more."""
        latest = lease.start + timedelta(seconds=self.longest)
        return max(lease.seen, min(now, latest))

    def is_used_up(self, lease: Lease) -> bool:
        """Tell whether a visitor has had a number for as long as anybody may."""
        return (lease.seen - lease.start).total_seconds() >= self.longest

    def is_too_long(self, lease: Lease, now: datetime) -> bool:
        """Tell whether a lease is over, however lively its page is."""
        most = self.longest + self.hold
        return (now - lease.start).total_seconds() >= most

    def end_of(self, lease: Lease) -> datetime:
        """Return until when a lease is live; of an open one, as it looks now."""
        if lease.end is not None:
            return lease.end
        return self.held_until(lease.start, lease.seen, lease.confirmed)

    def phase(self, lease: Lease, at: datetime) -> Phase:
        """Return what a lease is worth for a call that begins ``at``."""
        if at < lease.start:
            return Phase.OVER
        late = (at - self.end_of(lease)).total_seconds()
        if late < 0:
            return Phase.LIVE
        return Phase.LATE if late < self.late else Phase.OVER

    def late_seconds(self, lease: Lease, at: datetime) -> float:
        """Return how long a lease is past its end ``at``; 0 while it is live."""
        return max(0.0, (at - self.end_of(lease)).total_seconds())


@dataclass
class Slot:
    """A number's place in its pool.

    :param free: from when on it can be given to somebody; ``datetime.min`` for a
        number that nobody has had yet
    :param lease: the one that had it last
    """

    number: str
    free: datetime = datetime.min
    lease: Lease | None = None


def choose(slots: Iterable[Slot], now: datetime) -> Slot | None:
    """Return the slot that is free for longest, or ``None`` when none is."""
    free = [slot for slot in slots if slot.free <= now]
    return min(free, key=lambda slot: slot.free, default=None)


class Book:
    """Who has which number of one pool. What the addon does in SQL, it does here.

    :param numbers: of the pool, each once
    """

    def __init__(self, numbers: Iterable[str], windows: Windows):
        self.windows = windows
        self.slots = {number: Slot(number) for number in numbers}
        self.leases: list[Lease] = []

    def take(self, visit: str, now: datetime) -> Lease | None:
        """Give a visit a number; ``None`` when the pool is dry.

        Who has one already keeps it: another page of the same visit is a sign of life.
        Who had one for the longest time gets none any more.
        """
        if lease := self._own(visit, now):
            self._seen(lease, now)
            return lease
        own = [lease for lease in self.leases if lease.visit == visit]
        if any(map(self.windows.is_used_up, own)):
            return None
        slot = choose(self.slots.values(), now)
        if slot is None:
            return None
        if slot.lease and slot.lease.end is None:
            slot.lease.end = self.windows.end_of(slot.lease)
        slot.lease = Lease(slot.number, visit, start=now, seen=now)
        slot.free = self.windows.free_date(now, now, False)
        self.leases.append(slot.lease)
        return slot.lease

    def beat(self, visit: str, now: datetime) -> bool:
        """Prolong a visit's lease; false when the number is no longer its own.

        A page that slept past its time gets its number back if nobody took it.
        """
        lease = self._own(visit, now)
        if lease:
            self._seen(lease, now)
        return lease is not None

    def tap(self, visit: str, now: datetime) -> bool:
        """Note that the visitor tapped the number; false as for `beat`.

        Who taps is about to ring, so the number is held even if it was the page's
        first second.
        """
        lease = self._own(visit, now)
        if lease:
            self._seen(lease, now)
            lease.tap = now
        return lease is not None

    def end(self, visit: str, now: datetime) -> bool:
        """Note that the page is gone; false as for `beat`.

        The number is held from now on. It proves nothing: a page that is closed at
        once stays provisional.
        """
        lease = self._own(visit, now)
        if lease and lease.confirmed:
            self._seen(lease, now)
        return lease is not None

    def close(self, now: datetime) -> int:
        """End the leases that are over, and return how many; no number hangs on it."""
        over = [
            slot.lease
            for slot in self.slots.values()
            if slot.lease and slot.lease.end is None and slot.free <= now
        ]
        for lease in over:
            lease.end = self.windows.end_of(lease)
        return len(over)

    def _own(self, visit, now):
        """Return the open lease of a visit, if it still has one."""
        for slot in self.slots.values():
            lease = slot.lease
            if lease and lease.visit == visit and lease.end is None:
                if not self.windows.is_too_long(lease, now):
                    return lease
        return None

    def _seen(self, lease, now):
        """Note a sign of life. Requests overtake each other: time only goes on."""
        lease.seen = self.windows.seen(lease, now)
        lease.confirmed = True
        slot = self.slots[lease.number]
        slot.free = self.windows.free_date(lease.start, lease.seen, True)
