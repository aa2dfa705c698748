"""How an account of Zadarma is read and set up through its API."""

from urllib.parse import parse_qs

import pytest
from test_zadarma_requests import KEY, THIRD_PARTY

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import DidInfo, ExtensionInfo, PbxError

zadarma = pbx_adapter.get("zadarma")
URL = "https://crm.example/telephony/webhook/abc"
CALLS = (
    "notify_start",
    "notify_internal",
    "notify_end",
    "notify_out_start",
    "notify_out_end",
    "notify_answer",
)
HOOKS = ("number_lookup", "call_tracking", "sms", "speech_recognition")


def fields(request):
    return {name: value for name, [value] in parse_qs(request.data).items()}


def test_questions_have_the_vendors_addresses():
    asked = [
        zadarma.zone(KEY),
        zadarma.extensions(KEY),
        zadarma.extension(KEY, "100"),
        zadarma.dids(KEY),
        *zadarma.subscriptions(KEY),
    ]
    assert {request.method for request in asked} == {"GET"}
    assert [
        request.url.removeprefix("https://api.zadarma.com") for request in asked
    ] == [
        "/v1/info/timezone/",
        "/v1/pbx/internal/",
        "/v1/pbx/internal/100/info/",
        "/v1/direct_numbers/",
        "/v1/pbx/callinfo/",
        "/v1/pbx/webhooks/",
    ]


@pytest.mark.parametrize("name", ["UTC+0", "UTC+3", "UTC-5", "UTC+5:30", "Europe/Kyiv"])
def test_zone_is_read(name):
    assert zadarma.read_zone({"timezone": name, "unixtime": 1}) == name


@pytest.mark.parametrize("name", [None, 3, "Mars", "UTC+99", ["UTC"]])
def test_zone_that_is_none_is_nonsense(name):
    with pytest.raises(PbxError) as error:
        zadarma.read_zone({"timezone": name})
    assert error.value.code == "nonsense"


def test_extensions_are_read_in_every_spelling():
    answer = {"pbx_id": 489, "numbers": [100, "101", "489-102", "489-102", None, 7]}
    assert zadarma.read_extensions(answer) == ["100", "101", "102"]


@pytest.mark.parametrize(
    "answer, said",
    [
        (
            {"name": "Jane Doe", "record_email": "jane@acme.example"},
            ExtensionInfo("100", "Jane Doe", "jane@acme.example"),
        ),
        ({"name": "false", "record_email": "false"}, ExtensionInfo("100")),
        ({"name": None, "record_email": "a@b, c@d"}, ExtensionInfo("100")),
        ({}, ExtensionInfo("100")),
        ({"name": "<b>\nx"}, ExtensionInfo("100", "<b> x")),
    ],
)
def test_extension_is_read(answer, said):
    assert zadarma.read_extension("100", answer) == said


def test_number_of_an_extension_cannot_leave_its_place_in_the_address():
    request = zadarma.extension(KEY, "../../sms/send")
    assert request.url.endswith("/v1/pbx/internal/..%2F..%2Fsms%2Fsend/info/")


def test_company_numbers_are_read():
    answer = {
        "info": [
            {
                "number": "442037691881",
                "status": "on",
                "description": "London",
                "number_name": None,
            },
            {"number": 442037691882, "status": "parking", "number_name": "Sales"},
            {"number": "", "status": "on"},
            None,
        ]
    }
    assert zadarma.read_dids(answer) == [
        DidInfo("442037691881", "London", True),
        DidInfo("442037691882", "Sales", False),
    ]


@pytest.mark.parametrize("reader", [zadarma.read_extensions, zadarma.read_dids])
def test_answer_without_a_list_is_nonsense(reader):
    for answer in ({}, {"numbers": "100", "info": {}}):
        with pytest.raises(PbxError):
            reader(answer)


def test_subscribing_sets_both_addresses_and_all_switches():
    requests = zadarma.subscribe(THIRD_PARTY, URL)
    assert {request.method for request in requests} == {"POST"}
    base = "https://api.zadarma.com/v1/pbx"
    assert [
        (request.url.removeprefix(base), fields(request)) for request in requests
    ] == [
        ("/callinfo/url/", {"url": URL}),
        ("/callinfo/notifications/", dict.fromkeys(CALLS, "true")),
        ("/webhooks/url/", {"url": URL}),
        ("/webhooks/hooks/", dict.fromkeys(HOOKS, "true")),
    ]
    # Made with the npm package `zadarma` 1.1.2.
    signature = "MjMzYTdjMTZiYTBkMzU2MDU1OTczOGU0ODlkY2QzNjg5YzUxODI2OQ=="
    assert requests[0].headers["Authorization"] == f"key:{signature}"


def answers(url=URL, **switches):
    calls, hooks = dict.fromkeys(CALLS, "true"), dict.fromkeys(HOOKS, "true")
    return [
        {"url": url, "notifications": {**calls, **switches}},
        {"url": url, "hooks": {**hooks, **switches}},
    ]


def test_subscriptions_that_are_all_right():
    assert zadarma.read_subscriptions(answers(), URL) == []
    assert zadarma.read_subscriptions(answers(notify_start=True, sms=True), URL) == []


def test_subscriptions_that_are_missing_are_named():
    found = answers()
    found[0]["url"] = ""
    found[0]["notifications"]["notify_end"] = "false"
    del found[1]["hooks"]["sms"]
    assert zadarma.read_subscriptions(found, URL) == [
        "callinfo url",
        "notify_end",
        "sms",
    ]
    elsewhere = answers(url="https://other.example/")
    assert zadarma.read_subscriptions(elsewhere, URL) == [
        "callinfo url",
        "webhooks url",
    ]


def test_other_addresses_are_those_that_are_not_ours():
    assert zadarma.other_addresses(answers(), URL) == []
    assert zadarma.other_addresses(answers(url=""), URL) == []
    found = answers(url="https://other.example/")
    assert zadarma.other_addresses(found, URL) == ["https://other.example/"]


def test_subscriptions_that_make_no_sense():
    with pytest.raises(PbxError):
        zadarma.read_subscriptions([{"url": URL}, {"url": URL}], URL)
