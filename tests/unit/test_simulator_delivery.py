"""What may happen to a webhook on its way, and the check of its address."""

import pytest
from simulator_odoo import StandIn

from setup.simulator import Simulator
from setup.simulator.delivery import DeliveryFaults

ANSWERED = [
    "NOTIFY_START",
    "NOTIFY_INTERNAL",
    "NOTIFY_ANSWER",
    "NOTIFY_END",
    "NOTIFY_RECORD",
]


@pytest.fixture
def odoo():
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def pbx(odoo):
    with Simulator(speed=0, webhook_url=odoo.url) as simulator:
        yield simulator


def test_a_lost_event_is_never_posted_and_the_call_knows_it(odoo, pbx):
    pbx.faults.lost = ["NOTIFY_ANSWER"]
    call = pbx.calls[pbx.play("answered")]
    assert odoo.events == [name for name in ANSWERED if name != "NOTIFY_ANSWER"]
    fates = [delivery["fate"] for delivery in call.deliveries]
    assert fates == ["sent", "sent", "lost", "sent", "sent"]
    assert call.talk_seconds == 30


def test_a_doubled_event_is_posted_twice_alike(odoo, pbx):
    pbx.faults.doubled = ["NOTIFY_END"]
    pbx.play("missed")
    assert odoo.events == [*ANSWERED[:2], "NOTIFY_END", "NOTIFY_END"]
    assert odoo.posts[-1][0] == odoo.posts[-2][0]


def test_a_reordered_event_follows_the_next_one(odoo, pbx):
    pbx.faults.reordered = ["NOTIFY_START", "NOTIFY_RECORD"]
    pbx.play("answered")
    assert odoo.events == [ANSWERED[1], ANSWERED[0], *ANSWERED[2:]]


def test_a_late_event_comes_after_the_call(odoo, pbx):
    pbx.faults.late = ["NOTIFY_ANSWER"]
    pbx.play("answered")
    late = [name for name in ANSWERED if name != "NOTIFY_ANSWER"]
    assert odoo.events == [*late, "NOTIFY_ANSWER"]


def test_with_pauses_a_late_event_comes_late_and_is_waited_for(odoo):
    with Simulator(speed=0.01, webhook_url=odoo.url) as pbx:
        pbx.poster.faults = DeliveryFaults(late=["NOTIFY_START"], late_seconds=100)
        call = pbx.calls[pbx.play("missed")]
    assert sorted(odoo.events) == sorted([*ANSWERED[:2], "NOTIFY_END"])
    assert odoo.events[0] == "NOTIFY_INTERNAL"
    assert [entry["status"] for entry in call.deliveries] == [200, 200, 200]


def test_the_same_seed_has_the_same_luck(odoo):
    def fates(seed):
        with Simulator(speed=0, webhook_url=odoo.url, seed=seed) as pbx:
            pbx.poster.faults = DeliveryFaults(lost=0.2, doubled=0.2, reordered=0.3)
            refs = [pbx.play("transfer") for _ in range(4)]
            return [d["fate"] for ref in refs for d in pbx.calls[ref].deliveries]

    assert fates(7) == fates(7) != fates(8)
    assert {"lost", "doubled", "reordered", "sent"} <= set(fates(7))


def test_references_differ_whatever_the_seed(odoo):
    refs = set()
    for _ in range(2):
        with Simulator(speed=0, webhook_url=odoo.url, seed=1) as pbx:
            refs.add(pbx.play("missed"))
    assert len(refs) == 2


def test_without_its_reply_the_caller_is_not_redirected(odoo, pbx):
    odoo.replies["NOTIFY_START"] = {"redirect": "101"}
    pbx.faults.late = ["NOTIFY_START"]
    assert pbx.calls[pbx.play("answered")].extension == "100"


def test_an_address_that_refuses_is_told_in_words(odoo, pbx):
    odoo.status = 403
    call = pbx.calls[pbx.play("missed")]
    assert call.disposition == "missed"
    assert pbx.poster.problem == "The webhook address answers 403."
    odoo.status = 200
    pbx.play("missed")
    assert pbx.poster.problem == ""


def test_an_address_without_a_server_does_not_stop_the_call():
    with Simulator(speed=0, webhook_url="http://127.0.0.1:9/hook") as pbx:
        call = pbx.calls[pbx.play("answered")]
    assert call.disposition == "answered"
    assert "does not answer" in pbx.poster.problem
    assert {entry["status"] for entry in call.deliveries} == {0}


def test_without_an_address_nothing_is_posted():
    with Simulator(speed=0) as pbx:
        call = pbx.calls[pbx.play("missed")]
    assert {entry["fate"] for entry in call.deliveries} == {"no address"}


def test_what_was_not_taken_is_not_repeated_unless_asked_for(odoo, pbx):
    odoo.status = 500
    pbx.play("missed")
    assert len(odoo.posts) == 3
    pbx.settings.retries = 2
    call = pbx.calls[pbx.play("missed")]
    assert len(odoo.posts) == 3 + 9
    assert {entry["attempts"] for entry in call.deliveries} == {3}
    odoo.status = 200
    call = pbx.calls[pbx.play("missed")]
    assert {entry["attempts"] for entry in call.deliveries} == {1}


def test_an_event_switched_off_is_not_posted(odoo, pbx):
    pbx.poster.calls.switches["notify_internal"] = False
    pbx.play("missed")
    assert odoo.events == ["NOTIFY_START", "NOTIFY_END"]


def test_a_reply_that_is_no_object_changes_nothing(odoo, pbx):
    odoo.replies["NOTIFY_START"] = ["redirect", "101"]
    assert pbx.calls[pbx.play("answered")].extension == "100"


def test_an_address_is_good_when_it_repeats_the_token(odoo, pbx):
    assert pbx.poster.echo()
    odoo.echoes = False
    assert not pbx.poster.echo()
    assert not pbx.poster.echo("http://127.0.0.1:9/hook")
    assert not pbx.poster.echo("no address at all")


def test_headers_of_ones_own_are_sent_along(odoo):
    headers = {"X-Forwarded-For": "185.45.152.42"}
    with Simulator(speed=0, webhook_url=odoo.url, headers=headers) as pbx:
        pbx.play("missed")
    for _fields, sent in odoo.posts:
        assert sent["X-Forwarded-For"] == "185.45.152.42"
