"""The clock of the PBX, compared with that of Odoo."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from .ari import Ari
from .errors import PbxError
from .local_clock import LocalClock

#: Seconds that are not told from the time that an answer takes.
NEAR = 2.0


class PbxClock:
    """What ARI tells of time and version; where it is not there, AMI.

    :param clock: ours, which may know that of Odoo
    :param action: `Ami.action` of whichever connection there is
    :ivar ahead: seconds that the PBX's clock is ahead of Odoo's
    """

    def __init__(self, ari: Ari | None, clock: LocalClock, action: Callable[..., dict]):
        self._ari, self._clock, self._action = ari, clock, action
        self.ahead = 0.0
        self.version = ""

    def look(self) -> None:
        """Compare, if the PBX answers."""
        with contextlib.suppress(PbxError, TypeError, ValueError, KeyError):
            self._by_ari() if self._ari else self._by_ami()

    def _by_ari(self):
        """Compare to the second, as the header has it."""
        self.version, date = self._ari.version_and_date()
        now = self._clock.odoo_now()
        self._note(parsedate_to_datetime(date).timestamp(), now, 0.5)

    def _by_ami(self):
        told = float(self._action("Ping")["Timestamp"])
        self._note(told, self._clock.odoo_now(), 0.0)
        if not self.version:
            self.version = str(self._action("CoreSettings")["AsteriskVersion"])[:40]

    def _note(self, told, now, cut):
        """Take what the PBX's clock says; ``cut`` is what it leaves out on average."""
        if self._clock.is_known:
            self.ahead = told + cut - now if abs(told - now) > NEAR else 0.0
