"""Records of calls, as AMI has told them: in UTC by Odoo's clock, page by page."""

import time
from datetime import datetime, timedelta, timezone

import pytest

from telephony_crm.bridge.cdr import Cdr
from telephony_crm.bridge.outbox import Outbox
from telephony_crm.bridge.tracker_config import TrackerConfig

#: A moment of the last days in Unix seconds, in UTC, and as a PBX writes it whose clock
#: is off, in a zone of its own.
UNIX = int(time.time()) - 86_400
BEGUN = datetime.fromtimestamp(UNIX, timezone.utc).replace(tzinfo=None)
LOCAL = BEGUN + timedelta(hours=4, seconds=7)


@pytest.fixture
def outbox(tmp_path):
    found = Outbox(tmp_path / "outbox.sqlite")
    yield found
    found.close()


@pytest.fixture
def cdr(outbox):
    return Cdr(outbox, TrackerConfig(devices={"PJSIP/alice": "101"}))


def told(number, **headers):
    """Return an event for a call that began ``number`` minutes after the first."""
    start = LOCAL + timedelta(minutes=number)
    return {
        "Event": "Cdr",
        "Source": "+442079460017",
        "Destination": "+442079460100",
        "Channel": "PJSIP/trunk-00000001",
        "DestinationChannel": "PJSIP/alice-00000002",
        "StartTime": f"{start}",
        "AnswerTime": f"{start + timedelta(seconds=5)}",
        "EndTime": f"{start + timedelta(seconds=35)}",
        "Duration": "35",
        "BillableSeconds": "30",
        "Disposition": "ANSWERED",
        "UniqueID": f"{number}.1",
        **headers,
    }


def hear(cdr, number, **headers):
    cdr.watch(told(number, **headers), UNIX + 60 * number + 35.2)


def rows(cdr, minutes=60, skip=0, limit=1000):
    return cdr.rows(BEGUN, BEGUN + timedelta(minutes=minutes), skip, limit)


def test_a_row_has_its_times_in_utc_whatever_the_clock_of_the_pbx(cdr):
    hear(cdr, 0)
    [row] = rows(cdr)
    for name, seconds in (("start", 0), ("answer", 5), ("end", 35)):
        moment = BEGUN + timedelta(seconds=seconds)
        assert row[name] == f"{moment.isoformat()}Z"
    assert (row["src"], row["billsec"]) == ("+442079460017", "30")
    assert row["dstchannel_extension"] == "101"


@pytest.fixture
def at_utc(outbox):
    """Records of a PBX whose clock has UTC and is ``ahead`` of Odoo's, as ours is."""

    def at_utc(ahead=0.0, ours=0.0):
        outbox.offset = lambda: ours
        return Cdr(outbox, TrackerConfig(), tz="UTC", ahead=lambda: ahead)

    return at_utc


@pytest.mark.parametrize(("ahead", "ours"), [(0, 0), (40, 0), (0, -50), (40, 3600)])
def test_a_row_that_came_in_a_batch_has_the_times_of_its_call(at_utc, ahead, ours):
    cdr = at_utc(ahead, ours)
    for number, late in enumerate((0, 5, 299)):
        start = BEGUN + timedelta(minutes=number, seconds=ahead)
        times = {
            "StartTime": f"{start}",
            "AnswerTime": f"{start + timedelta(seconds=5)}",
            "EndTime": f"{start + timedelta(seconds=35)}",
        }
        message = told(number, **times)
        cdr.watch(message, UNIX + 60 * number + 35.2 + late + ours)
    found = rows(cdr)
    assert len(found) == 3
    for number, row in enumerate(found):
        start = BEGUN + timedelta(minutes=number)
        assert row["start"] == f"{start.isoformat()}Z"
        assert row["end"] == f"{(start + timedelta(seconds=35)).isoformat()}Z"


@pytest.mark.parametrize("off", [-900, 10, 900, 3600, 86_400])
def test_a_clock_that_does_not_fit_is_not_believed(at_utc, off):
    cdr = at_utc()
    start = BEGUN + timedelta(seconds=off)
    message = told(0, StartTime=f"{start}", EndTime=f"{start + timedelta(seconds=35)}")
    cdr.watch({**message, "AnswerTime": ""}, UNIX + 35.2)
    [row] = rows(cdr)
    assert row["start"] == f"{BEGUN.isoformat()}Z"


def test_a_row_knows_its_call_by_what_was_said_of_the_channel(cdr):
    cdr.watch({"Event": "Newchannel", "Uniqueid": "0.1", "Linkedid": "0.0"}, UNIX)
    cdr.watch({"Event": "Newstate", "Uniqueid": "1.1", "Linkedid": "1.1"}, UNIX)
    cdr.watch({"Event": "BridgeEnter", "Uniqueid": "1.1", "Linkedid": "1.0"}, UNIX)
    for number in (0, 1, 2):
        hear(cdr, number)
    hear(cdr, 3, LinkedID="mapped")
    assert [row["linkedid"] for row in rows(cdr)] == ["0.0", "1.0", "", "mapped"]


def test_rows_are_by_odoos_clock_although_that_was_not_known_yet(cdr, outbox):
    outbox.offset = lambda: None
    hear(cdr, 60)
    outbox.offset = lambda: 3600.0
    hear(cdr, 61)
    found = rows(cdr)
    assert [row["uniqueid"] for row in found] == ["60.1", "61.1"]
    assert found[0]["start"] == f"{BEGUN.isoformat()}Z"
    assert found[0]["end"] == f"{(BEGUN + timedelta(seconds=35)).isoformat()}Z"
    assert rows(cdr) == found


def test_pages_hold_each_row_once_and_in_order(cdr):
    for number in reversed(range(25)):
        hear(cdr, number)
    found = [
        row["uniqueid"] for skip in range(0, 30, 10) for row in rows(cdr, 60, skip, 10)
    ]
    assert found == [f"{number}.1" for number in range(25)]
    assert len(rows(cdr, 10)) == 10
    assert rows(cdr, 60, 25) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"EndTime": ""},
        {"EndTime": "never", "StartTime": "x", "AnswerTime": "y"},
        {"StartTime": "9999-99-99 00:00:00"},
        {"Source": "x" * 100_000, "Channel": "", "DestinationChannel": ""},
    ],
)
def test_an_event_that_makes_no_sense_is_kept_as_far_as_it_does(cdr, headers):
    hear(cdr, 0, **headers)
    hear(cdr, 1)
    assert [row["uniqueid"] for row in rows(cdr)] == ["0.1", "1.1"]
