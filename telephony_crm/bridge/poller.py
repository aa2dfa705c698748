"""Asking Odoo what it wants of the PBX, and bringing it the answers.

One thread asks and is held until there is something; answers go in requests of their
own, so that nobody waits for the next turn.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from .commands import Commands, too_late
from .odoo import POLLS, Odoo
from .sender import pause

_logger = logging.getLogger(__name__)

WORKERS = 8
#: Seconds that Odoo may hold a request, and some more for the way.
HELD, SHORT = 30.0, 15.0
#: Answers of the first address that mean that it leads nowhere.
NO_WAY = (404, 405, 502, 503)
#: Seconds until the first address is tried again: it may have been away for a moment,
#: and at the other one nothing waits, where Odoo has workers.
ELSEWHERE = 300.0


class Poller:
    """Speaks with Odoo about commands until it is stopped.

    :param status: returns what the bridge tells of itself
    :param is_active: whether this bridge is the one that acts
    :ivar problem: why Odoo is not reached, for people; else ``""``
    """

    def __init__(
        self,
        odoo: Odoo,
        instance: str,
        commands: Commands,
        status: Callable[[], dict],
        is_active: Callable[[], bool],
    ):
        self._odoo, self._instance, self._commands = odoo, instance, commands
        self._status, self._is_active = status, is_active
        self._lock, self._turn = threading.Lock(), 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)
        self._pool = ThreadPoolExecutor(WORKERS, "command")
        self._first_from = 0.0
        self.name, self.problem = "poller", ""

    @property
    def is_alive(self) -> bool:
        """Whether its thread works."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more; what is being carried out comes to an end."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def tell(self) -> None:
        """Tell Odoo how the bridge is, if it is there."""
        self._talk([], False)

    def wake(self) -> None:
        """Have Odoo know at once that something has changed."""
        if not self._stop.is_set():
            self._pool.submit(self._talk, [], False)

    def _run(self):
        failures = 0
        while not self._stop.is_set():
            try:
                # Who has not been told what time it is does not wait for that.
                seconds = self._talk([], self._odoo.clock.is_known)
            except Exception:
                _logger.exception("Odoo cannot be asked")
                seconds = None
            if seconds is None:
                failures += 1
                self._stop.wait(pause(failures))
            else:
                failures = 0
                self._stop.wait(seconds)

    def _talk(self, answers, hold):
        """Make one request.

        :return: seconds until the next one; `None`: it came to nothing
        """
        with self._lock:
            self._turn += 1
            turn = self._turn
        told = {
            "instance": self._instance,
            "turn": turn,
            "active": self._is_active(),
            "status": self._status(),
            "answers": answers,
            "hold": hold,
        }
        path = POLLS[time.monotonic() < self._first_from]
        try:
            response = self._odoo.poll(
                json.dumps(told).encode(), path, HELD if hold else SHORT
            )
            if response.status_code == 409:
                return 0  # overtaken by another request of ours
            if response.status_code != 200:
                return self._fail(response.status_code, path)
            found = response.json()
            commands, seconds = found["commands"], float(found["wait"])
        except (requests.RequestException, ValueError, TypeError, KeyError) as error:
            self._say(f"Odoo cannot be asked: {type(error).__name__}")
            return None
        self._say("")
        for command in commands:
            self._pool.submit(self._carry_out, command, time.monotonic())
        return min(max(seconds, 0.0), 60.0)

    def _fail(self, status, path):
        if status in NO_WAY and path == POLLS[0]:
            # Behind a proxy that does not lead there, the other address does.
            self._first_from = time.monotonic() + ELSEWHERE
            return
        if status in NO_WAY:
            self._first_from = 0.0
        self._say(f"Odoo answers the bridge with status {status}.")

    def _say(self, problem):
        if problem and problem != self.problem:
            _logger.warning("%s", problem)
        self.problem = problem

    def _carry_out(self, command, since):
        seconds = command.get("timeout")
        try:
            if isinstance(seconds, (int, float)) and time.monotonic() > since + seconds:
                # Whoever wanted it was told that it failed, and may have tried again.
                answer = too_late(command)
            else:
                answer = self._commands.carry_out(command, self._odoo.send_sound)
        except requests.RequestException:
            return  # Odoo does not take the sound, and asks for it again some day
        except Exception:
            _logger.exception("A command makes no sense")
            return
        for attempt in range(3):
            if answer is None or self._talk([answer], False) is not None:
                return
            if self._stop.wait(pause(attempt)):
                return
