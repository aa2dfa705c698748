"""Whatever a PBX sends: nothing breaks, and all that is told is an event of ours."""

import json

import pytest
from ami_script import CUSTOMER, DID, START, Pbx, calls, keep, track
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_crm.bridge.given_up import GivenUp
from telephony_crm.bridge.tracker import Tracker, TrackerConfig
from telephony_crm.pbx import event_format

# The same examples on every run, and no clock to judge them by.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("steady")

TRUNK, ANNA = "PJSIP/trunk-00000001", "PJSIP/100-00000002"
EVENTS = (
    "Newchannel Newstate Hangup DialBegin DialEnd BridgeEnter BridgeLeave Hold Unhold "
    "BlindTransfer AttendedTransfer Rename Pickup QueueCallerJoin QueueCallerLeave "
    "Newexten Cdr MixMonitorStart MixMonitorStop UserEvent"
).split()
CHANNELS = [
    *(TRUNK, ANNA, "PJSIP/101-00000003", "PJSIP/102-00000004", "SIP/trunk-2"),
    *("Local/100@from-internal-01;1", "Local/100@from-internal-01;2"),
    *("AsyncGoto/PJSIP/100-00000002", f"{ANNA}<ZOMBIE>", "PJSIP/100", "/", "x", ""),
]
REFS = ["1.1", "1.2", "1.3", "odoo-1", "odoo-spy-1", "", "9" * 300]
BRIDGES = ["b1", "b2", ""]
dirty = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.binary(max_size=40),
    st.integers(),
    st.floats(),
    st.lists(st.text(max_size=5), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=1),
    st.sampled_from(["9" * 200, "\0", "\ud800", "<unknown>", "\r\nEvent: x", "+44 7"]),
)
HEADERS = {
    "Channel": st.sampled_from(CHANNELS),
    "Uniqueid": st.sampled_from(REFS),
    "Linkedid": st.sampled_from(REFS),
    "ChannelState": st.sampled_from(["0", "4", "5", "6", "x", 6, None]),
    "DestChannel": st.sampled_from(CHANNELS),
    "DestUniqueid": st.sampled_from(REFS),
    "DestLinkedid": st.sampled_from(REFS),
    "TransfererChannel": st.sampled_from(CHANNELS),
    "OrigTransfererChannel": st.sampled_from(CHANNELS),
    "SecondTransfererChannel": st.sampled_from(CHANNELS),
    "TargetChannel": st.sampled_from(CHANNELS),
    "Newname": st.sampled_from(CHANNELS),
    "BridgeUniqueid": st.sampled_from(BRIDGES),
    "BridgeTechnology": st.sampled_from(["simple_bridge", "holding_bridge"]),
    "BridgeId": st.sampled_from(BRIDGES),
    "Result": st.sampled_from(["Success", "Fail"]),
    "DialStatus": st.sampled_from(["ANSWER", "BUSY", "CANCEL", "x" * 99]),
    "DialString": st.sampled_from([f"{CUSTOMER}@trunk", "100", "a/b/c@d"]) | dirty,
    "Application": st.sampled_from(["Dial", "AppDial", "Queue", "VoiceMail", "Read"]),
    "LastApplication": st.sampled_from(["VoiceMail", "BackGround", "Dial"]),
    "Disposition": st.just("ANSWERED"),
    "UniqueID": st.sampled_from(REFS),
    "Duration": st.sampled_from(["00:00:10", "99999:99:99", "x"]),
    "CallerIDNum": st.sampled_from([CUSTOMER, "100", "anonymous"]) | dirty,
    "Exten": st.sampled_from([DID, "100", "s"]) | dirty,
    "Queue": dirty,
    "Cause": st.sampled_from(["16", "17", "21", "999999", "-1"]) | dirty,
}
message = st.fixed_dictionaries(
    {"Event": st.sampled_from(EVENTS)}, optional=HEADERS
).map(lambda found: {**found})
filthy = st.dictionaries(
    st.sampled_from(["Event", "Response", "ActionID", "Value", *HEADERS]),
    dirty | st.sampled_from(EVENTS),
)
streams = st.lists(message | filthy, max_size=40)


def check(events):
    """Check that all that is told is an event, and folds."""
    for event in events:
        event_format.check(json.loads(json.dumps(event)))
    calls(events)


@given(streams)
def test_nothing_breaks_and_all_that_is_told_is_an_event(messages):
    stream = [(START + n, message) for n, message in enumerate(messages)]
    _tracker, events, stored = track(stream)
    check(events)
    again = track(stream, restart=True)
    assert (events, stored) == again[1:]


