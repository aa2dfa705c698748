"""Our requests to Zadarma, and what its answers mean."""

import json

import pytest
import requests

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx import zadarma_requests
from telephony_crm.pbx.adapter import (
    AuthError,
    Credentials,
    HttpResponse,
    PbxError,
    RateLimited,
    Refused,
)
from telephony_crm.pbx.php import build_query, flatten

zadarma = pbx_adapter.get("zadarma")
KEY = Credentials(api_key="testkey", api_secret="testsecret")
THIRD_PARTY = Credentials(api_key="key", api_secret="sk000000000000000000")


def authorization(credentials, path, params):
    return zadarma_requests.get(credentials, path, params).headers["Authorization"]


@pytest.mark.parametrize(
    "credentials, path, params, signature",
    [
        (
            KEY,
            "/v1/request/callback/",
            {"from": "100", "sip": "100", "to": "442037691881", "format": "json"},
            "YTMxZGNlNzYxYWUwYzYwYTZlOGVkMzBiYzM2YTJjNTU5MjhjMmY4MQ==",
        ),
        (
            KEY,
            "/v1/info/balance/",
            {},
            "YWMyNjcxZTQ5ZGI0OGJmOWNiZWExY2UxZDdjNzU0MTYzN2UzNGM1YQ==",
        ),
        (
            THIRD_PARTY,
            "/v1/request/callback/",
            {"from": "499499-100", "sip": "499499-100", "to": "50688887777"},
            "OGIxZDkyNzJmNzQzMmQwNzUzMTJlYjhmMTM4NGU2MzgxY2VhODhhOQ==",
        ),
        (
            THIRD_PARTY,
            "/v1/webrtc/get_key/",
            {"sip": "499499-101"},
            "MmJmM2RmMjEwZTVjZWQ4NzIzODBlNjcwNmFjOWMxMmE1ZjY5MmNiZQ==",
        ),
        (
            THIRD_PARTY,
            "/v1/info/balance/",
            {},
            "NjlkOTQzYjZhNzRhMmZjZjQ1YTY5MjYxYzE1YTM1YTEwMWE3ZWMxOA==",
        ),
    ],
)
def test_published_signatures(credentials, path, params, signature):
    expected = f"{credentials.api_key}:{signature}"
    assert authorization(credentials, path, params) == expected


def test_order_of_the_parameters_does_not_matter():
    params = {"to": "442037691881", "from": "100"}
    turned = dict(reversed(params.items()))
    assert authorization(KEY, "/v1/x/", params) == authorization(KEY, "/v1/x/", turned)


@pytest.mark.parametrize(
    "params, query",
    [
        ({}, ""),
        ({"a": "b c", "d": "+1~2"}, "a=b+c&d=%2B1%7E2"),
        ({"a": {"b": ["x", "y"]}}, "a%5Bb%5D%5B0%5D=x&a%5Bb%5D%5B1%5D=y"),
        ({"a": True, "b": False, "c": None, "d": 7}, "a=1&b=0&d=7"),
        ({"ключ": "я"}, "%D0%BA%D0%BB%D1%8E%D1%87=%D1%8F"),
    ],
)
def test_query_is_built_as_php_builds_it(params, query):
    assert build_query(params) == query


def test_nested_parameters_are_sent_flat():
    assert flatten({"a": {"b": ["x"]}, "c": 1}) == {"a[b][0]": "x", "c": "1"}


def test_click_to_call():
    request = zadarma.originate(KEY, "100", "+442037691881")
    assert (request.method, request.data) == ("GET", None)
    assert request.url == "https://api.zadarma.com/v1/request/callback/"
    assert request.params == {
        "from": "100",
        "sip": "100",
        "to": "+442037691881",
        "format": "json",
    }
    sent = requests.Request(request.method, request.url, params=request.params)
    assert "to=%2B442037691881" in sent.prepare().url


def test_own_address_is_used_with_or_without_slash():
    for url in ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"):
        credentials = Credentials(api_url=url, api_key="k", api_secret="s")
        checked = zadarma.check(credentials)
        assert checked.url == "http://127.0.0.1:8080/v1/info/timezone/"


