"""The simulator's REST side: signatures, answers, limits, faults."""

import base64
import hashlib
import hmac
import io
import time
import wave
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
import requests
from openapi_check import differences, schema_of, specification
from simulator_client import KEY, SECRET, ask, control, success
from simulator_odoo import StandIn

from setup.simulator import Simulator
from setup.simulator.signing import build_query, parse_query, sign_request

CUSTOMER = "+33199001723"


@pytest.fixture
def odoo():
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def pbx(odoo):
    with Simulator(speed=0, webhook_url=odoo.url) as simulator:
        yield simulator


@pytest.mark.parametrize("path", ["/v1/info/balance/", "/v1/info/balance"])
def test_a_signed_request_is_answered_with_and_without_slash(pbx, path):
    assert success(ask(pbx, path))["currency"] == "EUR"


def test_the_signature_covers_the_path_as_it_was_requested(pbx):
    headers = {"Authorization": f"{KEY}:{sign_request(SECRET, '/v1/info/balance', {})}"}
    answer = requests.get(f"{pbx.url}/v1/info/balance/", headers=headers, timeout=10)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "changed", [{"key": "other"}, {"secret": "other"}, {"key": ""}]
)
def test_a_wrong_key_or_secret_is_refused(pbx, changed):
    answer = ask(pbx, "/v1/info/balance/", **changed)
    assert answer.status_code == 401
    assert answer.json() == {"status": "error", "message": "Not authorized"}


def test_an_unsigned_request_is_refused(pbx):
    assert requests.get(f"{pbx.url}/v1/info/balance/", timeout=10).status_code == 401


def test_a_parameter_that_was_not_signed_is_refused(pbx):
    path = "/v1/request/callback/"
    signature = sign_request(SECRET, path, {"from": "100", "to": CUSTOMER})
    answer = requests.get(
        pbx.url + path,
        params={"from": "100", "to": "+12025550117"},
        headers={"Authorization": f"{KEY}:{signature}"},
        timeout=10,
    )
    assert answer.status_code == 401
    assert not pbx.calls


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("b=2&a=1", "b=2&a=1"),
        ("a=x%20y&b=x+y", "a=x+y&b=x+y"),
        ("a=~", "a=%7E"),
        ("c[phones][0][type]=work", "c%5Bphones%5D%5B0%5D%5Btype%5D=work"),
        ("n[]=1&n[]=2", "n%5B0%5D=1&n%5B1%5D=2"),
        ("a=1&a=2", "a=2"),
        ("t=%D0%9E%D0%BA", "t=%D0%9E%D0%BA"),
    ],
)
def test_queries_are_read_and_written_as_php_does(text, query):
    assert build_query(parse_query(text)) == query


def test_a_tilde_signed_bare_is_refused(pbx):
    path, params = "/v1/info/balance/", {"note": "~"}
    assert success(ask(pbx, path, params))
    bare = urlencode(params)  # as Python writes it
    text = path + bare + hashlib.md5(bare.encode()).hexdigest()
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).hexdigest()
    signature = base64.b64encode(digest.encode()).decode()
    answer = requests.get(
        f"{pbx.url}{path}?{bare}",
        headers={"Authorization": f"{KEY}:{signature}"},
        timeout=10,
    )
    assert answer.status_code == 401


def test_unknown_methods_do_not_exist(pbx):
    answer = ask(pbx, "/v1/no/such/")
    assert (answer.status_code, answer.json()["status"]) == (404, "error")


def test_a_click_rings_the_agent_then_the_customer(odoo, pbx):
    params = {"from": "100", "to": CUSTOMER, "sip": "100"}
    answer = success(ask(pbx, "/v1/request/callback/", params))
    assert (answer["from"], answer["to"]) == ("100", CUSTOMER)
    assert abs(answer["time"] - time.time()) < 60
    pbx.settle()
    call = next(iter(pbx.calls.values()))
    assert [leg.kind for leg in call.legs] == ["agent", "customer"]
    assert (call.disposition, call.number) == ("answered", CUSTOMER)
    assert call.start.timestamp() >= answer["time"] - 1
    assert odoo.events == [
        "NOTIFY_OUT_START",
        "NOTIFY_ANSWER",
        "NOTIFY_OUT_END",
        "NOTIFY_RECORD",
    ]
    assert odoo.fields("NOTIFY_OUT_START")["destination"] == CUSTOMER


