"""The bridge as a whole: it works on while it can, and ends when it cannot."""

import threading
import time

import pytest
from ami_server import AmiServer
from odoo_server import SECRET, TOKEN, OdooServer
from test_listener import BRIDGES, CHANNELS

from telephony_crm.bridge.config import (
    AsteriskConfig,
    BridgeConfig,
    Config,
    OdooConfig,
)
from telephony_crm.bridge.process import Bridge


@pytest.fixture
def bridge(tmp_path):
    with AmiServer() as ami, OdooServer() as odoo:
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


def test_it_ends_when_a_part_of_it_has(bridge, run):
    ended = run()
    bridge.listener.stop()
    until(lambda: ended)
    assert ended == [1]


def test_a_file_that_cannot_be_used_keeps_it_from_nothing_else(bridge):
    assert bridge.told()["outbox"] == 0
    bridge.outbox.close()
    bridge._look(5)
    bridge._on_change(True)
    assert bridge.told()["outbox"] == 0
    bridge.poller.stop()
    bridge._lock.close()
