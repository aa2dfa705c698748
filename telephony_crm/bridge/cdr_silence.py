"""Records of calls that AMI should tell, and does not.

Asterisk tells them only where ``cdr_manager.conf`` says so, which is not how it comes;
and without them nobody could fill what the bridge has not seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from .sentences import Said
from .tracker_config import SPY

#: So many calls without any record are no accident; a dialplan may leave out one.
CALLS = 3
#: Seconds after the first of them: records may be told in batches (``cdr.conf``), by
#: default after 300.
PATIENCE = 600.0
#: ``AST_STATE_UP``: somebody talked, for which there is a record by all settings.
UP = "6"


class CdrSilence:
    """Watches for records among what the PBX says.

    :param is_needed: there is no table that they are read from
    :param now: a clock that nobody sets
    """

    def __init__(self, is_needed: bool, now: Callable[[], float] = time.monotonic):
        self._is_needed, self._now = is_needed, now
        self._calls, self._since = 0, 0.0

    def watch(self, message: Mapping, _at: float) -> None:
        """Look at a message of AMI; to be called with each."""
        event = message.get("Event")
        if event == "Cdr":
            self._calls = 0
        elif event == "Hangup" and message.get("ChannelState") == UP:
            call = str(message.get("Linkedid", ""))
            if message.get("Uniqueid") == call and not call.startswith(SPY):
                self._since = self._since if self._calls else self._now()
                self._calls += 1

    def in_words(self, user: str) -> str:
        """Return what to say and what to change; nothing: records come, or may yet.

        :param user: of AMI
        """
        is_silent = self._calls >= CALLS and self._now() - self._since > PATIENCE
        if not (self._is_needed and is_silent):
            return ""
        return Said("cdr_silence", count=self._calls, user=user)
