"""Rows of the CDR: which call they belong to, and what they say of it."""

from datetime import datetime

import pytest
from asterisk_talk import BRIDGED, ari

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import Account, PayloadError, PbxError
from telephony_crm.pbx.call_state import fold
from telephony_crm.pbx.event import AnsweredBy, Direction, Disposition

asterisk = pbx_adapter.get("asterisk")
NOW = datetime(2026, 1, 15, 12, 0)
UTC = Account()
INBOUND = {
    "start": "2026-01-15 10:00:00",
    "answer": "2026-01-15 10:00:08",
    "end": "2026-01-15 10:01:08",
    "src": "+442037691880",
    "dst": "442037691881",
    "channel": "PJSIP/trunk-london-00000001",
    "dstchannel": "PJSIP/100-00000002",
    "lastapp": "Dial",
    "lastdata": "PJSIP/100,20",
    "duration": 68,
    "billsec": 60,
    "disposition": "ANSWERED",
    "uniqueid": "1768471200.1",
    "linkedid": "1768471200.1",
    "sequence": 1,
}
OUTBOUND = {
    **INBOUND,
    "src": "100",
    "dst": "+442037691880",
    "channel": "PJSIP/100-00000001",
    "dstchannel": "PJSIP/trunk-london-00000002",
}


def rows(*found):
    return asterisk.statistics_rows(asterisk.answer(ari({"rows": list(found)})))


def call(*found, account=UTC):
    """Return the call that rows alone tell of."""
    read = rows(*found)
    assert len({row.call_ref for row in read}) == 1
    return fold(
        [event for row in read for event in asterisk.events(row.payload, account, NOW)]
    )


def test_an_answered_call_has_its_parties_and_times():
    found = call(INBOUND)
    assert found.direction == Direction.INBOUND
    assert found.number == "+442037691880"
    assert found.did == "442037691881"
    assert found.extension == "100"
    assert found.disposition == Disposition.ANSWERED
    assert found.start_date == datetime(2026, 1, 15, 10)
    assert found.answer_date == datetime(2026, 1, 15, 10, 0, 8)
    assert found.end_date == datetime(2026, 1, 15, 10, 1, 8)
    assert found.talk_seconds == 60
    assert found.confirmed


def test_a_call_that_an_extension_placed_is_outbound():
    found = call(OUTBOUND)
    assert found.direction == Direction.OUTBOUND
    assert (found.extension, found.number) == ("100", "+442037691880")
    assert found.disposition == Disposition.ANSWERED
    missed = {**OUTBOUND, "disposition": "NO ANSWER", "billsec": 0, "answer": None}
    assert call(missed).disposition == Disposition.NO_ANSWER
    assert call({**missed, "disposition": "BUSY"}).disposition == Disposition.BUSY


def test_a_call_between_extensions_is_internal():
    inside = {**OUTBOUND, "dst": "101", "dstchannel": "PJSIP/101-00000002"}
    found = call(inside)
    assert found.direction == Direction.INTERNAL


def test_a_ring_group_is_one_call_with_the_agent_who_talked():
    other = {
        **INBOUND,
        "dstchannel": "PJSIP/101-00000003",
        "disposition": "NO ANSWER",
        "billsec": 0,
        "sequence": 2,
    }
    found = call(INBOUND, other)
    assert found.extension == "100"
    assert {leg.extension for leg in found.legs} == {"100", "101"}
    assert found.talk_seconds == 60


def test_halves_of_local_channels_make_no_party_of_their_own():
    queue = {**INBOUND, "dstchannel": "Local/100@queue-00000001;1", "lastapp": "Queue"}
    half = {
        **INBOUND,
        "channel": "Local/100@queue-00000001;2",
        "src": "",
        "dst": "100",
        "uniqueid": "1768471203.3",
        "sequence": 2,
    }
    found = call(queue, half)
    assert found.direction == Direction.INBOUND
    assert [leg.extension for leg in found.legs] == ["100"]


def test_half_of_a_local_channel_that_is_picked_up_is_nobody_who_answered():
    """Who asks a colleague has a row with his half, the colleague one of his own."""
    asks = {
        **INBOUND,
        "channel": "PJSIP/100-00000002",
        "dstchannel": "Local/101@from-internal-00000001;1",
        "lastapp": "AppDial",
        "uniqueid": "1768471200.2",
        "sequence": 2,
    }
    asked = {
        **INBOUND,
        "channel": "Local/101@from-internal-00000001;2",
        "dstchannel": "PJSIP/101-00000003",
        "disposition": "NO ANSWER",
        "billsec": 0,
        "uniqueid": "1768471203.4",
        "sequence": 3,
    }
    legs = {leg.extension: leg.disposition for leg in call(INBOUND, asks, asked).legs}
    assert legs["100"] == Disposition.ANSWERED != legs["101"]


def test_a_local_channel_that_stands_for_a_telephone_is_one():
    half = {**INBOUND, "dstchannel": "Local/100@desks-00000001;1"}
    found = call({**half, "dstchannel_extension": "100"})
    assert (found.disposition, found.talk_seconds) == (Disposition.ANSWERED, 60)
    assert [leg.extension for leg in found.legs] == ["100"]


