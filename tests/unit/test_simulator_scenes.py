"""The simulator's scenes: which webhooks, in which order, with which truth."""

import ast
import base64
import hashlib
import hmac
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from simulator_odoo import StandIn

from setup.simulator import SCENARIOS, Settings, Simulator
from setup.simulator.signing import sign_event, sign_request

SECRET = "5ec2e7f00dba5eba11ca"
IN = ["NOTIFY_START", "NOTIFY_INTERNAL"]
OUT = ["NOTIFY_OUT_START", "NOTIFY_OUT_END"]
DONE = ["NOTIFY_END", "NOTIFY_RECORD"]
TALK = ["NOTIFY_ANSWER", *DONE]
EXPECTED = {
    "answered": [*IN, *TALK],
    "missed": [*IN, "NOTIFY_END"],
    "abandoned": ["NOTIFY_START", "NOTIFY_END"],
    "busy": [*IN, "NOTIFY_END"],
    "ring_group": [*IN, "NOTIFY_INTERNAL", *TALK],
    "transfer": [*IN, "NOTIFY_ANSWER", "NOTIFY_INTERNAL", *TALK, "NOTIFY_RECORD"],
    "forward": [*IN, *TALK],
    "voicemail": [*IN, *DONE],
    "menu_only": ["NOTIFY_START", "NOTIFY_IVR", "NOTIFY_END"],
    "outgoing_handset": [OUT[0], "NOTIFY_ANSWER", OUT[1], "NOTIFY_RECORD"],
    "outgoing_busy": OUT,
    "click_not_taken": OUT,
    "internal": [OUT[0], "NOTIFY_ANSWER", OUT[1], "NOTIFY_RECORD"],
}


@pytest.fixture
def odoo():
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def pbx(odoo):
    with Simulator(speed=0, webhook_url=odoo.url) as simulator:
        yield simulator


def test_it_shares_no_code_with_the_addon():
    root = Path(__file__).resolve().parents[2]
    for path in (root / "setup" / "simulator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in getattr(node, "names", [])]
            names.append(getattr(node, "module", None) or "")
            assert not any(str(name).startswith("telephony_crm") for name in names)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_scene_posts_its_webhooks_in_order(odoo, pbx, name):
    ref = pbx.play(name)
    assert odoo.events == EXPECTED[name]
    assert {fields["pbx_call_id"] for fields, _ in odoo.posts} == {ref}


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scene_ends_and_knows_its_end(pbx, name):
    refs = pbx.play(name)
    for ref in [refs] if isinstance(refs, str) else refs:
        call = pbx.calls[ref]
        assert call.state == "ended" and call.over.is_set()
        assert call.disposition and call.raw and call.end
        assert all(leg.end and leg.ring <= leg.end for leg in call.legs)
        assert all(entry["status"] == 200 for entry in call.deliveries)


@pytest.mark.parametrize("content", ["urlencoded", "multipart"])
@pytest.mark.parametrize("encoding", ["hex", "raw"])
def test_webhooks_are_signed_in_both_encodings_and_bodies(odoo, encoding, content):
    options = {"encoding": encoding, "content": content, "webhook_url": odoo.url}
    with Simulator(speed=0, **options) as pbx:
        pbx.play("answered", number="+33199001723")
    kind = "multipart/form-data" if content == "multipart" else "application/x-www"
    assert len(odoo.posts) == 5
    for fields, headers in odoo.posts:
        event = fields["event"]
        text = fields.get("caller_id", "") + fields.get("called_did", "")
        if event == "NOTIFY_ANSWER":
            text = fields["caller_id"] + fields["destination"]
        if event == "NOTIFY_RECORD":
            text = fields["pbx_call_id"] + fields["call_id_with_rec"]
        text += fields.get("call_start", "")
        digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha1)
        covered = digest.hexdigest().encode() if encoding == "hex" else digest.digest()
        assert headers["Signature"] == base64.b64encode(covered).decode(), event
        assert headers["Content-Type"].startswith(kind)


