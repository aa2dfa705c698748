"""The streams of a real Asterisk, and what the calls were that it told of.

``setup/asterisk`` plays and records them; the rows of its own CDR lie beside each.
"""

import json
from datetime import datetime, timedelta

import pytest
from ami_script import calls, legs, track
from conftest import PAYLOADS

FOLDER = PAYLOADS / "asterisk" / "streams"
STREAMS = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
CUSTOMER, MOBILE, OTHER = "+442079460017", "+447400123410", "+33199001723"
YES, ELSEWHERE = "answered", "answered_elsewhere"
#: Direction, result, the other party, and what became of each leg.
EXPECTED = {
    "clicked": ("outbound", YES, CUSTOMER, {"100": YES, CUSTOMER: YES}),
    "clicked_away": ("outbound", "cancelled", "", {"100": "cancelled"}),
    "clicked_busy": (
        "outbound",
        "busy",
        CUSTOMER,
        {"100": "busy", CUSTOMER: "busy"},
    ),
    "clicked_colleague": ("internal", YES, "101", {"100": YES, "101": YES}),
    "clicked_through_dialplan": (
        "outbound",
        YES,
        CUSTOMER,
        {"100": YES, CUSTOMER: YES},
    ),
    "conference": ("inbound", YES, CUSTOMER, {"100": YES, "101": YES}),
    "consulted": ("inbound", YES, CUSTOMER, {"100": YES, "101": YES}),
    "consulted_outside": ("inbound", YES, CUSTOMER, {"100": YES, OTHER: YES}),
    "consulted_unanswered": (
        "inbound",
        YES,
        CUSTOMER,
        {"100": YES, "101": "missed"},
    ),
    "customer_first": ("outbound", YES, CUSTOMER, {"100": YES, CUSTOMER: YES}),
    "consulted_by_phone": ("inbound", YES, CUSTOMER, {"100": YES, "101": YES}),
    "consulted_in_vain": ("inbound", YES, CUSTOMER, {"100": YES, "101": ELSEWHERE}),
    "forwarded": ("inbound", YES, CUSTOMER, {"100": ELSEWHERE, "101": YES}),
    "held": ("inbound", YES, CUSTOMER, {"100": YES}),
    "held_by_odoo": ("inbound", YES, CUSTOMER, {"100": YES}),
    "inbound_answered": ("inbound", YES, CUSTOMER, {"100": YES}),
    "inbound_busy": ("inbound", "missed", CUSTOMER, {"103": "busy"}),
    "inbound_ended_by_agent": ("inbound", YES, OTHER, {"100": YES}),
    "inbound_given_up": ("inbound", "missed", CUSTOMER, {"100": "missed"}),
    "inbound_hidden": ("inbound", YES, "", {"100": YES}),
    "inbound_missed": ("inbound", "missed", CUSTOMER, {"100": "missed"}),
    "inbound_unknown_line": ("inbound", "abandoned", CUSTOMER, {}),
    "internal": ("internal", YES, "101", {"100": YES, "101": YES}),
    "listened": ("inbound", YES, CUSTOMER, {"100": YES}),
    "menu": (
        "inbound",
        YES,
        CUSTOMER,
        {"100": ELSEWHERE, "101": YES, "102": ELSEWHERE},
    ),
    "menu_left": ("inbound", "abandoned", CUSTOMER, {"ivr": "ended"}),
    "mobile_answers": ("inbound", YES, CUSTOMER, {"100": ELSEWHERE, MOBILE: YES}),
    "outbound_answered": ("outbound", YES, CUSTOMER, {"100": YES, CUSTOMER: YES}),
    "outbound_busy": ("outbound", "busy", CUSTOMER, {"100": "busy", CUSTOMER: "busy"}),
    "outbound_given_up": (
        "outbound",
        "cancelled",
        CUSTOMER,
        {"100": "cancelled", CUSTOMER: "cancelled"},
    ),
    "outbound_consulted": (
        "outbound",
        YES,
        CUSTOMER,
        {"100": YES, "101": YES, CUSTOMER: YES},
    ),
    "outbound_transferred": (
        "outbound",
        YES,
        CUSTOMER,
        {"100": YES, "101": YES, CUSTOMER: YES},
    ),
    "parked": ("inbound", YES, CUSTOMER, {"100": YES, "101": YES}),
    "picked_up": ("inbound", YES, CUSTOMER, {"100": ELSEWHERE, "101": YES}),
    "queue": (
        "inbound",
        YES,
        CUSTOMER,
        {"100": "missed", "101": YES, "support": "ended"},
    ),
    "queue_abandoned": (
        "inbound",
        "missed",
        CUSTOMER,
        {"100": "missed", "support": "ended"},
    ),
    "queue_behind_dialplan": (
        "inbound",
        YES,
        CUSTOMER,
        {"100": ELSEWHERE, "101": YES, "service": "ended"},
    ),
    "ring_group": (
        "inbound",
        YES,
        CUSTOMER,
        {"100": ELSEWHERE, "101": YES, "102": ELSEWHERE},
    ),
    "ring_group_missed": (
        "inbound",
        "missed",
        CUSTOMER,
        {"100": "missed", "101": "busy", "102": "missed"},
    ),
    "then_mobile": ("inbound", YES, CUSTOMER, {"100": "missed", MOBILE: YES}),
    "transferred": ("inbound", YES, CUSTOMER, {"100": YES, "101": YES}),
    "transferred_by_phone": ("inbound", YES, CUSTOMER, {"100": YES, "101": YES}),
    "transferred_in_vain": ("inbound", YES, CUSTOMER, {"100": YES, "101": "missed"}),
    "transferred_outside": ("inbound", YES, CUSTOMER, {"100": YES, OTHER: YES}),
    "voicemail": (
        "inbound",
        "voicemail",
        CUSTOMER,
        {"100": "missed", "voicemail": YES},
    ),
}


