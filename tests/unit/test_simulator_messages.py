"""The simulator's text messages, and its second webhook address."""

import json

import pytest
from simulator_client import ask, control, success
from simulator_odoo import StandIn

from setup.simulator import Simulator

CUSTOMER = "+33199001723"


@pytest.fixture
def odoo():
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def pbx(odoo):
    with Simulator(speed=0, webhook_url=odoo.url, second_url=odoo.url) as simulator:
        yield simulator


def send(pbx, **params):
    return ask(pbx, "/v1/sms/send/", params, method="POST")


def test_a_message_is_taken_and_kept(pbx):
    answer = success(send(pbx, number=CUSTOMER, message="Hello"))
    assert answer["messages"] == 1 and answer["denied_numbers"] == []
    assert answer["sms_detalization"][0]["number"] == CUSTOMER
    assert list(pbx.messages.outbox) == [
        {"to": CUSTOMER, "from": "Teamsale", "text": "Hello"}
    ]


def test_a_long_message_is_several(pbx):
    numbers = {"0": CUSTOMER, "1": "+442079460017"}
    answer = success(send(pbx, number=numbers, message="x" * 161))
    assert answer["messages"] == 4
    assert success(send(pbx, number=CUSTOMER, message="ї" * 71))["messages"] == 2


def test_a_denied_number_is_told_with_its_reason(pbx):
    control(pbx, "faults", {"denied": {"442079460017": "Landline"}})
    numbers = {"0": CUSTOMER, "1": "+442079460017", "2": "12"}
    answer = success(send(pbx, number=numbers, message="Hello"))
    assert answer["denied_numbers"] == [
        {"number": "+442079460017", "message": "Landline"},
        {"number": "12", "message": "Wrong number"},
    ]
    assert [one["to"] for one in pbx.messages.outbox] == [CUSTOMER]


@pytest.mark.parametrize(
    "params",
    [
        {"number": CUSTOMER},
        {"message": "Hello"},
        {"number": CUSTOMER, "message": "Hello", "sender": "Nobody"},
    ],
)
def test_a_message_that_cannot_be_sent_is_an_error(pbx, params):
    answer = send(pbx, **params)
    assert (answer.status_code, answer.json()["status"]) == (400, "error")
    assert not pbx.messages.outbox


def test_a_number_of_the_company_may_be_the_sender(pbx):
    path = "/v1/sms/senderid/"
    senders = success(ask(pbx, path, {"phones": CUSTOMER}))["senders"]
    assert "442079460100" in senders
    params = {"number": CUSTOMER, "message": "Hi", "sender": "442079460100"}
    success(send(pbx, **params))
    assert ask(pbx, path, {}).status_code == 400


def test_templates_come_in_pages(pbx):
    pbx.settings.templates = ["One", "Two", "Three"]
    params = {"skip": "1", "limit": "1"}
    (group,) = success(ask(pbx, "/v1/sms/templates/", params))["list"]
    assert group["templates"] == [{"id": "2", "text": "Two"}]


def test_somebody_can_write(odoo, pbx):
    values = {"number": CUSTOMER, "text": "A « b » / c"}
    assert control(pbx, "messages/sms", values)["status"] == 200
    (fields,) = [fields for fields, _ in odoo.posts]
    assert fields["event"] == "SMS"
    assert json.loads(fields["result"]) == {
        "caller_id": CUSTOMER.lstrip("+"),
        "caller_did": "442079460100",
        "text": "A « b » / c",
    }
    assert odoo.posts[0][1]["Signature"]


def test_several_numbers_are_looked_up_by_webhook(odoo, pbx):
    path, numbers = "/v1/info/number_lookup/", {"0": CUSTOMER, "1": "442079460017"}
    one = success(ask(pbx, path, {"numbers": {"0": CUSTOMER}}, method="POST"))
    assert one["info"]["errorDescription"] == "No Error" and not odoo.posts
    assert success(ask(pbx, path, {"numbers": numbers}, method="POST"))
    found = json.loads(odoo.fields("NUMBER_LOOKUP")["result"])
    assert [each["number"] for each in found] == ["33199001723", "442079460017"]


def test_a_visit_of_a_web_site_is_told(odoo, pbx):
    ref = pbx.play("answered")
    values = {"call_ref": ref, "utm_source": "google", "url": "https://shop.example/"}
    control(pbx, "messages/call_tracking", values)
    (visit,) = json.loads(odoo.fields("CALL_TRACKING")["result"])
    assert (visit["pbx_call_id"], visit["utm_source"]) == (ref, "google")


def test_what_was_said_is_told(odoo, pbx):
    ref = pbx.play("answered")
    control(pbx, "messages/speech_recognition", {"call_ref": ref})
    fields = odoo.fields("SPEECH_RECOGNITION")
    assert fields["call_id"] == pbx.calls[ref].legs[0].call_id
    (channel,) = json.loads(fields["result"])["words"]
    assert channel["result"][0]["w"] == "good"


def test_the_two_addresses_are_set_apart():
    with StandIn() as calls, StandIn() as others, Simulator(speed=0) as pbx:
        path = "/v1/pbx/webhooks"
        assert success(ask(pbx, path)) == {
            "status": "success",
            "url": "",
            "hooks": dict.fromkeys(
                ("number_lookup", "call_tracking", "sms", "speech_recognition"),
                "false",
            ),
        }
        success(ask(pbx, f"{path}/url", {"url": others.url}, method="POST"))
        on = {"sms": "true"}
        hooks = success(ask(pbx, f"{path}/hooks", on, method="POST"))["hooks"]
        assert (hooks["sms"], hooks["number_lookup"]) == ("true", "false")
        callinfo = "/v1/pbx/callinfo"
        success(ask(pbx, f"{callinfo}/url", {"url": calls.url}, method="POST"))
        switched = {"notify_start": "true"}
        success(ask(pbx, f"{callinfo}/notifications", switched, method="POST"))

        pbx.play("missed")
        pbx.messages.sms(CUSTOMER, "Hello")
        assert pbx.messages.number_lookup([CUSTOMER])["fate"] == "switched off"
        assert (calls.events, others.events) == (["NOTIFY_START"], ["SMS"])

        success(ask(pbx, f"{path}/url", method="DELETE"))
        assert pbx.messages.sms(CUSTOMER, "Hello")["fate"] == "no address"