@given(streams, st.lists(message, max_size=6), st.lists(message, max_size=6))
def test_any_snapshot_can_be_taken_and_an_empty_one_ends_all(before, channels, after):
    tracker, events, _stored = track([(START + n, m) for n, m in enumerate(before)])
    at = START + 50
    snapshot = {"channels": channels, "bridges": channels}
    events += tracker.resync(snapshot, at).events
    for number, found in enumerate(after):
        events += tracker.feed(found, at + number).events
    events += tracker.resync({"channels": [], "bridges": None}, at + 9).events
    events += tracker.resync({}, at + 99).events
    check(events)
    assert all(call.state == "ended" for call in calls(events).values())
    assert all(call.ended for call in tracker.book.calls.values())


@given(streams)
def test_who_hangs_up_leaves_nothing_behind(messages):
    stored = {}
    tracker, _events, known = track([(START + n, m) for n, m in enumerate(messages)])
    stored.update(known)
    names = [
        name for call in tracker.book.calls.values() for name in list(call.parties)
    ]
    for name in names:
        keep(stored, tracker.feed({"Event": "Hangup", "Channel": name}, START + 50))
    keep(stored, tracker.feed({"Event": "Hangup"}, START + 500))
    assert (stored, tracker.book.calls) == ({}, {})
    for index in ("_names", "_refs", "_linked", "_bridges", "over"):
        assert not getattr(tracker.book, index), index


def test_a_channel_that_joins_the_call_of_who_rings_it_leaves_no_empty_call():
    dial = {
        "Event": "DialBegin",
        "Channel": "PJSIP/trunk-00000001",
        "Uniqueid": "1.1",
        "DestChannel": "PJSIP/100-00000002",
        "DestUniqueid": "1.2",
    }
    tracker, _events, _stored = track([(START, dial)])
    assert list(tracker.book.calls) == ["1.1"]


def test_values_of_all_lengths_and_kinds_are_told_as_an_event_may_hold_them():
    for number in ("9" * 200, "\0" * 9, b"\xff\xfe", ["+44", "1"], 7, "\r\nEvent: x"):
        pbx = Pbx().incoming(TRUNK, number=number, did=number)
        pbx.at(1).dial(TRUNK, ANNA).at(2).hang_up(ANNA, TRUNK)
        _tracker, events, _stored = track(pbx.stream)
        check(events)
        assert len(calls(events)) == 1


def test_message_of_ten_megabytes_is_one_like_any_other():
    huge = "9" * 10_000_000
    pbx = Pbx().incoming(TRUNK, number=huge, did=huge)
    tracker, events, stored = track(pbx.stream)
    check(events)
    assert len(json.dumps(stored)) < 10_000


def test_calls_are_bounded():
    config = TrackerConfig(max_calls=50)
    tracker, events = Tracker(config), []
    for number in range(200):
        pbx = Pbx().new(f"PJSIP/trunk-{number}", "Ring", ref=f"1.{number}")
        (begun,) = [message for _at, message in pbx.stream]
        events += tracker.feed(begun, START + number).events
    assert len(tracker.book.calls) == 50
    assert tracker.dropped == 150
    assert "50 calls" in GivenUp(tracker).in_words()
    states = [call.state for call in calls(events).values()]
    assert states.count("ended") == 150


def test_legs_of_a_call_are_bounded():
    """A queue rings its agents for hours, while the caller waits."""
    pbx = Pbx().incoming(TRUNK)
    for number in range(300):
        channel = f"PJSIP/100-1{number:07}"
        pbx.at(number).dial(TRUNK, channel).dialled(TRUNK, channel, "NOANSWER")
        pbx.hang_up(channel)
    pbx.hang_up(TRUNK)
    tracker, events, stored = track(pbx.stream, TrackerConfig(max_legs=20))
    (call,) = calls(events).values()
    assert (call.disposition, len(call.legs)) == ("missed", 20)
    assert all(len(state) < 20_000 for state in stored.values())


@pytest.mark.parametrize("count", [2000])
def test_memory_of_ended_calls_is_freed(count):
    tracker, stored, most = Tracker(), {}, 0
    pbx = Pbx()
    for number in range(count):
        trunk, anna = f"PJSIP/trunk-{number:08x}", f"PJSIP/100-{number:08x}"
        pbx.at(number).incoming(trunk).dial(trunk, anna).pick_up(trunk, anna)
        pbx.enter(f"b{number}", trunk, anna).at(number + 0.5)
        pbx.leave(f"b{number}", trunk, anna).hang_up(anna, trunk)
    for at, found in pbx.stream:
        keep(stored, tracker.feed(found, at))
        most = max(most, len(stored))
    assert most <= 62  # those of the last minute, of one a second
    assert len(tracker.book.calls) <= most
