"""Commands that need no request to the PBX: what the bridge knows or keeps itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from urllib.parse import unquote

from .allowed import Reach
from .cdr import LIMIT, Cdr
from .errors import Refused
from .recordings import Recordings
from .sentences import Said, sources

RECORDING = "/bridge/recording/"


class OwnAnswers:
    """Answers what is asked below ``/bridge``; see `commands.Commands`."""

    def __init__(
        self,
        cdr: Cdr,
        recordings: Recordings,
        check: Callable[[], dict],
        retry: Callable[[], int],
        reach: Reach,
    ):
        self._cdr, self._recordings = cdr, recordings
        self._check, self._retry, self._reach = check, retry, reach

    def answer(self, command: Mapping, path: str) -> tuple[int, dict, bytes]:
        """Return status, headers and body.

        :raises Refused: when it is not carried out
        """
        for prefix, answer in (
            ("/bridge/check", self._answer_check),
            ("/bridge/cdr", self._answer_cdr),
            ("/bridge/retry", self._answer_retry),
            (RECORDING, self._answer_recording),
        ):
            if path.startswith(prefix):
                return answer(command, path)
        raise Refused(404, "There is no such address.")

    def _answer_check(self, command, _path):
        found = self._check()
        context = str((command.get("params") or {}).get("context", ""))
        if context and context not in self._reach.contexts:
            found["problems"].append(Said("context", context=context[:40]))
        return _json({**found, "said": sources(found["problems"])})

    def _answer_cdr(self, command, _path):
        """Return a page of records, which ``more`` may follow.

        Of long ones it holds less than was asked for: as many bytes as ``most``. With
        ``table`` the PBX itself says so; else it is what the bridge has heard.
        """
        asked = command.get("params") or {}
        try:
            start, end = (_moment(asked[name]) for name in ("start", "end"))
            skip, limit = int(asked.get("skip", 0)), int(asked.get("limit", LIMIT))
            most = int(asked.get("most", 0))
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(400, "The period makes no sense.") from error
        limit = min(max(limit, 1), LIMIT)
        try:
            rows = self._cdr.rows(start, end, max(skip, 0), limit)
        except OSError as error:
            raise Refused(500, str(error)) from error
        kept = _fitting(rows, most) if most else rows
        more = len(kept) < len(rows) or len(rows) >= limit
        return _json({"rows": kept, "more": more, "table": self._cdr.has_table})

    def _answer_retry(self, _command, _path):
        return _json({"count": self._retry()})

    def _answer_recording(self, command, path):
        name = unquote(path.removeprefix(RECORDING))
        if command.get("method") != "DELETE":
            found = self._recordings.find(name)
            return (200 if found else 404), {}, b""
        try:
            self._recordings.remove(name)
        except OSError as error:
            raise Refused(403, f"It cannot be removed: {error.strerror}.") from error
        return 204, {}, b""


def _fitting(rows, most):
    """Return the first rows, as many as fit into so many bytes; one at least."""
    left = most - len(_written({"rows": [], "more": True}))
    for count, row in enumerate(rows):
        left -= len(_written(row)) + len(", ")
        if left < 0 and count:
            return rows[:count]
    return rows


def _moment(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment


def _json(found):
    return 200, {"content-type": "application/json"}, _written(found)


def _written(found):
    return json.dumps(found, ensure_ascii=False).encode()
