"""Reading what a PBX answers to our requests, whatever it is."""

from __future__ import annotations

import json
import re
import time
from email.utils import parsedate_to_datetime

from .errors import AuthError, PbxError, RateLimited
from .messages import HttpResponse

NONSENSE = "The PBX gave an answer that cannot be understood."


def read_json(response: HttpResponse) -> dict:
    """Return the JSON object of an answer, and tell the usual failures apart.

    :raises RateLimited: 429
    :raises AuthError: 401, 403
    :raises PbxError: anything that is no JSON object
    """
    if response.status == 429:
        raise rate_limited(response)
    if response.status in (401, 403):
        raise AuthError(message="The PBX does not accept the key and secret.")
    try:
        answer = json.loads(response.body.decode())
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise PbxError("nonsense", NONSENSE)
    return answer


def rate_limited(response: HttpResponse) -> RateLimited:
    """Return the error for an answer that says "not so fast".

    ``X-RateLimit-Reset`` may be a time of day in Unix seconds or a length, and
    vendors do not say which: a number as large as a time is taken for one. It counts
    from the answer's own ``Date``, so a wrong clock on either side does not matter.
    """
    value = response.headers.get("x-ratelimit-reset") or response.headers.get(
        "retry-after", ""
    )
    seconds = int(value) if re.fullmatch(r"\d{1,12}", value.strip()) else 60
    if seconds > 1_000_000_000:
        try:
            now = parsedate_to_datetime(response.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            now = time.time()
        seconds -= int(now)
    return RateLimited(
        message="The PBX takes no more requests for the moment.",
        retry_after=min(max(seconds, 1), 3600),
    )


def plain(text, limit: int = 200) -> str:
    """Return a vendor's words as one line that may be shown to a person."""
    words = text if isinstance(text, str) else ""
    shown = "".join(char if char.isprintable() else " " for char in words[: 4 * limit])
    return " ".join(shown.split())[:limit]
