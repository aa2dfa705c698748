"""Keyed hashes, compared in constant time, and freshness.

Nothing here knows a vendor: an adapter says what is signed and how.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta


def hmac_sha1_hex(secret: str, text: str) -> str:
    """Return HMAC-SHA1 as 40 hexadecimal digits."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest()


def base64_of_hex(secret: str, text: str) -> str:
    """Return base64 over the hexadecimal text of HMAC-SHA1 (as PHP code does it)."""
    return base64.b64encode(hmac_sha1_hex(secret, text).encode()).decode()


def base64_of_digest(secret: str, text: str) -> str:
    """Return base64 over the 20 bytes of HMAC-SHA1."""
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def md5_hex(text: str) -> str:
    """Return MD5 in hexadecimal, where a vendor's format asks for it."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def hmac_sha256_hex(secret: str, data: bytes) -> str:
    """Return HMAC-SHA256 as 64 hexadecimal digits."""
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Tell whether two strings are equal, in a time that tells nothing."""
    return hmac.compare_digest(
        left.encode(errors="surrogatepass"), right.encode(errors="surrogatepass")
    )


def is_any_of(given: str, expected: Iterable[str]) -> bool:
    """Tell whether ``given`` is one of ``expected``; all are looked at every time."""
    found = False
    for candidate in expected:
        found = same(given, candidate) | found
    return found


def is_fresh(occurred: datetime | None, now: datetime, seconds: int = 300) -> bool:
    """Tell whether something happened within ``seconds`` of ``now``, either way.

    Both times are naive UTC. What has no time is not fresh: a signature without one
    can be replayed for ever.
    """
    return occurred is not None and abs(now - occurred) <= timedelta(seconds=seconds)
