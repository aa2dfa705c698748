"""The clock of the PBX, compared with that of Odoo."""

from __future__ import annotations

import contextlib
from email.utils import parsedate_to_datetime

from .ari import Ari
from .errors import PbxError
from .local_clock import LocalClock


class PbxClock:
    """What ARI tells of time and version.

    :param clock: ours, which may know that of Odoo
    :ivar ahead: seconds that the PBX's clock is ahead of Odoo's
    """

    def __init__(self, ari: Ari | None, clock: LocalClock):
        self._ari, self._clock = ari, clock
        self.ahead = 0.0
        self.version = ""

    def look(self) -> None:
        """Compare, if the PBX answers; to the second, as the header has it."""
        if self._ari is None:
            return
        with contextlib.suppress(PbxError, TypeError, ValueError):
            self.version, date = self._ari.version_and_date()
            now = self._clock.odoo_now()
            told = parsedate_to_datetime(date).timestamp()
            if self._clock.is_known:
                self.ahead = told + 0.5 - now if abs(told - now) > 2 else 0.0
