"""Numbers that are none: so long that a call is told without them.

Cut, they would be somebody else's. What came is in the log, and said for a day.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from .sentences import Said
from .tracker_text import LONGEST

_logger = logging.getLogger(__name__)

HEADERS = ("CallerIDNum", "Exten", "DestCallerIDNum", "DestExten")
#: Seconds for which it is said, and between two lines of the log.
SAID, PAUSE = 86_400.0, 60.0
#: Characters that are logged, and that are said.
LOGGED, SHOWN = 500, 20


class LongNumbers:
    """Watches for them among what the PBX says.

    :ivar last: the last one, with when it came by a clock that nobody sets
    """

    def __init__(self):
        self.last: tuple[str, float] | None = None

    def watch(self, message: Mapping, _at: float) -> None:
        """Look at a message of AMI; to be called with each."""
        for name in HEADERS:
            value = message.get(name)
            if isinstance(value, str) and len(value) > LONGEST:
                now = time.monotonic()
                if self.last is None or now - self.last[1] > PAUSE:
                    _logger.warning(
                        "A number of %d characters is left out, %s: %r",
                        len(value),
                        name,
                        value[:LOGGED],
                    )
                self.last = value, now

    def in_words(self) -> str:
        """Return what to say of them; nothing when there was none for a day."""
        if self.last is None or time.monotonic() - self.last[1] > SAID:
            return ""
        value = self.last[0]
        return Said(
            "long_number", length=len(value), number=value[:SHOWN], most=LONGEST
        )