@pytest.mark.parametrize(
    "params",
    [
        {"to": CUSTOMER},
        {"from": "999", "to": CUSTOMER},
        {"from": "100"},
        {"from": "100", "to": "112"},
        {"from": "100", "to": "*21#"},
    ],
)
def test_a_click_without_a_proper_number_is_an_error(pbx, params):
    answer = ask(pbx, "/v1/request/callback/", params)
    assert (answer.status_code, answer.json()["status"]) == (400, "error")
    assert not pbx.calls


def test_statistics_know_every_leg_of_the_calls_made(pbx):
    transfer, out = pbx.play("transfer"), pbx.play("outgoing_busy", number=CUSTOMER)
    rows = success(ask(pbx, "/v1/statistics/pbx/", {"version": "2"}))["stats"]
    inbound = [row for row in rows if row["pbx_call_id"] == transfer]
    assert [row["destination"] for row in inbound] == [100, 101]
    assert [row["seconds"] for row in inbound] == [15, 15]
    (outbound,) = [row for row in rows if row["pbx_call_id"] == out]
    assert (outbound["sip"], outbound["disposition"]) == (100, "busy")
    assert outbound["destination"] == int(CUSTOMER)


def test_statistics_are_filtered_and_paged(pbx):
    old = pbx.play("missed", ago=7200)
    pbx.play("missed")
    pbx.play("outgoing_busy")
    now = datetime.now(pbx.settings.zone())
    hour = (now - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    path = "/v1/statistics/pbx/"
    pbx.limit.statistics = 10
    recent = success(ask(pbx, path, {"start": hour}))["stats"]
    assert len(recent) == 2 and old not in {row["pbx_call_id"] for row in recent}
    inbound = success(ask(pbx, path, {"start": hour, "call_type": "in"}))["stats"]
    assert [row["disposition"] for row in inbound] == ["cancel"]
    page = {"start": hour, "skip": "1", "limit": "1"}
    assert success(ask(pbx, path, page))["stats"] == recent[1:]
    assert ask(pbx, path, {"start": "yesterday"}).status_code == 400


def test_statistics_shorten_a_period_of_more_than_a_month(pbx):
    period = {"start": "2026-01-01 00:00:00", "end": "2026-06-30 00:00:00"}
    answer = success(ask(pbx, "/v1/statistics/pbx/", period))
    assert answer["start"] == "2026-05-31 00:00:00"


def test_statistics_can_look_as_integrators_saw_them(pbx):
    pbx.spelling.statistics = "seen"
    pbx.play("answered", customer="olena")
    (row,) = success(ask(pbx, "/v1/statistics/pbx/"))["stats"]
    assert row["clid"] == "Olena Shevchenko (380442000017)"
    assert row["is_recorded"] == "true"


def test_a_recording_is_sound_of_the_calls_length(pbx):
    call = pbx.calls[pbx.play("answered", talk=12)]
    params = {"call_id": call.legs[0].call_id, "lifetime": "180"}
    answer = success(ask(pbx, "/v1/pbx/record/request/", params))
    assert answer["link"].startswith(pbx.url)
    download = requests.get(answer["link"], timeout=10)
    assert download.headers["Content-Type"] == "audio/wav"
    with wave.open(io.BytesIO(download.content)) as sound:
        assert sound.getnframes() / sound.getframerate() == 12
        assert len(set(sound.readframes(8000))) > 100


def test_a_call_with_two_recordings_has_two_links(pbx):
    ref = pbx.play("transfer")
    answer = success(ask(pbx, "/v1/pbx/record/request/", {"pbx_call_id": ref}))
    assert len(answer["links"]) == 2


def test_a_recording_that_is_not_there_is_an_error(pbx):
    path = "/v1/pbx/record/request/"
    ref = pbx.play("missed")
    for params in ({"pbx_call_id": ref}, {"call_id": "1.1"}):
        answer = ask(pbx, path, params)
        assert (answer.status_code, answer.json()["message"]) == (404, "File not found")
    assert ask(pbx, path).status_code == 400
    wrong = {"pbx_call_id": ref, "lifetime": "10"}
    assert ask(pbx, path, wrong).status_code == 400


def test_a_deleted_recording_is_gone(pbx):
    call_id = pbx.calls[pbx.play("answered")].legs[0].call_id
    path, params = "/v1/pbx/record/request/", {"call_id": call_id}
    link = success(ask(pbx, path, params))["link"]
    assert call_id in success(ask(pbx, path, params, method="DELETE"))["file_name"]
    assert ask(pbx, path, params).status_code == 404
    assert requests.get(link, timeout=10).status_code == 404


def test_a_webhook_address_is_kept_only_when_it_repeats_the_token(odoo, pbx):
    path = "/v1/pbx/callinfo/url/"
    success(ask(pbx, path, method="DELETE"))
    assert success(ask(pbx, "/v1/pbx/callinfo/"))["url"] == ""
    odoo.echoes = False
    assert ask(pbx, path, {"url": odoo.url}, method="POST").status_code == 400
    odoo.echoes = True
    assert success(ask(pbx, path, {"url": odoo.url}, method="POST"))["url"] == odoo.url
    assert pbx.poster.url == odoo.url


def test_notifications_can_be_switched(pbx):
    path = "/v1/pbx/callinfo/notifications/"
    answer = success(ask(pbx, path, {"notify_answer": "false"}, method="POST"))
    assert answer["notifications"]["notify_answer"] == "false"
    assert answer["notifications"]["notify_start"] == "true"


def test_the_time_zone_is_told(odoo):
    with Simulator(speed=0, webhook_url=odoo.url, tz="UTC+5:30") as pbx:
        assert success(ask(pbx, "/v1/info/timezone/"))["timezone"] == "UTC+5:30"


def test_a_call_too_many_is_429_with_headers(pbx):
    pbx.limit.general = 2
    answers = [ask(pbx, "/v1/info/balance/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    headers = answers[2].headers
    assert headers["X-RateLimit-Limit"] == "2"
    assert headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(headers["X-RateLimit-Reset"]) - time.time() <= 62


def test_a_call_too_many_may_also_be_200_with_an_error(pbx):
    pbx.limit.general, pbx.limit.form = 0, "200"
    answer = ask(pbx, "/v1/info/balance/")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "error",
        "message": "You exceeded the rate limit by User Limits",
    }


def test_statistics_have_a_limit_of_their_own(pbx):
    codes = [ask(pbx, "/v1/statistics/pbx/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert ask(pbx, "/v1/info/balance/").status_code == 200


def test_statistics_count_as_requests_too(pbx):
    control(pbx, "faults", {"limit": {"general": 2}})
    ask(pbx, "/v1/statistics/pbx/")
    answers = [ask(pbx, "/v1/info/balance/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert ask(pbx, "/v1/statistics/pbx/").status_code == 429


def test_a_minute_may_be_made_shorter(pbx):
    control(pbx, "faults", {"limit": {"statistics": 1, "window": 0.3}})
    assert success(ask(pbx, "/v1/statistics/pbx/"))
    until = time.monotonic() + 10
    while ask(pbx, "/v1/statistics/pbx/").status_code == 429:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_end_of_the_wait_may_be_told_in_seconds(pbx):
    control(pbx, "faults", {"limit": {"general": 0, "reset": "seconds"}})
    headers = ask(pbx, "/v1/info/balance/").headers
    assert 0 < int(headers["X-RateLimit-Reset"]) <= 61


def test_nonsense_can_be_asked_for_and_passes(pbx):
    control(pbx, "faults", {"rest": [{"kind": "html"}]})
    assert "<html>" in ask(pbx, "/v1/info/balance/").text
    assert success(ask(pbx, "/v1/info/balance/"))


def test_an_error_can_be_asked_for_of_one_method(pbx):
    control(
        pbx,
        "faults",
        {"rest": [{"kind": "error", "status": 500, "path": "/v1/request/"}]},
    )
    assert success(ask(pbx, "/v1/info/balance/"))
    assert ask(pbx, "/v1/request/callback/").status_code == 500


def test_a_slow_answer_is_right_in_the_end(pbx):
    control(pbx, "faults", {"rest": [{"kind": "slow", "seconds": 0.3}]})
    began = time.monotonic()
    assert success(ask(pbx, "/v1/info/balance/"))
    assert time.monotonic() - began >= 0.3


def test_a_dropped_connection_has_no_answer(pbx):
    control(pbx, "faults", {"rest": [{"kind": "drop"}]})
    with pytest.raises(requests.ConnectionError):
        ask(pbx, "/v1/info/balance/")


def test_a_hanging_answer_ends_with_the_simulator(pbx):
    control(pbx, "faults", {"rest": [{"kind": "hang", "seconds": 600}]})
    with pytest.raises(requests.Timeout):
        ask(pbx, "/v1/info/balance/", timeout=0.3)


def test_a_recording_may_be_elsewhere_or_not_there_yet(pbx):
    call = pbx.calls[pbx.play("answered")]
    params = {"call_id": call.legs[0].call_id}
    link = success(ask(pbx, "/v1/pbx/record/request/", params))["link"]
    where = "http://169.254.0.1/"
    path = "/v1/pbx/record/download/"
    fault = {"kind": "redirect", "path": path, "location": where}
    control(pbx, "faults", {"rest": [fault, {**fault, "kind": "html"}]})
    answer = requests.get(link, timeout=10, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, where)
    assert "<html>" in requests.get(link, timeout=10).text
    assert requests.get(link, timeout=10).headers["Content-Type"] == "audio/wav"


def test_an_extension_may_be_without_recordings(pbx):
    path = "/v1/pbx/internal/recording/"
    answer = success(ask(pbx, path, {"id": "100", "status": "off"}, method="PUT"))
    assert answer["recording"] == "off"
    assert pbx.calls[pbx.play("answered")].legs[0].recorded is False
    assert pbx.calls[pbx.play("answered", extension="101")].legs[0].recorded
    assert ask(pbx, path, {"id": "100"}, method="PUT").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "params"),
    [
        ("GET", "/v1/info/balance", {}),
        ("GET", "/v1/info/timezone", {}),
        ("GET", "/v1/request/callback", {"from": "+442079460100", "to": CUSTOMER}),
        ("GET", "/v1/pbx/internal", {}),
        ("GET", "/v1/pbx/internal/{pbxsip}/status", {}),
        ("GET", "/v1/pbx/internal/{pbxsip}/info", {}),
        ("GET", "/v1/direct_numbers", {}),
        ("GET", "/v1/pbx/callinfo", {}),
        ("POST", "/v1/pbx/callinfo/url", {"url": "{odoo}"}),
        ("DELETE", "/v1/pbx/callinfo/url", {}),
        ("POST", "/v1/pbx/callinfo/notifications", {"notify_end": "true"}),
        ("GET", "/v1/pbx/webhooks", {}),
        ("POST", "/v1/pbx/webhooks/url", {"url": "{odoo}"}),
        ("DELETE", "/v1/pbx/webhooks/url", {}),
        ("POST", "/v1/pbx/webhooks/hooks", {"sms": "true"}),
        ("PUT", "/v1/pbx/internal/recording", {"id": "100", "status": "off"}),
        ("GET", "/v1/statistics", {}),
        ("GET", "/v1/statistics", {"cost_only": "true"}),
        ("GET", "/v1/statistics/pbx", {"version": "2"}),
        ("GET", "/v1/statistics/incoming-calls", {}),
        ("GET", "/v1/statistics/callback_widget", {}),
        ("POST", "/v1/sms/send", {"number": CUSTOMER, "message": "Hi"}),
        ("POST", "/v1/sms/send", {"number": "442079460017", "message": "Hi"}),
        ("GET", "/v1/sms/templates", {}),
        ("GET", "/v1/sms/senderid", {"phones": "33199001723"}),
        ("POST", "/v1/info/number_lookup", {"numbers": CUSTOMER}),
        ("GET", "/v1/pbx/record/request", {"pbx_call_id": "{ref}"}),
        ("GET", "/v1/pbx/record/request", {"call_id": "{call_id}"}),
        ("DELETE", "/v1/pbx/record/request", {"pbx_call_id": "{ref}"}),
        ("DELETE", "/v1/pbx/record/request", {"call_id": "{call_id}"}),
    ],
)
def test_answers_have_the_shape_of_the_vendors_specification(
    odoo, pbx, method, path, params
):
    spec = specification("zadarma_openapi.json")
    ref = pbx.play("answered")
    for scene in ("missed", "abandoned", "hidden", "outgoing_busy", "internal"):
        pbx.play(scene)
    pbx.settings.templates = ["Your order {$order_id} has been sent."]
    pbx.messages.denied = {"442079460017": "Landline"}
    known = {"odoo": odoo.url, "ref": ref, "call_id": pbx.calls[ref].legs[0].call_id}
    params = {name: value.format(**known) for name, value in params.items()}
    asked = path.format(pbxsip="100")
    answer = success(ask(pbx, asked, params, method=method))
    assert differences(answer, schema_of(spec, method, path)) == []
