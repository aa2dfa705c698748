"""What is told of a call besides what happens to it: recorded now, asked meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from .call_legs import LegState, moment
from .event import CallEvent, EventKind

SWITCHES = (EventKind.RECORDING_ON, EventKind.RECORDING_OFF)
ASIDES = (*SWITCHES, EventKind.ASKED)


def split(events: list[CallEvent]) -> tuple[list[CallEvent], list[CallEvent]]:
    """Return what happens to the call, and what is told besides."""
    asides = [event for event in events if event.kind in ASIDES]
    return [event for event in events if event not in asides], asides


def recorded(asides: Iterable[CallEvent]) -> tuple[bool, datetime | None]:
    """Return whether the call is recorded, and since when it is or is not.

    Of two at the same moment the call is rather recorded: that must be known.
    """
    switches = [
        (moment(event), event.kind == EventKind.RECORDING_ON)
        for event in asides
        if event.kind in SWITCHES
    ]
    at, is_on = max(switches, default=(None, False))
    return is_on, at


def mark_asked(
    legs: Iterable[LegState], asides: Iterable[CallEvent]
) -> tuple[LegState, ...]:
    """Return the legs, those marked that have been asked."""
    asked = [event for event in asides if event.kind == EventKind.ASKED]
    return tuple(
        replace(leg, is_asked=True)
        if any(_is_of(event, leg) for event in asked)
        else leg
        for leg in legs
    )


def _is_of(event, leg):
    if event.leg_ref:
        return event.leg_ref == leg.ref
    return bool(event.extension) and event.extension == leg.extension
