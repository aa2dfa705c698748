"""A bridge that is killed in a call of a real Asterisk, and misses a part of it.

Odoo then has what was told before and after, and takes the rows of the PBX's own
record where that was not all, as its comparison does. The calls are the same.
"""

import json
from datetime import datetime

import pytest
from ami_script import LATER, calls, keep, legs
from snapshots import Mirror
from test_tracker_streams import CUSTOMER, EXPECTED, FOLDER, STREAMS, stream_of

from telephony_crm.bridge.tracker import Tracker
from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx import event_format
from telephony_crm.pbx.adapter import Account
from telephony_crm.pbx.call_state import fold

asterisk = pbx_adapter.get("asterisk")
ROUNDED = 2  # seconds; a row counts in whole ones, and a call may have two
#: So many messages are missed, and all that follow.
GAPS = (2, 5, 16, 64)
#: Every so manieth message is the first that is missed; all would take a minute.
STEP = 5
#: Events that the tracker does not listen to.
SAYING_NOTHING = {
    *("BridgeCreate", "BridgeDestroy", "DialState", "HangupRequest", "LocalBridge"),
    *("NewCallerid", "NewConnectedLine", "SoftHangupRequest", "VarSet"),
}
#: What neither the PBX's answers nor its rows tell afterwards, and why.
UNTOLD = {
    "customer_first": (
        {"direction", "disposition", "number", "talked", "parties", "answer", "talk"},
        "only DialBegin says whom an originate rings, and a row not who ordered it",
    ),
    "consulted_in_vain": (
        {"talked"},
        "a row says that two were connected, not that the customer was on hold",
    ),
    "consulted_by_phone": (
        {"refs"},
        "whom the phone itself asks has a call of its own, which no row joins",
    ),
    "outbound_consulted": (
        {"answer", "talk"},
        "the row of the customer ends where the agent asks, and names nobody after",
    ),
    "outbound_given_up": (
        {"disposition"},
        "for a row, who gave up is one who was not answered",
    ),
}


class Cuts:
    """A stream in which a bridge is killed, and hears nothing for a while.

    What it had not stored when it was killed is lost; then it asks what is going on.
    """

    def __init__(self, name):
        self.stream = stream_of(name)
        self.told, self.stored, self.snapshots = [], [], []
        tracker, mirror, events, stored = Tracker(), Mirror(), [], {}
        for at, message in self.stream:
            self.told.append(events[:])
            self.stored.append(dict(stored))
            output = tracker.feed(message, at)
            events += output.events
            keep(stored, output)
            mirror.hear(at, message)
            self.snapshots.append(json.dumps(mirror.snapshot(at)))
        self.events = events

    def cut(self, start, end):
        """Return what is told, and stored, where it hears nothing from start to end."""
        stored, events = dict(self.stored[start]), self.told[start][:]
        tracker = Tracker(state={ref: json.loads(one) for ref, one in stored.items()})
        at = self.stream[end - 1][0]
        outputs = [tracker.resync(json.loads(self.snapshots[end - 1]), at)]
        outputs += [tracker.feed(message, at) for at, message in self.stream[end:]]
        for output in outputs:
            events += output.events
            keep(stored, output)
        return events, stored


def rows_of(name):
    """Return what the rows of the PBX tell, by call."""
    lines = json.loads((FOLDER / f"{name}.cdr.json").read_text())
    found = {}
    for row in asterisk.statistics_rows({"rows": lines}):
        if row.call_ref:
            events = asterisk.events(row.payload, Account(), LATER)
            found.setdefault(row.call_ref, []).extend(events)
    return found


def compared(events, rows):
    """Return the calls after Odoo's comparison with the PBX's rows.

    It takes those of the calls that were not seen whole (``_told_whole``).
    """
    told, whole, merged = {}, set(), set()
    for found in events:
        event = event_format.to_event(found, LATER)
        told.setdefault(event.call_ref, []).append(event)
        if event.kind == "merged":
            merged.add(event.call_ref)
        if event.kind == "ended" and event.confirmed:
            whole.add(event.call_ref)
    for ref, of_call in rows.items():
        if ref not in whole | merged:
            told.setdefault(ref, []).extend(of_call)
    return {ref: fold(one) for ref, one in told.items() if ref not in merged}


