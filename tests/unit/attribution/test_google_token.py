"""How Google is asked for a passing token."""

import base64
import json
from datetime import datetime
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from telephony_crm_tracking.attribution import destination

NOW = datetime(2026, 1, 16, 12)


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_a_service_account_signs_for_its_token(key):
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    account = {
        "client_email": "odoo@shop.example.com",
        "private_key": pem,
        "token_uri": "https://evil.example.com/",
    }
    own = destination.get("google_data_manager")
    request = own.token({"service_account": json.dumps(account)}, NOW)
    assert request.url == "https://oauth2.googleapis.com/token"
    assert "PRIVATE" not in repr(request)
    form = parse_qs(request.body.decode())
    head, claim, signature = form["assertion"][0].split(".")
    key.public_key().verify(
        decoded(signature),
        f"{head}.{claim}".encode(),
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    said = json.loads(decoded(claim))
    assert said["scope"] == "https://www.googleapis.com/auth/datamanager"
    assert said["exp"] - said["iat"] == 3600
    assert said["iat"] == 1768564800


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_person_who_agreed_has_a_refresh_token():
    settings = {"client_id": "a", "client_secret": "b", "refresh_token": "c "}
    request = destination.get("google_data_manager").token(settings, NOW)
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["a"],
        "client_secret": ["b"],
        "refresh_token": ["c"],
    }


@pytest.mark.parametrize(
    "settings",
    [{}, {"client_id": "a"}, {"service_account": "{"}, {"service_account": "[]"},
     {"service_account": '{"client_email": "a", "private_key": "b"}'}],
)  # fmt: skip
def test_a_key_that_cannot_be_used_is_said(settings):
    with pytest.raises(ValueError, match="service account"):
        destination.get("google_data_manager").token(settings, NOW)
