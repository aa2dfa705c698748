"""Recordings: links that expire, and the sound behind them."""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timezone

from .book import Book
from .faults import ApiError
from .settings import Settings
from .sound import speech

LIFETIME = (180, 1800, 5184000)  # seconds: shortest, default, longest


class Recordings:
    """What ``/v1/pbx/record/…`` answers."""

    def __init__(self, settings: Settings, book: Book):
        self.settings = settings
        self.book = book
        self._links: dict[str, tuple[float, str]] = {}

    def links(self, params: dict, base: str) -> dict:
        """``link`` for a ``call_id``, else ``links``, and ``lifetime_till``.

        :param base: the address the request was sent to, which the links begin with
        """
        shortest, default, longest = LIFETIME
        lifetime = params.get("lifetime") or str(default)
        if not lifetime.isdigit() or not shortest <= int(lifetime) <= longest:
            raise ApiError("Wrong parameter 'lifetime'")
        till = time.time() + int(lifetime)
        links = [self._link(base, leg, till) for leg in self._find(params)]
        until = self.settings.local(datetime.fromtimestamp(till, timezone.utc))
        if params.get("call_id"):
            return {"link": links[0], "lifetime_till": until}
        return {"links": links, "lifetime_till": until}

    def delete(self, params: dict) -> dict:
        """``file_name`` for a ``call_id``, else ``deleted_files``."""
        legs = self._find(params)
        for leg in legs:
            leg.deleted = True
        names = [_file_name(leg) for leg in legs]
        if params.get("call_id"):
            return {"file_name": names[0]}
        return {"deleted_files": names, "failed_files": []}

    def download(self, token: str) -> bytes | None:
        """The sound behind a link; None where it has expired or never was."""
        till, call_id = self._links.get(token, (0, ""))
        found = self.book.recordings(call_id) if time.time() < till else []
        return speech(found[0][1].talk_seconds, call_id) if found else None

    def _find(self, params):
        call_id, ref = params.get("call_id", ""), params.get("pbx_call_id", "")
        if not call_id and not ref:
            raise ApiError("Wrong parameters: call_id or pbx_call_id is required")
        found = [leg for _call, leg in self.book.recordings(call_id, ref)]
        if not found:
            raise ApiError("File not found", 404)
        return found

    def _link(self, base, leg, till):
        token = secrets.token_urlsafe(12)
        self._links[token] = (till, leg.call_id)
        return f"{base}/v1/pbx/record/download/{token}/{_file_name(leg)}"


def _file_name(leg):
    when = leg.answer.strftime("%Y-%m-%d-%H%M%S")
    return f"1-{leg.call_id}-{leg.extension or 0}-{when}.wav"
