"""Telling Odoo: in order, as often as it takes, whatever Odoo says."""

import socket
import time

import pytest
from odoo_server import SECRET, OdooServer, event

from telephony_crm.bridge import sender as module
from telephony_crm.bridge.odoo import Odoo
from telephony_crm.bridge.outbox import Outbox, lane_of
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


def settle(outbox, seconds=30):
    deadline = time.monotonic() + seconds
    while outbox.figures()["outbox"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def until(found, seconds=30):
    deadline = time.monotonic() + seconds
    while not found():
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
    sender._odoo.ask_time()
    server.decide, server.is_marked = lambda told: status, False
    fill(outbox, 2, 2)
    until(lambda: sender.problem)
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
    until(lambda: sender.problem)
    assert "the secret is another one" in sender.problem
    server.decide = lambda told: 200
    settle(outbox)
    assert sender.problem == ""


def test_an_odoo_that_is_away_is_waited_for(outbox, monkeypatch):
    monkeypatch.setattr(module, "FIRST", 0.02)
    monkeypatch.setattr(module, "LONGEST", 0.05)
    with socket.socket() as nobody:  # listens there, and nobody else can
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        odoo = Odoo(f"http://127.0.0.1:{port}/telephony/webhook/x", SECRET)
        sender = Sender(outbox, odoo)
        sender.start()
        fill(outbox, 3, 3)
        until(lambda: sender.problem)
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
    assert sender._odoo.clock.offset == pytest.approx(-ahead, abs=3)
    assert sender._odoo.clock.odoo_now() == pytest.approx(time.time() + ahead, abs=3)


@pytest.mark.parametrize(
    ("status", "words"),
    [(200, "is not the webhook"), (404, "“database”"), (502, "with status 502")],
)
def test_before_odoos_time_is_known_nothing_is_told(
    server, outbox, sender, status, words
):
    server.guard = lambda body: status
    fill(outbox, 2, 3)
    until(lambda: sender.problem)
    assert words in sender.problem
    assert server.events == []
    server.guard = lambda body: 0
    settle(outbox)
    check_order(server, 2, 3)


def test_a_page_that_says_yes_to_all_is_not_taken_for_odoo(server, outbox, sender):
    sender._odoo.ask_time()
    server.is_marked = False
    outbox.commit({}, [event()])
    until(lambda: sender.problem)
    assert "is not the webhook of Odoo" in sender.problem
    assert outbox.figures()["outbox"] == 1
    server.is_marked = True
    settle(outbox)


def test_what_is_longer_than_odoo_takes_is_put_aside_unsent(server, outbox, sender):
    long = {**event("1", 1), "recording_ref": "x" * 2 * module.LARGEST}
    outbox.commit({}, [event("1", 0), long, event("1", 2)])
    settle(outbox)
    assert [told["id"] for told in server.events] == ["1-0", "1-2"]
    assert "too long" in outbox.figures()["refusal"]


def test_a_list_is_no_longer_than_a_proxy_takes(server, outbox, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 1500)
    fill(outbox, 1, 60)
    sender = Sender(outbox, Odoo(server.webhook, SECRET))
    sender.start()
    settle(outbox)
    sender.stop()
    check_order(server, 1, 60)
    assert max(server.lists) < 15


@pytest.mark.parametrize("status", [403, 413])
def test_what_only_somebody_between_refuses_for_long_holds_up_no_other(
    server, outbox, sender, monkeypatch, status
):
    sender._odoo.ask_time()
    server.guard = lambda body: status if b'"call_ref": "0"' in body else 0
    fill(outbox, 4, 3)
    until(lambda: outbox.figures()["outbox"] <= 6)
    assert outbox.figures()["refused"] == 0
    monkeypatch.setattr(module, "BLOCKED", 0.05)
    other = next(str(n) for n in range(9) if lane_of(str(n)) != lane_of("0"))
    while outbox.figures()["refused"] < 3:
        outbox.commit({}, [event(other, 99)])  # others get through
        time.sleep(0.02)
    settle(outbox)
    server.guard = lambda body: 0
    assert outbox.retry() == 3
    settle(outbox)
    told = [one["leg_ref"] for one in server.events if one["call_ref"] == "0"]
    assert sorted(told) == ["0", "1", "2"]


def test_pauses_grow_to_a_limit_and_differ():
    found = [pause(number) for number in range(1, 60)]
    assert max(found) <= module.LONGEST
    assert len({pause(3) for _attempt in range(20)}) > 1
    assert pause(1) < 2 < pause(59)
