"""Our own time, which goes on evenly, and how far it is from that of Odoo.

Somebody may set the machine's clock while calls go on, or it may be an hour off while
Odoo is away and nobody can tell. So what happens is noted by a clock that nobody sets,
and put right when it is told: how far it is off is learned from Odoo's own answers.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from datetime import datetime
from pathlib import Path

from .tracker_text import moment

BOOT = Path("/proc/sys/kernel/random/boot_id")
#: The times of an event.
MOMENTS = ("occurred_at", "started_at")
#: Seconds by which the machine's clock may go otherwise than ours unnoticed.
STEP = 2.0
#: What differs by less seconds is not learned anew; nor what differs by less than the
#: answer took, but for these: it may have been held before it told the time.
FINE, COARSE = 0.05, 2.0


class LocalClock:
    """Seconds since 1970 by the machine's clock, as it was when this one began.

    :param anchor: of an earlier process; since the same start of the machine it goes
        on where that one was
    :ivar offset: seconds that it is ahead of Odoo's, as far as that is known
    :ivar is_known: whether Odoo has said what time it is
    """

    def __init__(self, anchor: dict | None = None):
        boot = _boot()
        steady = _steady()
        before = anchor if isinstance(anchor, dict) else {}
        ahead = before.get("ahead")
        if not (boot and before.get("boot") == boot and isinstance(ahead, float)):
            ahead = time.time() - steady
        self.anchor = {"boot": boot, "ahead": ahead}
        self.offset, self.is_known = 0.0, False
        self._lock = threading.Lock()
        self._apart = time.time() - self.now()

    def now(self) -> float:
        """Return our time."""
        return _steady() + self.anchor["ahead"]

    def odoo_now(self) -> float:
        """Return the time by Odoo's clock, as far as it is known."""
        return self.now() - self.offset

    def known_offset(self) -> float | None:
        """Return how far we are ahead of Odoo; `None` while that is not known."""
        return self.offset if self.is_known else None

    @property
    def machine_offset(self) -> float | None:
        """Seconds that the machine's own clock is ahead of Odoo's; `None`: unknown."""
        return time.time() - self.odoo_now() if self.is_known else None

    def learn(self, told: float, asked: float) -> None:
        """Learn what time it is for Odoo.

        :param told: by its clock as it answered
        :param asked: by ours, before it was asked
        """
        now = self.now()
        exact = min(max(now - asked, 0.0), COARSE)
        offset = now - told  # it says so as the last thing that it does
        with self._lock:
            if not self.is_known or abs(offset - self.offset) > exact + FINE:
                self.offset, self.is_known = offset, True

    def watch(self) -> None:
        """See whether the machine's clock was set, or stood still; to be called often.

        Ours may have stood still as well, so what was known of Odoo's is not any more.
        """
        apart = time.time() - self.now()
        if abs(apart - self._apart) > STEP:
            self._apart, self.is_known = apart, False


def put_right(body: str, ahead: float) -> str:
    """Return an event in JSON with its times by Odoo's clock.

    :param ahead: seconds that the clock was ahead by which they were noted
    """
    if not ahead:
        return body
    event = json.loads(body)
    for name in MOMENTS:
        if name in event:
            noted = datetime.fromisoformat(event[name].replace("Z", "+00:00"))
            event[name] = moment(noted.timestamp() - ahead)
    return json.dumps(event)


def _steady():
    """Return seconds that nobody sets, and that all processes agree on."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def _boot():
    """Return what names this start of the machine; nothing where nobody says."""
    with contextlib.suppress(OSError):
        return BOOT.read_text().strip()
    return ""
