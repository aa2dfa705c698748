"""Where the candidates of a call come from: taps, leases, calls before.

A tap proves one call, the first since then: who rings the same number after somebody
else has may have come otherwise, however short ago the tap was.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime, timedelta

from .lease import Lease, Phase, Windows
from .match import LATE, LIVE, TAP, UNPROVEN, Candidate, Level

#: How long before the ring a tap may be; and after it, since clocks differ.
TAP_SECONDS = 120
CLOCK_ERROR = 10
#: So long before a call it matters who else rang the same number.
BEFORE = timedelta(seconds=TAP_SECONDS + CLOCK_ERROR)


def rang_before(
    calls: Iterable[tuple[datetime, str]], called: datetime, caller: str
) -> list[tuple[datetime, bool]]:
    """Return when a number was rung until a call, and whether by the same caller.

    Who hides the number is never known to be the same.

    :param calls: when each began to ring, and the caller's number, empty when hidden;
        the call in question may be among them
    """
    return [
        (began, number == caller and (bool(number) or began == called))
        for began, number in calls
        if began < called or (began == called and (number or not caller))
    ]


def is_proof(
    tap: datetime, called: datetime, rang: Iterable[tuple[datetime, bool]] = ()
) -> bool:
    """Tell whether a tap on the called number says who makes the call.

    Not when somebody else was the first to ring since: then it has made that call.

    :param rang: see `rang_before`
    """
    since = [one for one in rang if (tap - one[0]).total_seconds() <= CLOCK_ERROR]
    _first, is_own = min(since, default=(called, True))
    return is_own and _is_near(tap, called)


def _is_near(tap, called):
    return -CLOCK_ERROR <= (called - tap).total_seconds() <= TAP_SECONDS


def by_tap(
    visit: Hashable,
    tap: datetime,
    called: datetime,
    rang: Iterable[tuple[datetime, bool]] = (),
    ref=None,
) -> Candidate | None:
    """Return what a tap on the called number says; ``None`` when it is not near.

    Where it is no proof, its visitor is still one who sees the number.

    :param rang: see `rang_before`
    :param ref: what names the lease; without one everybody is shown the number
    """
    if not _is_near(tap, called):
        return None
    seconds = {"seconds": max(0, round((called - tap).total_seconds()))}
    if is_proof(tap, called, rang):
        return Candidate(visit, Level.TAP, TAP, ref, seconds)
    return Candidate(visit, Level.LIVE, LIVE, ref, seconds)


def by_lease(
    visit: Hashable,
    lease: Lease,
    called: datetime,
    windows: Windows,
    ref=None,
    rang: Iterable[tuple[datetime, bool]] = (),
) -> Candidate | None:
    """Return what a lease of the called number says; ``None`` when it is over.

    :param called: when the phone began to ring
    :param windows: of the number's pool
    :param ref: what names the lease
    :param rang: see `rang_before`
    """
    if (lease.start - called).total_seconds() > CLOCK_ERROR:
        return None
    if lease.tap and is_proof(lease.tap, called, rang):
        return by_tap(visit, lease.tap, called, rang, ref)
    phase = windows.phase(lease, max(called, lease.start))
    if phase == Phase.LIVE:
        since = max(0, round((called - lease.seen).total_seconds()))
        return Candidate(visit, Level.LIVE, LIVE, ref, {"seconds": since})
    if phase == Phase.LATE:
        since = windows.late_seconds(lease, called)
        likelihood = late_likelihood(since, windows.late)
        return Candidate(visit, Level.LATE, likelihood, ref, {"seconds": round(since)})
    return None


def late_likelihood(seconds: float, window: float) -> float:
    """Return what a lease is worth ``seconds`` after its hold: `LATE`, falling to 0."""
    if seconds >= window:
        return 0.0
    return LATE * (1 - max(0.0, seconds) / window)


def by_earlier_call(
    weights: Mapping[Hashable, float], earlier: datetime, called: datetime
) -> list[Candidate]:
    """Return the candidates of an earlier call of this caller to this number.

    People keep the number they once rang, so its likeliest visit outranks whoever sees
    the number now; its other candidates keep their proportion to that one.

    :param weights: of the earlier call, by visit
    """
    best = max(weights.values(), default=0)
    values = {"days": max(0, (called - earlier).days)}
    return [
        Candidate(visit, Level.RETURNING, UNPROVEN * (weight / best), values=values)
        for visit, weight in weights.items()
        if weight > 0
    ]