#: That a machine had picked up is told by a record, after the end; here nobody reads
#: AMI's class ``dialplan``.
NAMED_LATE = {"menu_left", "voicemail"}


def stream_of(name):
    lines = (FOLDER / f"{name}.jsonl").read_text().splitlines()
    return [(line["at"], line["message"]) for line in map(json.loads, lines)]


def rows_of(name):
    """Return the rows of Asterisk's own record, by call."""
    found = {}
    for row in json.loads((FOLDER / f"{name}.cdr.json").read_text()):
        found.setdefault(row["linkedid"], []).append(row)
    return found


def facts(call):
    return call.direction, call.disposition, call.number, legs(call)


@pytest.mark.parametrize("name", sorted(set(STREAMS) & set(EXPECTED)))
def test_call_is_what_it_was(name):
    (call,) = calls(track(stream_of(name))[1]).values()
    assert facts(call) == EXPECTED[name]
    assert call.confirmed == (name not in NAMED_LATE)


@pytest.mark.parametrize("name", STREAMS)
def test_times_are_those_of_the_pbx(name):
    """To the second; the PBX itself counts in whole ones."""
    rows = rows_of(name)
    for ref, call in calls(track(stream_of(name))[1]).items():
        assert call.state == "ended"
        own = rows.get(ref)
        if not own:
            continue  # the PBX keeps no record of what rang nobody
        begins = [datetime.fromisoformat(row["calldate"]) for row in own]
        ends = [
            begin + timedelta(seconds=row["duration"])
            for begin, row in zip(begins, own, strict=True)
        ]
        assert abs((call.start_date - min(begins)).total_seconds()) <= 1
        assert abs((call.end_date - max(ends)).total_seconds()) <= 2
        if call.talk_seconds:
            talked = max(row["billsec"] for row in own)
            assert call.talk_seconds <= sum(row["billsec"] for row in own) + 1
            assert talked


@pytest.mark.parametrize("name", STREAMS)
def test_nothing_is_left_over(name):
    tracker, _events, stored = track(stream_of(name))
    assert all(call.ended for call in tracker.book.calls.values())
    at = stream_of(name)[-1][0]
    tracker.feed({"Event": "Hangup", "Channel": "x"}, at + 61)
    assert not tracker.book.calls
    for index in ("_names", "_refs", "_linked", "_bridges"):
        assert not getattr(tracker.book, index), index


@pytest.mark.parametrize("name", STREAMS)
def test_restart_at_every_message_without_a_gap_changes_nothing(name):
    stream = stream_of(name)
    assert track(stream)[1:] == track(stream, restart=True)[1:]


@pytest.mark.parametrize("name", STREAMS)
def test_every_message_twice_changes_nothing(name):
    stream = stream_of(name)
    twice = [one for one in stream for _again in range(2)]
    assert track(stream)[1] == track(twice)[1]
