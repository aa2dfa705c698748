"""What the bridge looks after each second: what is wrong with it, and its file."""

from __future__ import annotations

import logging
import sqlite3

from .clock import PbxClock
from .leader import Leader
from .listener import Listener
from .outbox import Outbox
from .problems import in_words
from .sender import Sender
from .status import Status

_logger = logging.getLogger(__name__)

#: Seconds that the PBX's clock may be off without anybody being told.
CLOCK = 5.0


class Upkeep:
    """Looks, and has `status` say what it finds.

    :param asterisk: `config.AsteriskConfig`
    """

    def __init__(
        self,
        asterisk,
        status: Status,
        outbox: Outbox,
        clock: PbxClock,
        listener: Listener,
        leader: Leader,
        sender: Sender,
    ):
        self._asterisk, self._status = asterisk, status
        self._outbox, self._clock = outbox, clock
        self._listener, self._leader, self._sender = listener, leader, sender
        self._ticks = 0

    def look(self) -> None:
        """Note what is wrong, and tidy up now and then; to be called each second."""
        self._ticks += 1
        self._look_at_connections()
        self._look_at_clock()
        aside = self._outbox.aside
        self._status.problem(
            "damaged",
            "The file of what waits was damaged and is kept as "
            f"{aside.name}; what waited in it has not been told."
            if aside
            else "",
        )
        try:
            self._tidy()
        except sqlite3.Error as error:
            _logger.error("What waits cannot be looked after: %s", error)

    def _look_at_connections(self):
        error = self._listener.error or self._leader.problem
        self._status.problem("pbx", in_words(error, self._asterisk) if error else "")
        self._status.problem("odoo", self._sender.problem)
        client = self._listener.client
        dirt = client.dirt if client else 0
        self._status.problem(
            "dirt",
            f"The PBX sent {dirt} messages that make no sense or are too long; they "
            "were left out."
            if dirt
            else "",
        )

    def _look_at_clock(self):
        ahead = self._clock.ahead
        self._status.problem(
            "clock",
            f"The clock of the PBX is {abs(ahead):.0f} seconds "
            f"{'ahead of' if ahead > 0 else 'behind'} that of Odoo. Set it right."
            if abs(ahead) > CLOCK
            else "",
        )

    def _tidy(self):
        if self._leader.sees_another:
            self._outbox.forget_held()
        elif not self._leader.is_silent:
            self._outbox.take_over()
        if self._ticks % 30 == 5:
            self._clock.look()
            self._outbox.tidy()
            if self._clock.version:
                self._status.set(asterisk=f"Asterisk {self._clock.version}")
