"""The bridge as a whole: it works on while it can, and ends when it cannot."""

import threading
import time
from datetime import datetime
from types import SimpleNamespace

import pytest
from ami_server import AmiServer
from odoo_server import SECRET, TOKEN, OdooServer, event
from test_listener import BRIDGES, CHANNELS

from telephony_crm.bridge import leader, local_clock, main, poller, sender
from telephony_crm.bridge import process as module
from telephony_crm.bridge.config_sections import (
    AsteriskConfig,
    BridgeConfig,
    Config,
    OdooConfig,
)
from telephony_crm.bridge.process import Bridge


@pytest.fixture
def odoo():
    with OdooServer() as running:
        yield running


@pytest.fixture
def ami():
    with AmiServer() as running:
        running.answers |= {"coreshowchannels": CHANNELS, "bridgelist": BRIDGES}
        yield running


@pytest.fixture
def config(tmp_path, odoo, ami):
    url = f"{odoo.url}/telephony/webhook/{TOKEN}"
    return Config(
        odoo=OdooConfig(url, SECRET),
        asterisk=AsteriskConfig(
            ami_port=ami.port, ami_user="odoo", ami_secret="secret"
        ),
        bridge=BridgeConfig(str(tmp_path / "data")),
    )


@pytest.fixture
def bridge(config, monkeypatch):
    monkeypatch.setattr(module, "TICK", 0.05)
    monkeypatch.setattr(leader, "BEAT", 0.1)
    monkeypatch.setattr(poller, "SHORT", 2)
    return Bridge(config)


@pytest.fixture
def run(bridge):
    """Return what runs the bridge and waits until it hears; it gives its status."""
    ended = []
    thread = threading.Thread(target=lambda: ended.append(bridge.run()))

    def run():
        thread.start()
        until(lambda: bridge.listener.hears)
        return ended

    yield run
    bridge.stop()
    thread.join()


def until(found, seconds=15):
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_who_is_asked_to_ends_well(bridge, run):
    ended = run()
    bridge.stop()
    until(lambda: ended)
    assert ended == [0]


def test_with_a_damaged_file_it_ends_to_be_started_anew(bridge, run):
    ended = run()
    bridge.outbox.is_damaged = True
    until(lambda: ended)
    assert ended == [1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("part", "work", "end"),
    [
        ("listener", "_listen", SystemExit),
        ("leader", "_keep", SystemExit),
        ("sender", "_send", SystemExit),
        ("poller", "_talk", SystemExit),
        ("upkeep", "look", SystemExit),
    ],
)
def test_it_ends_when_a_part_of_it_has_and_says_so(
    bridge, run, odoo, monkeypatch, caplog, part, work, end
):
    ended = run()
    until(lambda: bridge.leader.is_active)
    talk = bridge.poller._talk

    def die(*_arguments):
        monkeypatch.setattr(bridge.poller, "_talk", talk)
        raise end("killed by a test")

    monkeypatch.setattr(getattr(bridge, part), work, die)
    if part == "listener":
        bridge.listener.client.close()
    bridge.outbox.wake()
    until(lambda: ended)
    assert ended == [1]
    # Odoo goes by the turn, too: what was said before may arrive afterwards.
    last = max(
        (told for _path, told, *_more in odoo.polls), key=lambda one: one["turn"]
    )
    said = " ".join(last["status"]["problems"])
    assert "has to be started anew" in said
    assert part == "upkeep" or part in said
    assert "the bridge ends" in caplog.text


def test_what_hangs_does_not_keep_it_from_being_started_anew(
    bridge, run, monkeypatch, tmp_path
):
    run()
    left = []
    monkeypatch.setattr(module, "ENDING", 0.1)
    monkeypatch.setattr(module.os, "_exit", left.append)
    monkeypatch.setattr(bridge.poller, "stop", lambda: until(lambda: left))
    bridge.stop()
    until(lambda: left)
    assert left == [0]


def test_an_error_in_a_part_is_logged_and_the_part_goes_on(bridge, run, monkeypatch):
    run()
    failed = []

    def fail(*_arguments):
        failed.append(1)
        raise KeyError("no such thing")

    for part, work in (
        ("leader", "_keep"),
        ("sender", "_send"),
        ("poller", "_talk"),
        ("upkeep", "look"),
    ):
        monkeypatch.setattr(getattr(bridge, part), work, fail)
    bridge.outbox.wake()
    until(lambda: len(failed) > 6)
    assert all(part.is_alive for part in bridge.parts)


