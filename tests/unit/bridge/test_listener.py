"""From AMI to the outbox: in order, whole, and again after every break."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from ami_server import AmiServer

from telephony_crm.bridge import listener as module
from telephony_crm.bridge.ami import Ami
from telephony_crm.bridge.cdr import Cdr
from telephony_crm.bridge.listener import Listener
from telephony_crm.bridge.outbox import Outbox, lane_of
from telephony_crm.bridge.status import Status
from telephony_crm.bridge.tracker import Output
from telephony_crm.bridge.tracker_config import TrackerConfig

CHANNELS = (
    b"Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n"
    b"Event: CoreShowChannel\r\nActionID: {id}\r\nUniqueid: 1.1\r\n\r\n"
    b"Event: TooEarly\r\n\r\n"
    b"Event: CoreShowChannelsComplete\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n"
    b"Event: AfterChannels\r\n\r\n"
)
BRIDGES = (
    b"Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n"
    b"Event: BridgeListItem\r\nActionID: {id}\r\nBridgeUniqueid: b\r\n\r\n"
    b"Event: BridgeListComplete\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n"
    b"Event: AfterBridges\r\n\r\n"
)


class Notebook:
    """A tracker that notes what it is given, and tells each event."""

    def __init__(self):
        self.given, self.asks, self.doubted = [], [], set()

    def resync(self, snapshot, at):
        self.given.append(snapshot)
        return Output()

    def doubt(self, refs):
        self.doubted.update(refs)

    def feed(self, message, at):
        name = message.get("Event") or f"answer {message.get('ActionID')}"
        if name == "Broken":
            raise KeyError(name)
        self.given.append(name)
        event = {"id": name, "call_ref": "1", "event": "other"}
        return Output([event], self.asks, {"1": {"last": name}})


@pytest.fixture
def server():
    with AmiServer() as running:
        running.answers["coreshowchannels"] = CHANNELS
        running.answers["bridgelist"] = BRIDGES
        yield running


@pytest.fixture
def tracker():
    return Notebook()


@pytest.fixture
def outbox(tmp_path):
    found = Outbox(tmp_path / "outbox.sqlite")
    yield found
    found.close()


@pytest.fixture
def listener(server, tracker, outbox):
    running = Listener(
        lambda on_event: Ami(
            "127.0.0.1", server.port, "odoo", "secret", None, on_event
        ),
        tracker,
        outbox,
        Status("1.0"),
        time.time,
        lambda: False,
    )
    running.start()
    yield running
    running.stop()


def until(found, seconds=10):
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_goes_on_is_known_before_what_happens_next(server, tracker, listener):
    until(lambda: "AfterBridges" in tracker.given)
    snapshot, *rest = tracker.given
    assert [one["Uniqueid"] for one in snapshot["channels"]] == ["1.1"]
    assert [one["BridgeUniqueid"] for one in snapshot["bridges"]] == ["b"]
    assert rest == ["AfterChannels", "AfterBridges"]
    for number in range(50):
        server.event(f"Number{number}")
    until(lambda: "Number49" in tracker.given)
    assert tracker.given[3:] == [f"Number{number}" for number in range(50)]


class Web:
    """AMI over HTTP: who sends an action has the answer before it goes on."""

    is_over = False

    def __init__(self, on_event, channels):
        self._on_event, self._channels = on_event, channels

    def connect(self):
        """Log in."""

    def close(self):
        self.is_over = True

    def action(self, name, **fields):
        return {"Response": "Success"}

    def send(self, name, ActionID):
        if name == "CoreShowChannels":
            for number in range(self._channels):
                item = {"Event": "CoreShowChannel", "Uniqueid": f"{number}.1"}
                self._on_event({**item, "ActionID": ActionID})
        self._on_event({"EventList": "Complete", "ActionID": ActionID})


def test_more_channels_than_may_wait_hold_up_nobody(tracker, outbox, monkeypatch):
    monkeypatch.setattr(module, "BACKLOG", 3)
    listener = Listener(
        lambda on_event: Web(on_event, 10),
        tracker,
        outbox,
        Status("1.0"),
        time.time,
        lambda: False,
    )
    listener.start()
    try:
        until(lambda: tracker.given)
        numbers = [one["Uniqueid"] for one in tracker.given[0]["channels"]]
        assert numbers == [f"{number}.1" for number in range(10)]
    finally:
        listener.stop()


def test_state_and_events_are_stored_together(server, tracker, listener, outbox):
    until(lambda: "AfterBridges" in tracker.given)
    server.event("Last")
    until(lambda: outbox.state().get("1") == {"last": "Last"})
    assert outbox.figures()["outbox"] == 3


def test_a_message_that_nobody_has_thought_of_holds_up_no_other(
    server, tracker, listener
):
    until(lambda: "AfterBridges" in tracker.given)
    server.event("Broken")
    server.event("Next")
    until(lambda: "Next" in tracker.given)


def test_a_record_that_makes_no_sense_holds_up_nothing_else(
    server, tracker, outbox, listener
):
    cdr = Cdr(outbox, TrackerConfig())
    listener._watchers = (cdr.watch,)
    until(lambda: "AfterBridges" in tracker.given)
    server.event("Cdr", StartTime="0001-01-01 00:00:00", EndTime="9999-12-31 23:59:59")
    server.event("Cdr", UniqueID="1.2", StartTime="2026-01-15 10:15:00")
    server.event("Next")
    until(lambda: outbox.state().get("1") == {"last": "Next"})
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    day = timedelta(days=1)
    until(lambda: cdr.rows(now - day, now + day, 0, 9))
    [row] = cdr.rows(now - day, now + day, 0, 9)
    assert row["uniqueid"] == "1.2"


def test_what_was_lost_of_a_call_is_said_to_the_tracker(
    server, tracker, listener, outbox
):
    until(lambda: "AfterBridges" in tracker.given)
    [(seq, _body), *_rest] = outbox.next(lane_of("1"))
    outbox.refuse(seq, "400")
    server.event("Next")
    until(lambda: "Next" in tracker.given)
    assert tracker.doubted == {"1"}


def test_what_the_tracker_asks_is_answered_to_it(server, tracker, listener):
    until(lambda: "AfterBridges" in tracker.given)
    asked = {"Action": "Getvar", "ActionID": "tracker-1", "Variable": "X"}
    tracker.asks = [asked]
    server.event("Asks")
    until(lambda: "Asks" in tracker.given)
    tracker.asks = []
    until(lambda: "answer tracker-1" in tracker.given)
    assert asked["Action"] == "Getvar"  # nothing of the tracker's was changed


def test_after_a_break_the_pbx_is_asked_again(server, tracker, listener):
    until(lambda: "AfterBridges" in tracker.given)
    tracker.given.clear()
    server.drop()
    until(lambda: "AfterBridges" in tracker.given)
    assert isinstance(tracker.given[0], dict)
    until(lambda: listener.error is None)


def test_why_nothing_is_heard_is_known(server, tracker, listener):
    until(lambda: "AfterBridges" in tracker.given)
    server.secret = "another"
    server.drop()
    until(lambda: listener.error is not None)
    assert listener.error.code == "ami_login"
    server.secret = "secret"
    tracker.given.clear()
    until(lambda: "AfterBridges" in tracker.given, 20)


def test_on_a_full_disk_nothing_is_heard_and_nothing_is_lost(
    server, tracker, listener, outbox
):
    until(lambda: listener.hears)
    pages = outbox._db.execute("PRAGMA page_count").fetchone()[0]
    outbox._db.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(200):
        server.event(f"Number{number}")
    until(lambda: not listener.hears)
    outbox._db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    until(lambda: listener.hears)
    until(lambda: outbox.state().get("1") == {"last": "Number199"})
    server.secret = "another"
    server.drop()
    until(lambda: not listener.hears)


def test_who_may_not_see_what_goes_on_is_told_so(tracker, outbox):
    with AmiServer() as server:
        server.answers["coreshowchannels"] = (
            b"Response: Error\r\nActionID: {id}\r\nMessage: Permission denied\r\n\r\n"
        )
        listener = Listener(
            lambda on_event: Ami(
                "127.0.0.1", server.port, "odoo", "secret", None, on_event
            ),
            tracker,
            outbox,
            Status("1.0"),
            time.time,
            lambda: False,
        )
        listener.start()
        until(lambda: listener.error is not None)
        listener.stop()
    assert (listener.error.code, listener.error.detail) == (
        "ami_read",
        "Permission denied",
    )
