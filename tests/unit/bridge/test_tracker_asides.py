"""What the screen is told of a call that goes on: recorded, and who is being asked."""

import json

import pytest
from ami_script import Pbx, calls, track
from conftest import PAYLOADS

FOLDER = PAYLOADS / "asterisk" / "streams"
TRUNK, ANNA = "PJSIP/trunk-00000001", "PJSIP/100-00000002"


def told(name):
    """Return the events that a recorded stream led to."""
    lines = (FOLDER / f"{name}.jsonl").read_text().splitlines()
    stream = [(one["at"], one["message"]) for one in map(json.loads, lines)]
    return track(stream)[1]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("consulted", ["101"]),
        ("outbound_consulted", ["101"]),
        ("consulted_in_vain", ["101"]),
        ("consulted_outside", ["+33199001723"]),
        ("consulted_unanswered", []),
        ("transferred", []),
        ("ring_group", []),
        ("queue", []),
        ("listened", []),
        ("clicked", []),
    ],
)
def test_who_has_picked_up_to_be_asked_is_told_at_once(name, asked):
    events = told(name)
    found = [event for event in events if event["event"] == "asked"]
    who = [event.get("extension") or event["leg_number"] for event in found]
    assert who == asked
    for event in found:
        [rung] = [
            one
            for one in events
            if one["event"] == "ringing" and one["leg_ref"] == event["leg_ref"]
        ]
        assert rung["occurred_at"] < event["occurred_at"]


def switches(events):
    return [one["event"] for one in events if one["event"].startswith("recording_o")]


@pytest.mark.parametrize("name", ["inbound_answered", "clicked", "outbound_answered"])
def test_a_call_that_the_dialplan_records_is_told_to_be_recorded(name):
    events = told(name)
    kinds = [event["event"] for event in events]
    assert kinds.index("started") < kinds.index("recording_on")
    assert switches(events)[0] == "recording_on"


def call(*steps):
    """Return what is told of a talk in which recordings begin and end."""
    pbx = Pbx().incoming(TRUNK).at(1).dial(TRUNK, ANNA).at(2)
    pbx.pick_up(TRUNK, ANNA).enter("b1", ANNA, TRUNK)
    for at, (event, channel) in enumerate(steps, 3):
        pbx.at(at).about(event, channel)
    return pbx


START, STOP = "MixMonitorStart", "MixMonitorStop"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], []),
        ([(START, TRUNK)], ["recording_on"]),
        ([(START, TRUNK), (STOP, TRUNK)], ["recording_on", "recording_off"]),
        (
            [(START, TRUNK), (START, ANNA), (STOP, TRUNK)],
            ["recording_on"],
        ),
        (
            [(START, TRUNK), (STOP, TRUNK), (START, ANNA), (STOP, ANNA)],
            ["recording_on", "recording_off"] * 2,
        ),
    ],
)
def test_as_long_as_any_recording_runs_the_call_is_recorded(steps, expected):
    _tracker, events, _stored = track(call(*steps).stream)
    assert switches(events) == expected
    assert len({event["id"] for event in events}) == len(events)
    (state,) = calls(events).values()
    assert state.is_recorded == (expected[-1:] == ["recording_on"])


def test_who_hangs_up_takes_the_own_recording_along():
    pbx = call((START, ANNA)).at(9).leave("b1", ANNA).hang_up(ANNA)
    _tracker, events, _stored = track(pbx.stream)
    assert switches(events) == ["recording_on", "recording_off"]
