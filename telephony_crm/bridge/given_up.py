"""Calls that nobody follows any more, since there were too many at once."""

from __future__ import annotations

import time

from .sentences import Said
from .tracker import Tracker

#: Seconds for which it is said.
SAID = 86_400.0


class GivenUp:
    """Watches how many calls the tracker has given up."""

    def __init__(self, tracker: Tracker):
        self._tracker = tracker
        self._known, self._since, self._at = 0, 0, float("-inf")

    def in_words(self) -> str:
        """Return what to say of them; nothing when there was none for a day."""
        count, now = self._tracker.dropped, time.monotonic()
        if count > self._known:
            if now - self._at > SAID:
                self._since = self._known
            self._known, self._at = count, now
        if now - self._at > SAID:
            return ""
        most = self._tracker.config.max_calls
        return Said("given_up", most=most, count=count - self._since)