@pytest.mark.parametrize(
    ("fields", "encoding", "signature"),
    [
        (
            {
                "event": "NOTIFY_START",
                "caller_id": "442037691880",
                "called_did": "442037691881",
                "call_start": "2026-01-15 10:15:00",
            },
            "hex",
            "M2Y4NDQ0NzU4ZmMzZjczMTgzMDYzYmNiNjY4NjUyN2RhOGU0OGI1Ng==",
        ),
        (
            {
                "event": "NOTIFY_END",
                "caller_id": "442037691880",
                "called_did": "442037691881",
                "call_start": "2026-01-15 10:15:00",
            },
            "raw",
            "P4REdY/D9zGDBjvLZoZSfajki1Y=",
        ),
        (
            {
                "event": "NOTIFY_OUT_START",
                "internal": "100",
                "destination": "442037691881",
                "call_start": "2026-01-15 10:15:00",
            },
            "hex",
            "YTRkYjc1ODM3ZDJiYjcyY2QwMzJlMmE5NjY1ZjgwZThiOWIzMjdjMA==",
        ),
        (
            {
                "event": "NOTIFY_RECORD",
                "pbx_call_id": "in_ae6b03b3b0765d127ec0b739209346bbc4f0d52d",
                "call_id_with_rec": "1458313316.343456",
            },
            "hex",
            "ZDgyNGVjMjllMTEwYzYxZWFhMmZmMDc1NDJjY2UzMzE2YjM4ZDA5ZA==",
        ),
        (
            {
                "event": "SMS",
                "result": '{"caller_id":"442037691880","caller_did":"442037691881"'
                ',"text":"Hi"}',
            },
            "hex",
            "YjUzMGM5YWQwMjZhMDMzMjg3ZTkyZTlkNjYzZGQ3NzFiMTJiNzE5YQ==",
        ),
    ],
)
def test_signatures_of_webhooks_are_the_known_ones(fields, encoding, signature):
    assert sign_event("testsecret", fields, encoding) == signature


@pytest.mark.parametrize(
    ("secret", "path", "params", "signature"),
    [
        (
            "testsecret",
            "/v1/request/callback/",
            {"to": "442037691881", "from": "100", "sip": "100", "format": "json"},
            "YTMxZGNlNzYxYWUwYzYwYTZlOGVkMzBiYzM2YTJjNTU5MjhjMmY4MQ==",
        ),
        (
            "sk000000000000000000",
            "/v1/request/callback/",
            {"from": "499499-100", "sip": "499499-100", "to": "50688887777"},
            "OGIxZDkyNzJmNzQzMmQwNzUzMTJlYjhmMTM4NGU2MzgxY2VhODhhOQ==",
        ),
        (
            "sk000000000000000000",
            "/v1/info/balance/",
            {},
            "NjlkOTQzYjZhNzRhMmZjZjQ1YTY5MjYxYzE1YTM1YTEwMWE3ZWMxOA==",
        ),
    ],
)
def test_signatures_of_requests_are_the_known_ones(secret, path, params, signature):
    assert sign_request(secret, path, params) == signature


def test_an_account_without_keys_signs_nothing(odoo):
    with Simulator(speed=0, webhook_url=odoo.url, key="", secret="") as pbx:
        pbx.play("missed")
    assert all("Signature" not in headers for _fields, headers in odoo.posts)


@pytest.mark.parametrize(
    ("tz", "zone"),
    [
        ("Europe/Kyiv", ZoneInfo("Europe/Kyiv")),
        ("UTC+5:30", timezone(timedelta(hours=5, minutes=30))),
        ("UTC-3", timezone(timedelta(hours=-3))),
    ],
)
def test_times_are_written_in_the_accounts_zone(odoo, tz, zone):
    with Simulator(speed=0, webhook_url=odoo.url, tz=tz) as pbx:
        call = pbx.calls[pbx.play("missed")]
    written = odoo.fields("NOTIFY_START")["call_start"]
    local = datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    assert local == call.start


def test_an_unknown_time_zone_is_refused_at_the_start():
    with pytest.raises(ValueError, match="unknown time zone"):
        Settings.load(tz="Atlantis/Capital")


def test_without_pauses_a_call_ends_now_and_keeps_its_length(pbx):
    call = pbx.calls[pbx.play("answered", talk=250)]
    assert abs(call.end - datetime.now(timezone.utc)) < timedelta(seconds=60)
    assert call.talk_seconds == 250
    assert call.end - call.start == timedelta(seconds=256)


def test_lengths_may_shrink_with_the_pauses(odoo):
    with Simulator(speed=0.05, shrink=True, webhook_url=odoo.url) as pbx:
        call = pbx.calls[pbx.play("answered", talk=60)]
    assert call.talk_seconds == 3
    assert odoo.fields("NOTIFY_END")["duration"] == "3"
    assert call.end - call.start == timedelta(seconds=3.3)


def test_a_call_may_lie_in_the_past(pbx):
    call = pbx.calls[pbx.play("missed", ago=900)]
    assert datetime.now(timezone.utc) - call.end >= timedelta(seconds=899)


def test_the_end_says_how_it_was(odoo, pbx):
    call = pbx.calls[pbx.play("answered", talk=42)]
    end, record = odoo.fields("NOTIFY_END"), odoo.fields("NOTIFY_RECORD")
    assert (end["duration"], end["disposition"]) == ("42", "answered")
    assert (end["status_code"], end["internal"]) == ("16", "100")
    assert end["is_recorded"] == "1"
    assert end["call_id_with_rec"] == record["call_id_with_rec"] == call.legs[0].call_id


