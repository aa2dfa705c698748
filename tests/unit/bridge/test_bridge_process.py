"""The bridge as a whole: it works on while it can, and ends when it cannot."""

import threading
import time

import pytest
from ami_server import AmiServer
from odoo_server import SECRET, TOKEN, OdooServer
from test_listener import BRIDGES, CHANNELS

from telephony_crm.bridge import process as module
from telephony_crm.bridge.config import (
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
def bridge(tmp_path, odoo):
    with AmiServer() as ami:
        ami.answers |= {"coreshowchannels": CHANNELS, "bridgelist": BRIDGES}
        url = f"{odoo.url}/telephony/webhook/{TOKEN}"
        yield Bridge(
            Config(
                odoo=OdooConfig(url, SECRET),
                asterisk=AsteriskConfig(
                    ami_port=ami.port, ami_user="odoo", ami_secret="secret"
                ),
                bridge=BridgeConfig(str(tmp_path / "data")),
            )
        )


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
        ("upkeep", "look", RuntimeError),
    ],
)
def test_it_ends_when_a_part_of_it_has_and_says_so(
    bridge, run, odoo, monkeypatch, caplog, part, work, end
):
    ended = run()
    until(lambda: bridge.leader.is_active)
    monkeypatch.setattr(module, "TICK", 0.05)
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
    said = " ".join(odoo.polls[-1][1]["status"]["problems"])
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

    for part, work in (("leader", "_keep"), ("sender", "_send"), ("poller", "_talk")):
        monkeypatch.setattr(getattr(bridge, part), work, fail)
    bridge.outbox.wake()
    until(lambda: len(failed) > 6)
    assert all(part.is_alive for part in bridge.parts)


def test_a_file_that_cannot_be_used_keeps_it_from_nothing_else(bridge):
    assert bridge.told()["outbox"] == 0
    bridge.outbox.close()
    bridge.upkeep._ticks = 4
    bridge.upkeep.look()
    bridge._on_change(True)
    assert bridge.told()["outbox"] == 0
    bridge.poller.stop()
    bridge._lock.close()