def test_every_request_has_time_limits():
    for request in (zadarma.check(KEY), zadarma.originate(KEY, "100", "+33478323232")):
        assert all(0 < seconds <= 30 for seconds in request.timeout)


@pytest.mark.parametrize(
    "path, params, signature, body",
    [  # made with the npm package `zadarma` 1.1.2
        (
            "/v1/sms/send/",
            {
                "number": "442037691880",
                "message": "Hello, this is a test message.",
                "sender": "MyCompany",
            },
            "ZGVlMzNhMmI0MDBjNmRlMzcxMTMzZDVjMzUxMDQzNDRmNWNkZDUxMg==",
            "message=Hello%2C+this+is+a+test+message."
            "&number=442037691880&sender=MyCompany",
        ),
        (
            "/v1/pbx/callinfo/url/",
            {"url": "https://crm.example/telephony/webhook/abc"},
            "MjMzYTdjMTZiYTBkMzU2MDU1OTczOGU0ODlkY2QzNjg5YzUxODI2OQ==",
            "url=https%3A%2F%2Fcrm.example%2Ftelephony%2Fwebhook%2Fabc",
        ),
    ],
)
def test_posted_body_is_sent_as_it_is_signed(path, params, signature, body):
    request = zadarma_requests.post(THIRD_PARTY, path, params)
    assert (request.method, request.data) == ("POST", body)
    assert request.params == {}
    assert request.headers == {
        "Authorization": f"key:{signature}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


# -- recordings ------------------------------------------------------------------------

LINK = (
    "https://api.zadarma.com/v1/pbx/record/download/NjM3M..NzM2Mg/"
    "1-1458313316.343456-100-2016-01-11-100155.mp3"
)
NEXT = "https://api.zadarma.com/d/x/1-1458313390.100000-101-2016-01-11-100155.mp3?a=1"


def test_recording_is_asked_for_by_the_id_of_its_leg():
    request = zadarma.recording_link(KEY, "1458313316.343456", "in_1")
    assert (request.method, request.url) == (
        "GET",
        "https://api.zadarma.com/v1/pbx/record/request/",
    )
    assert request.params == {"call_id": "1458313316.343456", "lifetime": "1800"}


def test_recordings_are_asked_for_by_the_call_where_no_id_is_proven():
    request = zadarma.recording_link(KEY, "", "in_1")
    assert request.params == {"pbx_call_id": "in_1", "lifetime": "1800"}


def test_link_is_followed_without_the_key():
    answer = {"status": "success", "link": LINK, "lifetime_till": "2016-01-11 11:01:55"}
    [(ref, sound)] = zadarma.recording_sounds(KEY, "1.5", "in_1", answer)
    assert ref == "1.5"
    assert (sound.method, sound.url, sound.headers, sound.params) == (
        "GET",
        LINK,
        {},
        {},
    )


def test_links_of_a_call_tell_the_id_of_each_leg():
    answer = {"links": [LINK, NEXT, "https://x.example/a/sound.mp3"]}
    sounds = zadarma.recording_sounds(KEY, "", "in_1", answer)
    assert [ref for ref, _sound in sounds] == [
        "1458313316.343456",
        "1458313390.100000",
        "",  # the name of a file is no id
    ]


def test_call_without_recordings_has_none():
    assert zadarma.recording_sounds(KEY, "", "in_1", {"links": []}) == []


@pytest.mark.parametrize(
    "answer",
    [{}, {"link": None}, {"link": "file:///etc/passwd"}, {"links": "x"}, {"links": [7]},
     {"link": "https:///x"}, {"link": "//api.zadarma.com/x"}],
)  # fmt: skip
def test_link_that_is_none_is_nonsense(answer):
    with pytest.raises(PbxError) as error:
        zadarma.recording_sounds(KEY, "1.5", "in_1", answer)
    assert error.value.code == "nonsense"


# -- messages --------------------------------------------------------------------------


def test_message_names_a_sender_only_where_there_is_one():
    request = zadarma.send_sms(KEY, "+442037691880", "Hi", "Acme")
    assert request.url == "https://api.zadarma.com/v1/sms/send/"
    assert request.data == "message=Hi&number=442037691880&sender=Acme"
    assert zadarma.send_sms(KEY, "+4420", "Hi").data == "message=Hi&number=4420"


@pytest.mark.parametrize(
    "answer, reason",
    [
        ({"messages": 1, "sms_detalization": [{"number": "4420"}]}, ""),
        ({"denied_numbers": []}, ""),
        ({"denied_numbers": [{"number": "4420", "message": "No\nroute"}]}, "No route"),
        (
            {"denied_numbers": [{"number": "4420"}]},
            "The PBX refuses without saying why.",
        ),
        ({"denied_numbers": ["4420"]}, "4420"),
    ],
)
def test_denied_message_says_why(answer, reason):
    assert zadarma.read_sms("+4420", answer) == reason


# -- answers ---------------------------------------------------------------------------


def response(body, status=200, **headers):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status=status, headers=names, body=body)


