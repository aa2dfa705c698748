"""A second look at the PBX: whether AMI tells of the channels that ARI tells of.

AMI's connection may stand and answer, and yet no event come: it is filtered out, or the
user of AMI may not see calls any more. Calls are followed by AMI alone, since it alone
names the call that a channel belongs to, so ARI only says that something is missing.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from .tracker_config import HELPERS

#: Seconds that AMI may be behind ARI, and between two attempts to mend it.
BEHIND, PAUSE = 10.0, 60.0
#: Channels that are remembered of each.
MOST = 2000


class Watchman:
    """Hears of new channels from both.

    :param mend: makes the connection to AMI anew
    :ivar is_deaf: AMI has told of no channel since ARI told of some
    """

    def __init__(self, mend: Callable[[], None]):
        self._mend, self._lock = mend, threading.Lock()
        self._heard: OrderedDict[str, None] = OrderedDict()
        self._missing: OrderedDict[str, float] = OrderedDict()
        self._mended_at = float("-inf")
        self.is_deaf = False

    def see(self, event: Mapping) -> None:
        """Take an event of ARI."""
        channel = event.get("channel")
        if event.get("type") != "ChannelCreated" or not isinstance(channel, dict):
            return
        ref, name = str(channel.get("id", "")), str(channel.get("name", ""))
        with self._lock:
            # AMI says nothing of what Asterisk makes for itself.
            is_helper = name.partition("/")[0].lower() in HELPERS
            if not is_helper and ref not in self._heard and len(self._missing) < MOST:
                self._missing.setdefault(ref, time.monotonic())

    def watch(self, message: Mapping, _at: float) -> None:
        """Take a message of AMI; to be called with each."""
        if message.get("Event") != "Newchannel":
            return
        with self._lock:
            self._heard[str(message.get("Uniqueid", ""))] = None
            if len(self._heard) > MOST:
                self._heard.popitem(last=False)
            self._missing.clear()  # whoever tells of this one would tell of those
            self.is_deaf = False

    def look(self) -> None:
        """Have AMI's connection made anew if it is deaf; to be called now and then."""
        now = time.monotonic()
        with self._lock:
            since = min(self._missing.values(), default=now)
            if now - since <= BEHIND:
                return
            self._missing.clear()
            self.is_deaf = True
            if now - self._mended_at <= PAUSE:
                return
            self._mended_at = now
        self._mend()
