"""The clock of the PBX, compared with that of Odoo."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from .ari import Ari
from .errors import PbxError


class PbxClock:
    """What ARI tells of time and version.

    :param now: the time by Odoo's clock
    :ivar ahead: seconds that the PBX's clock is ahead of Odoo's
    """

    def __init__(self, ari: Ari | None, now: Callable[[], float]):
        self._ari, self._now = ari, now
        self.ahead = 0.0
        self.version = ""

    def look(self) -> None:
        """Compare, if the PBX answers; to the second, as the header has it."""
        if self._ari is None:
            return
        with contextlib.suppress(PbxError, TypeError, ValueError, KeyError):
            response = self._ari.request("GET", "/ari/asterisk/info")
            now = self._now()
            told = parsedate_to_datetime(response.headers["Date"]).timestamp()
            self.ahead = told + 0.5 - now if abs(told - now) > 2 else 0.0
            self.version = str(response.json()["system"]["version"])[:40]
