"""The bridge's talk with Odoo: what is wanted is done, and answered at once."""

import io
import threading
import time

import pytest
from odoo_server import SECRET, OdooServer

from telephony_crm.bridge import poller as module
from telephony_crm.bridge import sender as sender_module
from telephony_crm.bridge.odoo import POLLS, Odoo
from telephony_crm.bridge.poller import Poller


class Commands:
    """Answers each command with its own path, after a moment."""

    def __init__(self):
        self.done, self.may = [], threading.Event()
        self.may.set()

    def carry_out(self, command, send_sound):
        self.may.wait(10)
        self.done.append(command["id"])
        if command.get("sound"):
            send_sound(command["id"], io.BytesIO(b"RIFF" * 100_000), 10)
            return None
        return {"id": command["id"], "status": 200, "headers": {}, "body": ""}


@pytest.fixture
def server():
    with OdooServer() as running:
        yield running


@pytest.fixture
def commands():
    return Commands()


@pytest.fixture
def poller(server, commands, monkeypatch):
    monkeypatch.setattr(sender_module, "FIRST", 0.02)
    monkeypatch.setattr(sender_module, "LONGEST", 0.05)
    odoo = Odoo(server.webhook, SECRET, database="main")
    running = Poller(odoo, "pbx1-7-abc", commands, lambda: {"outbox": 0}, lambda: True)
    running.start()
    yield running
    running.stop()


def until(found, seconds=30):
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def answers(server):
    return list(server.answers)


def test_each_command_is_done_once_and_answered(server, poller, commands):
    for number in range(30):
        server.want({"id": number, "path": "/ari/x"})
        if number % 7 == 0:
            until(lambda: not server.commands)
    until(lambda: len(answers(server)) == 30)
    assert sorted(commands.done) == list(range(30))
    assert sorted(answer["id"] for answer in answers(server)) == list(range(30))


def test_what_odoo_has_given_up_by_now_is_not_done(server, poller, commands):
    commands.may.clear()
    busy = [{"id": id_, "path": "/x", "timeout": 20} for id_ in range(module.WORKERS)]
    server.want(*busy, {"id": 99, "path": "/x", "timeout": 0.1})
    until(lambda: not server.commands)
    asked = len(server.polls)
    until(lambda: len(server.polls) > asked)  # so it has taken in what it was told
    time.sleep(0.2)
    commands.may.set()
    until(lambda: len(answers(server)) == module.WORKERS + 1)
    assert sorted(commands.done) == list(range(module.WORKERS))
    assert [one["status"] for one in answers(server) if one["id"] == 99] == [504]


def test_each_request_says_who_asks_and_has_a_turn_of_its_own(server, poller):
    until(lambda: len(server.polls) > 5)
    turns = [told["turn"] for _path, told in server.polls]
    assert len(set(turns)) == len(turns)
    assert {told["instance"] for _path, told in server.polls} == {"pbx1-7-abc"}
    assert server.polls[0][1]["status"] == {"outbox": 0}
    assert server.polls[0][0].startswith(POLLS[0])


@pytest.mark.parametrize("status", [404, 502])
def test_where_one_address_leads_nowhere_the_other_one_is_taken(
    server, poller, commands, status
):
    server.poll_status = lambda path: status if path.startswith(POLLS[0]) else 200
    server.want({"id": 1, "path": "/ari/x"})
    until(lambda: any(path.startswith(POLLS[1]) for path, _told in server.polls))
    server.want({"id": 2, "path": "/ari/x"})
    until(lambda: 2 in [answer["id"] for answer in answers(server)])


def test_an_address_that_led_nowhere_for_a_moment_is_taken_again(
    server, poller, monkeypatch
):
    monkeypatch.setattr(module, "ELSEWHERE", 0.2)
    server.poll_status = lambda path: 502 if path.startswith(POLLS[0]) else 200
    until(lambda: any(path.startswith(POLLS[1]) for path, _told in server.polls))
    server.poll_status = lambda path: 200
    server.polls.clear()
    until(lambda: any(path.startswith(POLLS[0]) for path, _told in server.polls))
    assert poller.problem == ""


def test_an_odoo_that_fails_is_asked_again_and_it_is_said(server, poller):
    server.poll_status = lambda path: 500
    until(lambda: poller.problem)
    assert "500" in poller.problem
    server.poll_status = lambda path: 200
    until(lambda: not poller.problem)


def test_the_exact_time_is_learned(server, poller):
    server.ahead = 90.0
    until(lambda: abs(poller._odoo.clock.offset + 90) < 0.5)


def test_a_sound_is_sent_in_a_form_that_proves_itself(server, poller):
    server.want({"id": 9, "path": "/x", "sound": True, "limit": 10**6})
    until(lambda: server.sounds)
    [(path, headers, body)] = server.sounds
    assert path.endswith("/sound/9")
    assert b"RIFF" * 100_000 in body
    assert headers["Content-Type"].startswith("multipart/form-data")
    assert headers["X-Odoo-Database"] == "main"