def test_calls_that_are_given_up_are_said(bridge):
    bridge.tracker.book.dropped = 3
    bridge.upkeep.look()
    assert "not followed any more: 3." in str(bridge.told()["problems"])
    bridge.poller.stop()
    bridge.outbox.close()
    bridge._lock.close()


def test_a_file_that_cannot_be_used_keeps_it_from_nothing_else(bridge):
    assert bridge.told()["outbox"] == 0
    bridge.outbox.close()
    bridge.upkeep._ticks = 4
    bridge.upkeep.look()
    bridge._on_change(True)
    assert bridge.told()["outbox"] == 0
    bridge.poller.stop()
    bridge._lock.close()


def test_what_odoo_refused_is_told_again_by_a_command_while_it_works(
    bridge, config, odoo, run, monkeypatch, capsys
):
    odoo.decide = lambda event: 400
    run()
    bridge.outbox.commit({}, [event()])
    until(lambda: bridge.told()["refused"])
    assert bridge.told()["refusal"].startswith("400")
    odoo.decide = lambda event: 200
    monkeypatch.setattr(main, "load", lambda path: config)
    monkeypatch.setattr(sender, "IDLE", 0.05)
    bridge.outbox.wake()
    assert main.main(["--retry"]) == 0
    assert "again: 1" in capsys.readouterr().out
    until(lambda: odoo.events)
    assert (bridge.told()["refused"], bridge.told()["refusal"]) == (0, "")


def test_where_no_bridge_has_worked_there_is_nothing_to_tell_again(
    config, monkeypatch, capsys
):
    monkeypatch.setattr(main, "load", lambda path: config)
    assert main.main(["--retry"]) == 2
    assert "no bridge has worked there" in capsys.readouterr().err


@pytest.fixture
def an_hour_ahead(monkeypatch):
    """Have the machine's clock be an hour ahead, until it is set."""
    machine = SimpleNamespace(
        ahead=3600.0,
        time=lambda: time.time() + machine.ahead,
        clock_gettime=time.clock_gettime,
        CLOCK_BOOTTIME=time.CLOCK_BOOTTIME,
    )
    monkeypatch.setattr(local_clock, "time", machine)
    return machine


def call(ami, number="+442079460017"):
    """Have the PBX tell of a call that nobody answers."""
    channel = {"Channel": "PJSIP/trunk-1", "Uniqueid": "7.1", "Linkedid": "7.1"}
    ami.event("Newchannel", **channel, ChannelState="4", CallerIDNum=number)
    ami.event("Hangup", **channel, Cause="16")


def test_times_are_right_although_clock_was_off_and_odoo_away_at_the_start(
    an_hour_ahead, odoo, ami, bridge, run
):
    odoo.is_marked = False  # there is only a proxy, which has a clock as well
    odoo.poll_status = lambda path: 502
    odoo.decide = lambda event: 502
    run()
    since = time.time()
    call(ami)
    until(lambda: bridge.outbox.figures()["outbox"] >= 2)
    an_hour_ahead.ahead = 0.0  # somebody sets it right, which changes nothing
    assert bridge.told()["clock_offset"] is None
    odoo.is_marked, odoo.poll_status = True, lambda path: 200
    odoo.decide = lambda event: 200
    until(lambda: not bridge.outbox.figures()["outbox"])
    for told in odoo.events:
        at = datetime.fromisoformat(told["occurred_at"].replace("Z", "+00:00"))
        assert since - 1 < at.timestamp() < time.time() + 1
    told = bridge.told()
    assert abs(told["clock_offset"]) < 2
    assert since - 10 < told["connected_since"] <= told["last_event"] < time.time() + 1


def test_a_clock_that_is_off_is_told_as_it_is(an_hour_ahead, bridge, run):
    run()
    until(lambda: bridge.told()["clock_offset"] is not None)
    assert bridge.told()["clock_offset"] == pytest.approx(3600, abs=2)


def test_a_number_of_200_digits_is_left_out_logged_and_said(
    bridge, run, ami, odoo, caplog
):
    run()
    call(ami, "9" * 200)
    until(lambda: len(odoo.events) >= 2)
    assert odoo.events[0]["event"] == "started"
    assert "number" not in odoo.events[0]
    assert "9" * 200 in caplog.text
    until(lambda: "a number of 200 characters" in str(bridge.told()["problems"]))
    assert "9" * 21 not in str(bridge.told()["problems"])
