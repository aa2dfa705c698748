"""Which visit made the phone ring: candidates and their weights.

Each candidate says how likely it would be if there were no other. They exclude one
another and may all be wrong, so with the odds ``o = s / (1 - s)`` of each, the weight
of one is ``o / (1 + Σo)`` and what is left is "none of them". One candidate alone
keeps its likelihood; two share; all of them together never reach one.

Only a tap on the number seconds before says who called. Everything else says who could
see it, so without a tap no weight is above `UNPROVEN`. Where candidates come from, see
`candidates`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import floor

from .words import Word

#: What a candidate of each level is worth, alone.
TAP = 0.97
UNPROVEN = 0.9
LIVE = 0.8
LATE = 0.6  # just after the hold; falls to nothing over the pool's late window
#: A weight below this is kept and shown, but makes neither match nor doubt.
NEGLIGIBLE = 0.1
#: A tap of at least this weight settles who called, whoever else sees the number.
SETTLED = 0.5
#: Weights are cut to millionths, as shares are.
UNIT = 1_000_000
TINY = 1e-6  # what is exact but for the last bit is not cut


class Level(Word):
    """Why a visit is a candidate, the surest first."""

    TAP = "tap"  # tapped this number within two minutes
    RETURNING = "returning"  # this caller had this number from an earlier visit
    LIVE = "live"  # sees the number now
    LATE = "late"  # saw it until some time ago
    FOREIGN = "foreign"  # another system says so
    STATIC = "static"  # the number stands for a source, there is no visit


class State(Word):
    """What is known of a call."""

    NONE = "none"
    STATIC = "static"
    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    FOREIGN = "foreign"


ORDER = {level: place for place, level in enumerate(Level)}
#: What a browser did last, first.
RECENT = (
    Level.TAP,
    Level.LIVE,
    Level.LATE,
    Level.RETURNING,
    Level.FOREIGN,
    Level.STATIC,
)


@dataclass(frozen=True)
class Candidate:
    """A visit that may have made the call.

    :param visit: whatever names it; ``None`` for a static number
    :param lease: whatever names the lease; ``None`` without one
    :param likelihood: as if there were no other; 0 to `UNPROVEN`, for a tap to `TAP`
    :param values: what the reason's words need: ``seconds`` since the tap, the last
        sign of life, the end of the hold; ``days`` since the earlier call
    :raises ValueError: when the likelihood is none, or claims too much
    """

    visit: Hashable
    level: Level
    likelihood: float
    lease: Hashable = None
    values: Mapping[str, int] = field(default_factory=dict, compare=False)

    def __post_init__(self):
        most = TAP if self.level == Level.TAP else UNPROVEN
        if not 0 <= self.likelihood <= most:
            raise ValueError(f"a likelihood of {self.level} is 0 to {most}")


@dataclass(frozen=True)
class Match:
    """A candidate with its weight among the others, 0 to below 1."""

    candidate: Candidate
    weight: float

    @property
    def level(self) -> Level:
        """Why it is one; also the code of the reason."""
        return self.candidate.level


def once_a_browser(
    candidates: Iterable[Candidate], browsers: Mapping[Hashable, Hashable]
) -> list[Candidate]:
    """Return the candidates with one visit of each browser.

    Two visits of one browser are one person, and no rivals: who rang before and sees
    the number now came by what was clicked last. That visit is as likely as the
    likeliest of them.

    :param browsers: the browser of each visit, where it is known
    """
    found: dict[Hashable, list[Candidate]] = {}
    for own in filter(lambda one: one.likelihood, candidates):
        browser = browsers.get(own.visit)
        key = ("visit", own.visit) if browser is None else ("browser", browser)
        found.setdefault(key, []).append(own)
    return [
        own
        for alike in found.values()
        for own in (alike if len({one.visit for one in alike}) == 1 else _last(alike))
    ]


def _last(alike):
    """Return the candidate of a browser's last visit, as a list."""
    own = min(alike, key=lambda one: (RECENT.index(one.level), _rank(one)))
    return [replace(own, likelihood=max(one.likelihood for one in alike))]


def weigh(candidates: Iterable[Candidate]) -> list[Match]:
    """Return a match for each visit, the likeliest first.

    A visit that is a candidate in two ways counts once, by the stronger. The weights
    sum to less than one; the rest is "none of them".
    """
    strongest: dict[Hashable, Candidate] = {}
    for own in candidates:
        other = strongest.get(own.visit)
        if own.likelihood > 0 and (other is None or _rank(own) < _rank(other)):
            strongest[own.visit] = own
    odds = {
        visit: own.likelihood / (1 - own.likelihood) for visit, own in strongest.items()
    }
    whole = 1 + sum(odds.values())
    found = [
        Match(own, floor(UNIT * odds[visit] / whole + TINY) / UNIT)
        for visit, own in strongest.items()
    ]
    return sorted(found, key=lambda match: _rank(match.candidate))


def _rank(candidate):
    """Order candidates, the same however they arrive."""
    who = (str(candidate.visit), str(candidate.lease))
    return (-candidate.likelihood, ORDER[candidate.level], who)


def none_of_them(matches: Iterable[Match]) -> float:
    """Return the weight of "none of them", above 0 and up to 1."""
    return 1 - sum(match.weight for match in matches)


def state(matches: Iterable[Match]) -> State:
    """Return what is known of a call from its matches.

    Who is beside the likeliest makes it ambiguous, also where many are that alone could
    be neglected; unless just one of them tapped, and is likelier than all else.
    """
    ranked = sorted(matches, key=lambda match: -match.weight)
    if sum(match.weight for match in ranked) < NEGLIGIBLE:
        return State.NONE
    best, *others = ranked
    beside = sum(match.weight for match in others)
    taps = [match for match in ranked if match.level == Level.TAP]
    is_settled = taps == [best] and best.weight >= SETTLED
    if best.weight < NEGLIGIBLE or (beside >= NEGLIGIBLE and not is_settled):
        return State.AMBIGUOUS
    if best.level in (Level.STATIC, Level.FOREIGN):
        return State(best.level.value)
    return State.MATCHED