def test_success_is_returned():
    told = {"status": "success", "from": "100", "to": "442037691881", "time": 1}
    assert zadarma.answer(response(told)) == told


@pytest.mark.parametrize("status", [200, 400, 404, 500])
def test_refusal_is_told_in_the_words_of_the_pbx(status):
    told = {"status": "error", "message": "Not enough\nmoney"}
    with pytest.raises(Refused) as error:
        zadarma.answer(response(told, status))
    assert error.value.message == "Not enough money"


@pytest.mark.parametrize("message", [None, "", 7, ["x"], "\0\n"])
def test_refusal_without_words_is_a_sentence_too(message):
    with pytest.raises(Refused) as error:
        zadarma.answer(response({"status": "error", "message": message}))
    assert error.value.message == "The PBX refuses without saying why."


def test_words_of_the_pbx_are_bounded():
    with pytest.raises(Refused) as error:
        zadarma.answer(response({"status": "error", "message": "x" * 100_000}))
    assert len(error.value.message) <= 200


@pytest.mark.parametrize(
    "answer",
    [
        response({"status": "error", "message": "Too many"}, 429),
        response(b"<html>Too Many Requests</html>", 429),
        response(
            {
                "status": "error",
                "message": "You exceeded the rate limit by User Limits",
            }
        ),
    ],
)
def test_too_many_requests_in_every_form(answer):
    with pytest.raises(RateLimited) as error:
        zadarma.answer(answer)
    assert error.value.retry_after == 60


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({"x_ratelimit_reset": "17"}, 17),
        ({"retry_after": "5"}, 5),
        ({"x_ratelimit_reset": "0"}, 1),
        ({"x_ratelimit_reset": "999999"}, 3600),
        ({"x_ratelimit_reset": "soon"}, 60),
        ({"x_ratelimit_reset": "-5"}, 60),
        (
            {
                "x_ratelimit_reset": "1768472145",
                "date": "Thu, 15 Jan 2026 10:15:00 GMT",
            },
            45,
        ),
        ({"x_ratelimit_reset": "1768472145", "date": "nonsense"}, 1),
        ({"x_ratelimit_reset": "1768472145"}, 1),
    ],
)
def test_how_long_to_wait(headers, seconds):
    with pytest.raises(RateLimited) as error:
        zadarma.answer(response({}, 429, **headers))
    assert error.value.retry_after == seconds


@pytest.mark.parametrize(
    "answer",
    [
        response({"status": "error", "message": "Not authorized"}, 401),
        response(b"", 403),
        response({"status": "error", "message": "Not authorized"}),
    ],
)
def test_wrong_key(answer):
    with pytest.raises(AuthError) as error:
        zadarma.answer(answer)
    assert "key" in error.value.message


@pytest.mark.parametrize(
    "answer",
    [
        response(b""),
        response(b"<html><body>502 Bad Gateway</body></html>", 502),
        response(b"\xff\xfe"),
        response(b"[" * 100_000),
        response([]),
        response("success"),
        response(None),
        response({}),
        response({"status": 1}),
        response({"status": ["success"]}),
        response({"status": "success"}, 500),
        response(b"moved", 302),
    ],
)
def test_nonsense_is_one_plain_sentence(answer):
    with pytest.raises(PbxError) as error:
        zadarma.answer(answer)
    assert error.value.code == "nonsense"
    assert error.value.message == "The PBX gave an answer that cannot be understood."
