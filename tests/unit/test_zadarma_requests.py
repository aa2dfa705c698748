"""Our requests to Zadarma, and what its answers mean."""

import json

import pytest
import requests

from telephony_crm.pbx import adapter as pbx_adapter
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
    return zadarma._get(credentials, path, params).headers["Authorization"]


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
