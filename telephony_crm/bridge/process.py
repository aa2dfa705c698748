"""The parts of the bridge, put together."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import socket
import sqlite3
import threading
from pathlib import Path

from .allowed import Reach
from .cdr import Cdr
from .cdr_silence import CdrSilence
from .cdr_table import Table
from .clock import PbxClock
from .commands import Commands
from .config_sections import Config
from .config_values import verify_of, words
from .connections import ami_of, ari_of, check_of, tracker_config
from .errors import Gone
from .given_up import GivenUp
from .leader import Leader
from .leader_places import AmiPlace, AriPlace, names_of
from .listener import Listener
from .long_numbers import LongNumbers
from .odoo import Odoo
from .outbox import Outbox
from .outbox_file import clock_of
from .poller import Poller
from .recordings import Recordings
from .sender import Sender
from .status import Status
from .tracker import Tracker
from .upkeep import Upkeep
from .version import VERSION
from .watchman import Watchman

_logger = logging.getLogger(__name__)

#: What is kept in the folder.
FILE = "outbox.sqlite"
#: Seconds between looks at itself; for its end, after which it is cut short.
TICK, ENDING = 1.0, 45.0


class Bridge:
    """One bridge of one PBX.

    :param config: `config_sections.Config`
    """

    def __init__(self, config: Config):
        self.config = config
        asterisk = config.asterisk
        self.ari = ari_of(asterisk)
        folder = Path(config.bridge.data)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _alone_in(folder)
        self.outbox = Outbox(folder / FILE, config.bridge.limit)
        self.clock = self.outbox.insist(clock_of)
        self.outbox.offset = self.clock.known_offset
        self.odoo = Odoo(
            config.odoo.url,
            config.odoo.secret,
            verify_of(config.odoo.verify),
            config.odoo.database,
            self.clock,
        )
        self.status = Status(VERSION)
        tracking = tracker_config(config)
        self.tracker = Tracker(tracking, self.outbox.state())
        self.pbx_clock = PbxClock(self.ari, self.clock, self._action)
        table = Table(config.cdr) if config.cdr.engine else None
        self.cdr = Cdr(
            self.outbox, tracking, table, config.cdr.tz, lambda: self.pbx_clock.ahead
        )
        long_numbers, cdr_silence = LongNumbers(), CdrSilence(table is None)
        watchman = Watchman(lambda: self.listener.reconnect())
        self.listener = Listener(
            self.connect,
            self.tracker,
            self.outbox,
            self.status,
            self.clock.now,
            lambda: self.leader.is_silent,
            (self.cdr.watch, cdr_silence.watch, long_numbers.watch, watchman.watch),
        )
        # Another one on the same machine has another name.
        instance = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        app, variable = names_of(config.odoo.url)
        place = AmiPlace(self._action)
        if self.ari:
            place = AriPlace(self.ari, app, watchman.see)
        self.leader = Leader(
            place, instance, variable, self._on_change, lambda: self.listener.hears
        )
        self.sender = Sender(self.outbox, self.odoo)
        commands = Commands(
            self.ari,
            lambda: self.listener.client,
            self.cdr,
            Recordings(asterisk.recordings),
            check_of(config).run,
            self.outbox.retry,
            Reach(words(config.calls.contexts), tracking),
        )
        self.poller = Poller(
            self.odoo, instance, commands, self.told, lambda: self.leader.is_active
        )
        self.parts = (self.listener, self.leader, self.sender, self.poller)
        self.upkeep = Upkeep(
            asterisk,
            self.status,
            self.outbox,
            self.clock,
            self.pbx_clock,
            self.listener,
            self.leader,
            self.sender,
            long_numbers,
            cdr_silence,
            GivenUp(self.tracker),
            watchman,
        )
        self._figures: dict = {}
        self._stop = threading.Event()

    def connect(self, on_event):
        """Return a new connection to the PBX, not connected yet."""
        return ami_of(self.config.asterisk, on_event)

    def run(self) -> int:
        """Work until `stop` is called; return the status of the process.

        It is not 0 when a part has come to its end by itself, or the file is damaged:
        who starts the process again gets a whole one.
        """
        _logger.info("Bridge %s to %s", VERSION, self.odoo.host)
        try:
            why = self._work()
        except BaseException:  # whatever it was, the other threads must not live on
            _logger.exception("The bridge cannot go on")
            why = "The bridge cannot go on"
        status = 1 if why else 0
        # A part that hangs must not keep the whole from being started anew.
        deadline = threading.Timer(ENDING, os._exit, [status])
        deadline.daemon = True
        deadline.start()
        if why:
            self._say(why)
        self._end()
        deadline.cancel()
        return status

    def stop(self) -> None:
        """Have `run` come to its end."""
        self._stop.set()

    def told(self) -> dict:
        """Return what the bridge tells of itself."""
        with contextlib.suppress(sqlite3.Error):
            self._figures = self.outbox.figures()
        ahead = self.clock.machine_offset
        return {
            **self.status.told(self.clock.offset),
            **self._figures,
            "clock_offset": None if ahead is None else round(ahead, 2),
        }

    # -- while it works -------------------------------------------------------------

    def _on_change(self, is_active):
        if is_active:
            with contextlib.suppress(sqlite3.Error):  # it is tried every second
                self.outbox.take_over()
        self.poller.wake()

    def _work(self):
        """Work; return why that is over, ``""`` when it was asked for."""
        for part in self.parts:
            part.start()
        why = ""
        while not why and not self._stop.wait(TICK):
            try:
                self.upkeep.look()
            except Exception:
                _logger.exception("The bridge cannot look after itself")
            why = self._why_to_end()
        return why

    def _say(self, why):
        _logger.critical("%s; the bridge ends, to be started anew", why)
        self.status.problem("end", f"{why}. It ends, and has to be started anew.")
        self.poller.tell()

    def _end(self):
        for part in (self.leader, self.listener, self.poller, self.sender):
            try:
                part.stop()
            except Exception:
                _logger.exception("The %s does not end well", part.name)
        self.outbox.close()
        self._lock.close()

    def _why_to_end(self):
        """Return why this process cannot go on; ``""``: it can."""
        if self.outbox.is_damaged:
            return "The file of what waits is damaged"
        dead = [part.name for part in self.parts if not part.is_alive]
        return f"Dead parts of the bridge: {', '.join(dead)}" if dead else ""

    def _action(self, name, **fields):
        client = self.listener.client
        if client is None:
            raise Gone("ami_gone")
        return client.action(name, **fields)


def _alone_in(folder):
    """Return a lock on a folder, which lasts as long as this process.

    :raises OSError: another bridge works in it
    """
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise OSError(f"Another bridge works in {folder}.") from error
    return lock


def retry(config: Config) -> int:
    """Have told again what Odoo refused, by whoever sends; return how much that is.

    :raises OSError: there is no file of a bridge
    """
    path = Path(config.bridge.data) / FILE
    if not path.exists():
        raise OSError(f"There is no {path}: no bridge has worked there yet.")
    outbox = Outbox(path)
    try:
        return outbox.retry()
    finally:
        outbox.close()
