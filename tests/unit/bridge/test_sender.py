"""Telling Odoo: in order, as often as it takes, whatever Odoo says."""

import time

import pytest
from odoo_server import SECRET, OdooServer, event

from telephony_crm.bridge import sender as module
from telephony_crm.bridge.odoo import Odoo
from telephony_crm.bridge.outbox import Outbox
from telephony_crm.bridge.sender import Sender, pause


@pytest.fixture
def server():
    with OdooServer() as running:
        yield running


@pytest.fixture
def outbox(tmp_path):
    found = Outbox(tmp_path / "outbox.sqlite")
    yield found
    found.close()


@pytest.fixture
def sender(server, outbox, monkeypatch):
    monkeypatch.setattr(module, "FIRST", 0.02)
    monkeypatch.setattr(module, "LONGEST", 0.05)
    running = Sender(outbox, Odoo(server.webhook, SECRET))
    running.start()
    yield running
    running.stop()


def settle(outbox, seconds=10):
    deadline = time.monotonic() + seconds
    while outbox.figures()["outbox"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def fill(outbox, calls=10, events=20):
    for number in range(events):
        for call in range(calls):
            outbox.commit({}, [event(str(call), number)])


def check_order(server, calls=10, events=20):
    for call in range(calls):
        told = [one["leg_ref"] for one in server.events if one["call_ref"] == str(call)]
        assert told == [str(number) for number in range(events)]


def test_all_is_told_once_and_in_order_for_each_call(server, outbox, sender):
    fill(outbox)
    settle(outbox)
    check_order(server)
    assert sender.problem == ""


@pytest.mark.parametrize("status", [403, 404, 429, 500, 502, 503])
def test_what_odoo_does_not_take_now_is_told_later(server, outbox, sender, status):
    refused = set()

    def decide(told):
        if told["id"] in refused or not told["id"].endswith("3"):
            return 200
        refused.add(told["id"])
        return status

    server.decide = decide
    fill(outbox, 6, 5)
    settle(outbox)
    check_order(server, 6, 5)
    assert refused
    assert outbox.figures()["refused"] == 0


@pytest.mark.parametrize("status", [400, 413])
def test_what_odoo_never_takes_holds_up_no_other(server, outbox, sender, status):
    server.decide = lambda told: status if told["leg_ref"] == "1" else 200
    fill(outbox, 3, 3)
    settle(outbox)
    assert {one["leg_ref"] for one in server.events} == {"0", "2"}
    assert outbox.figures()["refused"] == 3


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_a_proxy_refuses_is_told_again(server, outbox, sender, status):
    server.decide, server.is_marked = lambda told: status, False
    fill(outbox, 2, 2)
    deadline = time.monotonic() + 5
    while not sender.problem and time.monotonic() < deadline:
        time.sleep(0.01)
    assert str(status) in sender.problem
    server.decide, server.is_marked = lambda told: 200, True
    settle(outbox)
    check_order(server, 2, 2)
    assert outbox.figures()["refused"] == 0


@pytest.mark.parametrize("knows_lists", [True, False])
def test_a_backlog_is_told_as_lists_where_odoo_takes_them(
    server, outbox, monkeypatch, knows_lists
):
    monkeypatch.setattr(module, "FIRST", 0.02)
    server.knows_lists = knows_lists
    server.decide = lambda told: 400 if told["leg_ref"] == "7" else 200
    fill(outbox, 12, 20)
    sender = Sender(outbox, Odoo(server.webhook, SECRET))
    sender.start()
    settle(outbox)
    sender.stop()
    assert bool(server.lists) and outbox.figures()["refused"] == 12
    for call in range(12):
        told = [one["leg_ref"] for one in server.events if one["call_ref"] == str(call)]
        assert told == [str(number) for number in range(20) if number != 7]


def test_what_stands_in_the_way_is_said_in_words(server, outbox, sender):
    server.decide = lambda told: 403
    outbox.commit({}, [event()])
    deadline = time.monotonic() + 5
    while not sender.problem and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "the secret is another one" in sender.problem
    server.decide = lambda told: 200
    settle(outbox)
    assert sender.problem == ""


def test_an_odoo_that_is_away_is_waited_for(outbox, monkeypatch):
    monkeypatch.setattr(module, "FIRST", 0.02)
    monkeypatch.setattr(module, "LONGEST", 0.05)
    server = OdooServer()
    port = server.server.server_port
    server.server.server_close()
    odoo = Odoo(f"http://127.0.0.1:{port}/telephony/webhook/x", SECRET)
    sender = Sender(outbox, odoo)
    sender.start()
    fill(outbox, 3, 3)
    time.sleep(0.2)
    assert "does not answer" in sender.problem
    with OdooServer() as back:
        odoo._url = back.webhook
        settle(outbox)
        check_order(back, 3, 3)
    sender.stop()


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_a_clock_that_is_an_hour_off_keeps_nothing_out(server, outbox, sender, ahead):
    server.ahead = ahead
    fill(outbox, 2, 3)
    settle(outbox)
    check_order(server, 2, 3)
    assert sender._odoo.offset == pytest.approx(-ahead, abs=3)
    assert sender._odoo.now() == pytest.approx(time.time() + ahead, abs=3)


def test_pauses_grow_to_a_limit_and_differ():
    found = [pause(number) for number in range(1, 60)]
    assert max(found) <= module.LONGEST
    assert len({pause(3) for _attempt in range(20)}) > 1
    assert pause(1) < 2 < pause(59)
