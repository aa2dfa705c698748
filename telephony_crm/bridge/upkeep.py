"""What the bridge looks after each second: what is wrong with it, and its file."""

from __future__ import annotations

import logging
import sqlite3
import time

from .cdr_silence import CdrSilence
from .clock import PbxClock
from .errors import PbxError
from .given_up import GivenUp
from .leader import Leader
from .listener import Listener
from .local_clock import LocalClock
from .long_numbers import LongNumbers
from .outbox import Outbox
from .problems import in_words
from .sender import Sender
from .sentences import Said
from .status import Status
from .watchman import Watchman

_logger = logging.getLogger(__name__)

#: Seconds that the PBX's clock may be off without anybody being told.
CLOCK = 5.0
#: Seconds for which is said what came to be wrong once.
SAID = 86_400.0


class Upkeep:
    """Looks, and has `status` say what it finds.

    :param asterisk: `config_sections.AsteriskConfig`
    """

    def __init__(
        self,
        asterisk,
        status: Status,
        outbox: Outbox,
        clock: LocalClock,
        pbx_clock: PbxClock,
        listener: Listener,
        leader: Leader,
        sender: Sender,
        long_numbers: LongNumbers,
        cdr_silence: CdrSilence,
        given_up: GivenUp,
        watchman: Watchman,
    ):
        self._asterisk, self._status = asterisk, status
        self._outbox, self._clock, self._pbx_clock = outbox, clock, pbx_clock
        self._listener, self._leader, self._sender = listener, leader, sender
        self._long_numbers, self._watchman = long_numbers, watchman
        self._cdr_silence, self._given_up = cdr_silence, given_up
        # The connection that was looked at, and how much of what it brought was none;
        # how much that was in all, and when it was last more.
        self._client, self._dirt = None, 0
        self._dirty, self._dirty_at = 0, float("-inf")
        self._ticks = 0

    def look(self) -> None:
        """Note what is wrong, and tidy up now and then; to be called each second."""
        self._ticks += 1
        self._look_at_connections()
        self._look_at_clock()
        aside = self._outbox.aside
        self._status.problem(
            "damaged",
            Said("damaged", file=aside.name) if aside else "",
        )
        try:
            self._tidy()
        except sqlite3.Error as error:
            _logger.error("What waits cannot be looked after: %s", error)

    def _look_at_connections(self):
        error = self._listener.error or self._leader.problem
        self._watchman.look()
        if self._watchman.is_deaf and not error:
            error = PbxError("ami_deaf")
        self._status.problem("pbx", in_words(error, self._asterisk) if error else "")
        self._status.problem("odoo", self._sender.problem)
        self._status.problem("dirt", self._words_of_dirt())
        self._status.problem("number", self._long_numbers.in_words())
        self._status.problem("calls", self._given_up.in_words())
        words = self._cdr_silence.in_words(self._asterisk.ami_user)
        self._status.problem("cdr", words)

    def _words_of_dirt(self):
        """Return what to say of messages that were none, for a day after the last."""
        client, now = self._listener.client, time.monotonic()
        if client is not self._client:
            self._client, self._dirt = client, 0
        dirt = client.dirt if client else 0
        if dirt > self._dirt:
            self._dirty += dirt - self._dirt
            self._dirt, self._dirty_at = dirt, now
        if now - self._dirty_at > SAID:
            self._dirty = 0
        return Said("dirt", count=self._dirty) if self._dirty else ""

    def _look_at_clock(self):
        self._clock.watch()
        ahead = self._pbx_clock.ahead
        code = "clock_ahead" if ahead > 0 else "clock_behind"
        is_off = abs(ahead) > CLOCK
        words = Said(code, seconds=f"{abs(ahead):.0f}") if is_off else ""
        self._status.problem("clock", words)

    def _tidy(self):
        if self._leader.sees_another:
            self._outbox.forget_held()
        elif not self._leader.is_silent:
            self._outbox.take_over()
        if self._ticks % 30 == 5:
            self._pbx_clock.look()
            self._outbox.tidy()
            if self._pbx_clock.version:
                self._status.set(asterisk=f"Asterisk {self._pbx_clock.version}")