def test_the_loser_of_a_ring_group_was_answered_elsewhere(odoo, pbx):
    call = pbx.calls[pbx.play("ring_group")]
    assert [(leg.extension, leg.disposition) for leg in call.legs] == [
        ("100", "answered_elsewhere"),
        ("101", "answered"),
    ]
    assert odoo.fields("NOTIFY_END")["internal"] == "101"


def test_a_transfer_has_two_talks_and_two_recordings(odoo, pbx):
    call = pbx.calls[pbx.play("transfer", talk=20)]
    assert [(leg.extension, leg.talk_seconds) for leg in call.legs] == [
        ("100", 20),
        ("101", 20),
    ]
    assert call.talk_seconds == 40
    recorded = [f["call_id_with_rec"] for f, _ in odoo.posts if "RECORD" in f["event"]]
    assert recorded == [leg.call_id for leg in call.legs]


def test_a_forward_is_answered_by_the_mobile(odoo, pbx):
    call = pbx.calls[pbx.play("forward")]
    answer = odoo.fields("NOTIFY_ANSWER")
    assert answer["destination"] == "447400123410" and "internal" not in answer
    assert [leg.kind for leg in call.legs] == ["agent", "external"]


def test_a_hidden_caller_has_no_number(odoo, pbx):
    call = pbx.calls[pbx.play("hidden", number="+33199001723")]
    assert odoo.fields("NOTIFY_START")["caller_id"] == "0"
    assert call.hidden and not call.number


def test_two_callers_at_once_are_two_calls(pbx):
    refs = pbx.play("two_at_once", customer="olena")
    first, second = (pbx.calls[ref] for ref in refs)
    assert first.number == "+380442000017" != second.number
    assert (first.disposition, second.disposition) == ("answered", "missed")
    assert first.start < second.end and second.start < first.end


def test_a_click_may_be_told_as_two_legs_under_one_id(odoo, pbx):
    pbx.settings.callback_legs = 2
    pbx.play("click_busy", number="+33199001723")
    legs = [
        (f["event"], f["calltype"], f["destination"], f.get("disposition"))
        for f, _ in odoo.posts
    ]
    assert legs == [
        ("NOTIFY_OUT_START", "callback_leg1", "100", None),
        ("NOTIFY_OUT_START", "callback_leg2", "+33199001723", None),
        ("NOTIFY_OUT_END", "callback_leg1", "100", "answered"),
        ("NOTIFY_OUT_END", "callback_leg2", "+33199001723", "busy"),
    ]


def test_the_reply_redirects_and_names_the_caller(odoo, pbx):
    odoo.replies["NOTIFY_START"] = {"redirect": "101", "caller_name": "Acme / J. Doe"}
    call = pbx.calls[pbx.play("answered")]
    assert odoo.fields("NOTIFY_INTERNAL")["internal"] == "101"
    assert (call.redirect, call.caller_name) == ("101", "Acme / J. Doe")
    assert call.extension == "101"


def test_a_redirect_rings_nobody_else_of_the_group(odoo, pbx):
    odoo.replies["NOTIFY_START"] = {"redirect": "102"}
    pbx.play("ring_group")
    assert odoo.events == EXPECTED["answered"]
    assert odoo.fields("NOTIFY_ANSWER")["internal"] == "102"


def test_a_redirect_to_the_colleague_still_allows_a_transfer(odoo, pbx):
    odoo.replies["NOTIFY_START"] = {"redirect": "101"}
    call = pbx.calls[pbx.play("transfer")]
    assert [leg.extension for leg in call.legs] == ["101", "100"]


@pytest.mark.parametrize("reply", [{"redirect": "blacklist"}, {"hangup": 1}])
def test_a_refused_caller_rings_nobody(odoo, pbx, reply):
    odoo.replies["NOTIFY_START"] = reply
    call = pbx.calls[pbx.play("answered")]
    assert odoo.events == ["NOTIFY_START", "NOTIFY_END"]
    assert call.blocked and call.disposition == "rejected" and not call.legs


def test_a_redirect_to_nobody_is_as_if_nothing_was_said(odoo, pbx):
    odoo.replies["NOTIFY_START"] = {"redirect": "999"}
    pbx.play("answered")
    assert odoo.fields("NOTIFY_INTERNAL")["internal"] == "100"


def test_what_the_protocol_leaves_open_can_be_spelled_otherwise(odoo, pbx):
    spelling = pbx.spelling
    spelling.plus, spelling.internal, spelling.answer = False, "long", "extension"
    spelling.internal_end = True
    pbx.play("ring_group", number="+33199001723")
    assert odoo.fields("NOTIFY_START")["caller_id"] == "33199001723"
    assert odoo.fields("NOTIFY_INTERNAL")["internal"] == "499499-100"
    assert odoo.fields("NOTIFY_INTERNAL_END")["internal"] == "499499-100"
    answer = odoo.fields("NOTIFY_ANSWER")
    assert answer["destination"] == "499499-101" and "internal" not in answer
