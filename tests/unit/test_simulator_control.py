"""The simulator's control side, its page, and the demonstration."""

import time

import pytest
import requests
from simulator_odoo import StandIn

from setup.simulator import SCENARIOS, Simulator


@pytest.fixture
def odoo():
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def pbx(odoo):
    with Simulator(speed=0, webhook_url=odoo.url) as simulator:
        yield simulator


def ask(pbx, path, values=None, **options):
    method = "GET" if values is None else "POST"
    url = f"{pbx.url}/simulator/{path}"
    return requests.request(method, url, json=values, timeout=20, **options)


def until(condition):
    """Wait for something another thread does."""
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_scenes_are_listed_in_words(pbx):
    listed = ask(pbx, "scenarios").json()
    assert set(listed) == set(SCENARIOS)
    assert listed["missed"]["title"]


def test_a_scene_can_be_started_and_its_truth_read(odoo, pbx):
    values = {"scenario": "answered", "number": "+33199001723", "wait": True}
    ref = ask(pbx, "play", values).json()["call_ref"]
    truth = ask(pbx, f"calls/{ref}").json()
    assert truth["disposition"] == "answered" and truth["over"]
    assert truth["legs"][0]["talk_seconds"] == 30
    assert truth["deliveries"][0]["fields"]["caller_id"] == "+33199001723"
    assert [call["ref"] for call in ask(pbx, "calls").json()] == [ref]
    assert len(odoo.posts) == 5


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"scenario": "no such"}, 404),
        ({"scenario": "missed", "customer": "nobody"}, 404),
        ({"scenario": "missed", "secret": "x"}, 400),
        ({}, 400),
    ],
)
def test_nonsense_is_answered_with_words(pbx, values, status):
    answer = ask(pbx, "play", values)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_unknown_addresses_do_not_exist(pbx):
    assert ask(pbx, "nothing").status_code == 404
    assert ask(pbx, "calls/nothing").status_code == 404
    assert requests.get(f"{pbx.url}/elsewhere", timeout=5).status_code in (401, 404)


def test_faults_are_set_and_taken_back(pbx):
    faults = {
        "delivery": {"lost": ["NOTIFY_ANSWER"]},
        "limit": {"form": "200"},
        "callback": "click_busy",
    }
    assert ask(pbx, "faults", faults).json()["callback"] == "click_busy"
    assert ask(pbx, "faults").json()["delivery"]["lost"] == ["NOTIFY_ANSWER"]
    requests.delete(f"{pbx.url}/simulator/faults", timeout=5)
    clean = ask(pbx, "faults").json()
    assert clean["delivery"]["lost"] == 0 and clean["limit"]["form"] == "429"
    assert clean["callback"] == "click_answered"


@pytest.mark.parametrize(
    "faults",
    [
        {"delivery": {"eaten": 1}},
        {"rest": [{"kind": "flood"}]},
        {"limit": {"most": 1}},
        {"callback": "missed"},
    ],
)
def test_unknown_faults_are_refused(pbx, faults):
    assert ask(pbx, "faults", faults).status_code == 400


def test_a_page_of_this_machine_may_steer(pbx):
    origin = "http://localhost:8069"
    answer = ask(pbx, "state", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    preflight = requests.options(
        f"{pbx.url}/simulator/play", headers={"Origin": origin}, timeout=5
    )
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "http://localhost.example.com"},
        {"Origin": "null"},
        {"Host": "example.com"},
    ],
)
def test_a_foreign_page_neither_reads_nor_steers(pbx, headers):
    for answer in (
        ask(pbx, "state", headers=headers),
        ask(pbx, "play", {"scenario": "missed"}, headers=headers),
    ):
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert not pbx.calls


def test_a_form_of_a_foreign_page_cannot_post(pbx):
    answer = requests.post(
        f"{pbx.url}/simulator/play", data="scenario=missed", timeout=5
    )
    assert answer.status_code in (400, 415)


def test_the_page_needs_nothing_from_elsewhere(pbx):
    page = requests.get(f"{pbx.url}/", timeout=5)
    assert page.url == f"{pbx.url}/simulator/"
    assert page.headers["Content-Type"].startswith("text/html")
    policy = page.headers["Content-Security-Policy"]
    assert policy == "frame-ancestors http://localhost:* http://127.0.0.1:*"
    assert "X-Frame-Options" not in page.headers
    assert "http://" not in page.text and "https://" not in page.text


def test_the_state_says_what_goes_on_and_who_it_is(pbx):
    pbx.play("missed", customer="olena")
    state = ask(pbx, "state").json()
    assert state["calls"][0]["name"] == "Olena Shevchenko"
    assert state["autoplay"]["running"] is False
    assert state["autoplay"]["next"] == "Known customer: Olena Shevchenko"


def test_the_webhook_address_can_be_checked(odoo, pbx):
    assert ask(pbx, "echo", {}).json() == {"repeated": True}
    odoo.echoes = False
    assert ask(pbx, "echo", {}).json() == {"repeated": False}


def test_the_demonstration_begins_with_a_known_customer_and_goes_on(odoo):
    autoplay = {
        "scenes": [
            {"scenario": "answered", "customer": "olena"},
            {"scenario": "missed", "customer": "james"},
        ]
    }
    with Simulator(speed=0, webhook_url=odoo.url, autoplay=autoplay) as pbx:
        pbx.autoplay.start()
        until(lambda: len(pbx.calls) >= 3)
        scenes = [(call.scenario, call.number) for call in list(pbx.calls.values())[:3]]
    assert scenes == [
        ("answered", "+380442000017"),
        ("missed", "+442079460017"),
        ("answered", "+380442000017"),
    ]


def test_the_demonstration_can_be_paused_and_steered(pbx):
    def steer(action):
        return ask(pbx, "autoplay", {"action": action}).json()

    def rests():
        played = len(pbx.calls)
        time.sleep(0.5)  # many times as long as a call and the pause after it
        return len(pbx.calls) == played and not pbx.book.live()

    pbx.settings.speed = 0.001
    assert steer("next")["running"]
    until(lambda: len(pbx.calls) >= 2)
    assert not steer("pause")["running"]
    until(rests)  # what was begun meanwhile is seen through
    played = len(pbx.calls)
    steer("restart")
    until(lambda: len(pbx.calls) > played)
    assert list(pbx.calls.values())[played].number == "+380442000017"
    assert ask(pbx, "autoplay", {"action": "dance"}).status_code == 400


def test_every_scene_of_the_demonstration_can_be_played(odoo):
    with Simulator(speed=0, webhook_url=odoo.url) as pbx:
        for scene in pbx.autoplay.scenes:
            assert ask(pbx, "play", {**scene, "wait": True}).status_code == 200
        assert all(call.disposition for call in pbx.calls.values())


def test_closing_breaks_off_the_calls_on_stage(odoo):
    with Simulator(speed=1, webhook_url=odoo.url) as pbx:
        ref = pbx.play("answered", wait=False)
    assert pbx.calls[ref].over.is_set()
    assert pbx.calls[ref].state == "ringing"