def facts(call):
    """Return what a call was, by name."""
    persons = [leg for leg in call.legs if leg.extension or leg.number]
    persons = [leg for leg in persons if leg.kind != "queue"]  # no row is a queue's
    return {
        "direction": call.direction,
        "disposition": call.disposition,
        "number": call.number,
        "parties": {leg.extension or leg.number for leg in persons},
        "talked": {
            leg.extension or leg.number
            for leg in persons
            if leg.disposition == "answered"
        },
        "start": call.start_date,
        "answer": call.answer_date,
        "end": call.end_date,
        "talk": call.talk_seconds,
    }


def differences(call, whole):
    """Return the names of what is not the same of two calls."""
    one, other = facts(call), facts(whole)
    return {name for name in one if not _is_same(one[name], other[name])}


def _is_same(one, other):
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs((one - other).total_seconds()) <= ROUNDED
    if type(one) is type(other) is int:
        return abs(one - other) <= ROUNDED
    return one == other


@pytest.mark.parametrize("name", STREAMS)
def test_calls_are_the_same_wherever_the_stream_is_cut(name):
    """But for what is told by nobody; whatever it is, each is there once, and over."""
    cuts, rows = Cuts(name), rows_of(name)
    wholes = compared(cuts.events, rows)
    untold, _why = UNTOLD.get(name, (set(), ""))
    length = len(cuts.stream)
    for start in range(0, length, STEP):
        for end in {*(min(start + gap, length) for gap in GAPS), length}:
            events, stored = cuts.cut(start, end)
            assert all(json.loads(one).get("ended") for one in stored.values())
            found = compared(events, rows)
            place = start, end
            # of one that began and ended meanwhile the rows alone can tell
            missed = set() if start or end < length else set(wholes) - set(rows)
            assert set(wholes) - set(found) <= missed, place
            assert set(found) <= set(wholes) or "refs" in untold, place
            for ref, call in found.items():
                assert call.state == "ended", place
                if ref in wholes:
                    assert differences(call, wholes[ref]) <= untold, (place, ref)


@pytest.mark.parametrize("name", sorted(UNTOLD))
def test_what_nobody_tells_makes_no_nonsense(name):
    """Each call begins and ends when it did; no other number is named."""
    cuts, rows = Cuts(name), rows_of(name)
    for start in range(0, len(cuts.stream), STEP):
        for call in compared(cuts.cut(start, len(cuts.stream))[0], rows).values():
            assert call.number in ("", CUSTOMER, "100", "101")
            length = (call.end_date - call.start_date).total_seconds()
            assert 0 <= call.talk_seconds <= length


#: Which number an originate rings: see ``UNTOLD``.
ONLY_HERE = {("customer_first", "DialBegin")}


@pytest.mark.parametrize("name", sorted(set(STREAMS) & set(EXPECTED)))
def test_one_lost_message_does_not_change_the_call(name):
    """Even without rows: the bridge is killed at every message in turn."""
    cuts = Cuts(name)
    wholes = calls(cuts.events)
    (whole,) = wholes.values()
    for start, (_at, message) in enumerate(cuts.stream):
        event = message["Event"]
        if event == "Cdr" or (name, event) in ONLY_HERE or event in SAYING_NOTHING:
            continue  # a lost record is among the PBX's own
        found = calls(cuts.cut(start, start + 1)[0])
        assert list(found) == list(wholes), start
        (call,) = found.values()
        assert (call.direction, call.number) == (whole.direction, whole.number), start
        assert call.disposition == whole.disposition, (start, message)
        assert set(legs(call)) == set(legs(whole)), (start, message)
        assert abs(call.talk_seconds - whole.talk_seconds) <= 1, (start, message)
