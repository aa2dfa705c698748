"""What a browser is told to be a telephone of a PBX."""

import base64
import hashlib
import hmac

import pytest

from telephony_crm.pbx import softphone

URL = "wss://pbx.example:8089/ws"
NOW = 1_768_472_100


def test_the_domain_is_the_host_of_the_address_unless_one_is_set():
    assert softphone.domain({"softphone_url": URL}) == "pbx.example"
    settings = {"softphone_url": URL, "sip_domain": "sip.example"}
    assert softphone.domain(settings) == "sip.example"
    assert softphone.domain({"softphone_url": "wss://[2001:db8::1]/ws"}) == (
        "[2001:db8::1]"
    )


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"softphone_url": URL}, ""),
        ({"softphone_url": "ws://127.0.0.1:8088/ws"}, ""),
        ({}, "address"),
        ({"softphone_url": ""}, "address"),
        ({"softphone_url": "https://pbx.example/ws"}, "address"),
        ({"softphone_url": "wss:///ws"}, "address"),
        ({"softphone_url": "wss://[::1/ws"}, "address"),
        ({"softphone_url": URL, "sip_domain": "sip.example>;x"}, "domain"),
        ({"softphone_url": URL, "sip_domain": "two words"}, "domain"),
    ],
)
def test_what_is_missing_is_said(settings, problem):
    assert softphone.problem(settings) == problem


def test_without_servers_the_sound_goes_straight():
    assert softphone.ice_servers({}, "7", NOW) == []


def test_a_turn_user_of_ones_own_is_used_as_it_is():
    settings = {
        "softphone_stun": "stun:a.example stun:b.example:3478",
        "softphone_turn": "turns:c.example",
        "softphone_turn_user": "office",
        "softphone_turn_secret": "hidden",
    }
    assert softphone.ice_servers(settings, "7", NOW) == [
        {"urls": ["stun:a.example", "stun:b.example:3478"]},
        {"urls": ["turns:c.example"], "username": "office", "credential": "hidden"},
    ]


def test_a_shared_turn_secret_stays_here_and_gives_a_password_for_a_day():
    settings = {"softphone_turn": "turn:c.example", "softphone_turn_secret": "hidden"}
    (server,) = softphone.ice_servers(settings, "7", NOW)
    assert server["username"] == f"{NOW + 86400}:7"
    digest = hmac.new(b"hidden", server["username"].encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(digest).decode()
    assert "hidden" not in str(server)


def test_a_number_is_dialled_as_the_phones_of_the_pbx_do():
    assert softphone.dialled({}, "+442037691880") == "+442037691880"
    abroad = {"number": "00{digits}"}
    assert softphone.dialled(abroad, "+442037691880") == "00442037691880"
    assert softphone.dialled(abroad, "111") == "111"


def test_an_account_is_that_of_the_extension():
    account = softphone.account({"softphone_url": URL}, "110", "s3cret", "7", NOW)
    assert account == {
        "uri": "sip:110@pbx.example",
        "extension": "110",
        "domain": "pbx.example",
        "password": "s3cret",
        "url": URL,
        "ice_servers": [],
    }
