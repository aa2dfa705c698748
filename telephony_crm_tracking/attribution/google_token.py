"""Passing tokens of Google, for a service account or for a person who agreed.

OAuth 2.0: RFC 6749 (refresh token), RFC 7523 (a service account signs with its key).
The address is Google's own whatever the key file says.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import urlencode

from .answers import data
from .conversion import Request
from .destination import said

URL = "https://oauth2.googleapis.com/token"
SECONDS = 3600


def request(settings: Mapping[str, str], scope: str, now: datetime) -> Request:
    """Return the request for a token.

    :param settings: ``service_account`` (the key file's JSON), or ``client_id``,
        ``client_secret`` and ``refresh_token``
    :param now: naive UTC
    :raises ValueError: when neither is there, or the key cannot be used
    """
    names = ("client_id", "client_secret", "refresh_token")
    if key := said(settings, "service_account"):
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": _assertion(key, scope, now),
        }
    elif all(said(settings, name) for name in names):
        form = {"grant_type": "refresh_token"}
        form |= {name: said(settings, name) for name in names}
    else:
        raise ValueError("neither a service account nor a refresh token is entered")
    return Request(
        "POST",
        URL,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )


def read(status: int, body: bytes) -> tuple[str, int]:
    """Return the token and for how many seconds it is good.

    :raises ValueError: with Google's code when there is none in the answer
    """
    found = data(body)
    token, seconds = found.get("access_token"), found.get("expires_in", SECONDS)
    if status == 200 and isinstance(token, str) and token:
        return token, seconds if isinstance(seconds, int) else SECONDS
    code = found.get("error")
    raise ValueError(code if isinstance(code, str) else f"HTTP {status}")


def _assertion(key, scope, now):
    """Return a signed claim (RFC 7519) that we are the service account."""
    # Odoo has it; only who uses a service account needs it loaded.
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    try:
        account = json.loads(key)
        name, pem = account["client_email"], account["private_key"]
        private = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("the key of the service account cannot be read") from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise ValueError("the key of the service account is none of RSA")
    issued = int(now.replace(tzinfo=timezone.utc).timestamp())
    claim = {
        "iss": name,
        "scope": scope,
        "aud": URL,
        "iat": issued,
        "exp": issued + SECONDS,
    }
    signed = ".".join(map(_part, ({"alg": "RS256", "typ": "JWT"}, claim)))
    signature = private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_base64(signature)}"


def _part(found):
    return _base64(json.dumps(found, separators=(",", ":")).encode())


def _base64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