def test_nobody_who_took_the_call_is_not_invented():
    alone = {**INBOUND, "dstchannel": ""}
    menu = call({**alone, "lastapp": "Background"})
    assert (menu.disposition, menu.answered_by) == (
        Disposition.ABANDONED,
        AnsweredBy.MACHINE,
    )
    mailbox = call({**alone, "lastapp": "VoiceMail"})
    assert mailbox.disposition == Disposition.VOICEMAIL
    queue = call({**alone, "lastapp": "Queue"})
    assert queue.disposition == Disposition.ABANDONED


def test_the_channel_that_began_the_call_tells_its_direction():
    transferred = {
        **INBOUND,
        "src": "+442037691880",
        "dst": "101",
        "dstchannel": "PJSIP/101-00000003",
        "uniqueid": "1768471205.2",
        "sequence": 2,
    }
    found = call(OUTBOUND, transferred)
    assert found.direction == Direction.OUTBOUND
    assert found.number == "+442037691880"
    assert {leg.extension for leg in found.legs} == {"100", "101", ""}


def test_a_recording_of_freepbx_lies_in_the_folder_of_its_day():
    freepbx = {**INBOUND, "calldate": INBOUND["start"], "recordingfile": "in-100.wav"}
    assert call(freepbx).recordings == ("2026/01/15/in-100.wav",)
    name = "in-100-+44203-20260116-000001-1768521601.1.wav"
    night = {**freepbx, "recordingfile": name}
    assert call(night).recordings == (f"2026/01/16/{name}",)
    own = {**INBOUND, "recordingfile": "london/1.wav"}
    assert call(own).recordings == ("london/1.wav",)
    missed = {**freepbx, "disposition": "NO ANSWER", "billsec": 0}
    assert call(missed).recordings == ()


def test_a_forward_to_a_mobile_is_a_leg_outside():
    forward = {
        **INBOUND,
        "dstchannel": "PJSIP/trunk-london-00000003",
        "lastdata": "PJSIP/+447700900123@trunk-london,20",
    }
    (leg,) = call(forward).legs
    assert leg.number == "+447700900123"


def test_the_bridge_may_say_which_device_is_whose():
    found = call(
        {**INBOUND, "dstchannel": "PJSIP/olena-1", "dstchannel_extension": "102"}
    )
    assert found.extension == "102"


def test_times_have_their_offset_or_are_of_the_clock_of_the_pbx():
    kyiv = Account(tz="Europe/Kyiv")
    assert call(INBOUND, account=kyiv).start_date == datetime(2026, 1, 15, 8)
    names = ("start", "answer", "end")
    zoned = {name: INBOUND[name].replace(" ", "T") + "Z" for name in names}
    found = call({**INBOUND, **zoned}, account=kyiv)
    assert found.start_date == datetime(2026, 1, 15, 10)


def test_the_table_of_freepbx_has_enough():
    row = {
        key: INBOUND[key] for key in INBOUND if key not in ("start", "answer", "end")
    }
    found = call({**row, "calldate": "2026-01-15 10:00:00"})
    assert found.end_date == datetime(2026, 1, 15, 10, 1, 8)
    assert found.answer_date == datetime(2026, 1, 15, 10, 0, 8)


def test_a_row_has_the_same_key_whenever_it_is_read():
    first, again = rows(INBOUND, {**INBOUND, "userfield": "x"})
    assert first.key == again.key
    assert len({row.key for row in rows(INBOUND, {**INBOUND, "sequence": 2})}) == 2


def test_a_supervisor_who_listened_is_no_call():
    (row,) = rows({**INBOUND, "linkedid": "odoo-spy-5f0c"})
    assert row.call_ref == ""


@pytest.mark.parametrize(
    "change",
    [
        {"start": ""},
        {"start": "yesterday"},
        {"billsec": "much"},
        {"linkedid": None, "uniqueid": None},
    ],
)
def test_a_row_that_makes_no_sense_says_so(change):
    (row,) = rows({**INBOUND, **change})
    with pytest.raises(PayloadError):
        asterisk.events(row.payload, UTC, NOW)


@pytest.mark.parametrize("value", ["x" * 5000, "\0", "\ud800", 7, None, [1], {"a": 1}])
def test_whatever_stands_in_a_row_it_can_be_stored(value):
    (row,) = rows({**INBOUND, "userfield": value, "clid": value, "src": value})
    asterisk.events(row.payload, UTC, NOW)
    repr(row.payload).encode()


@pytest.mark.parametrize("answer", [{}, {"rows": None}, {"rows": "x"}])
def test_an_answer_without_rows_is_none(answer):
    with pytest.raises(PbxError):
        asterisk.statistics_rows(answer)


def test_rows_are_asked_of_the_bridge_page_by_page():
    asked = asterisk.statistics(BRIDGED, UTC, NOW, NOW, skip=1000)
    assert asked.url == "bridge:/bridge/cdr"
    assert asked.params == {
        "start": "2026-01-15T12:00:00Z",
        "end": "2026-01-15T12:00:00Z",
        "skip": "1000",
        "limit": "1000",
        "most": "700000",
    }
    assert asterisk.statistics_more({"more": True}, 7)
    assert not asterisk.statistics_more({"more": False}, 1000)
    assert not asterisk.statistics_more({"more": True}, 0)  # it would go on for ever
    assert asterisk.statistics_more({}, 1000)  # a bridge that does not say
