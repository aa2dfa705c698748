"""Which of several bridges tells what happens: settled by the PBX, with Odoo away.

The active one holds the event socket of our ARI application and writes its name with a
counter into a global variable of the PBX every two seconds. One that stands by takes
over when nobody holds the socket (the active process is gone), or when the variable
has not changed for seven seconds (its machine is). Of two that try, the later one gets
the socket, and the other is told so and stands by again.

Where ARI is not there, the variable alone decides, over AMI.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Protocol

from .errors import PbxError

_logger = logging.getLogger(__name__)

#: Seconds between looks; without a change for which the active bridge is taken to be
#: gone; without being able to write for which it takes itself to be.
BEAT, STALE, CUT_OFF = 2.0, 7.0, 6.0


class Place(Protocol):
    """Where the bridges of a PBX meet."""

    def get_variable(self, name: str) -> str:
        """Return a global variable of the PBX."""

    def set_variable(self, name: str, value: str) -> None:
        """Set a global variable of the PBX."""

    def is_free(self) -> bool:
        """Tell whether the active bridge is surely gone."""

    def claim(self, on_lost: Callable[[bool], None]) -> None:
        """Take what only one can hold; ``on_lost`` says when another one has."""

    def release(self) -> None:
        """Give it up."""


class Leader:
    """Decides over and over whether this bridge is the active one.

    :param instance: the name of this bridge; no other has it
    :param variable: the one that the active bridge renews
    :param on_change: called with whether it is, each time that this changes
    :param hears: whether it hears what happens; one that does not leads nobody
    :ivar problem: why nobody can tell; else ``None``
    """

    def __init__(
        self,
        place: Place,
        instance: str,
        variable: str,
        on_change: Callable[[bool], None],
        hears: Callable[[], bool] = lambda: True,
    ):
        self._place, self._instance, self._on_change = place, instance, on_change
        self._variable = variable
        self._hears, self._heard_at = hears, time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leader", daemon=True)
        self._count = 0
        self._seen, self._seen_at = "", time.monotonic()
        self._begun, self._other_at = self._seen_at, float("-inf")
        self._written_at = 0.0
        self._lost: bool | None = None
        self._wake = threading.Event()
        self.name, self.is_active = "leader", False
        self.problem: PbxError | None = None

    @property
    def sees_another(self) -> bool:
        """Whether another bridge is seen to be active."""
        return not self.is_active and time.monotonic() - self._other_at < STALE

    @property
    def is_silent(self) -> bool:
        """Whether what happens is left to another bridge, which there may be.

        Who cannot tell because ARI is away has nobody to leave it to: what two bridges
        tell counts once, and what none tells is lost.
        """
        undecided = time.monotonic() - self._begun < STALE
        return not self.is_active and (undecided or self.sees_another)

    @property
    def is_alive(self) -> bool:
        """Whether its thread works."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to decide."""
        self._begun = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Leave the place to others, at once."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self):
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self._keep() if self.is_active else self._look()
                self.problem = None
            except (PbxError, ValueError) as error:
                self._note(error)
            except Exception as error:
                _logger.exception("What this bridge is now cannot be carried through")
                self._note(error)
            # Two that look at the same moments would get in each other's way for ever.
            self._wake.wait(BEAT * random.uniform(0.8, 1))
        self._place.release()

    # -- standing by ----------------------------------------------------------------

    def _look(self):
        seen, now = self._place.get_variable(self._variable), time.monotonic()
        if seen != self._seen:
            if self._seen and seen.rpartition(":")[0] not in ("", self._instance):
                self._other_at = now
            self._seen, self._seen_at = seen, now
        if seen and not self._place.is_free() and now - self._seen_at < STALE:
            return
        if not self._hears():
            return
        self._heard_at = now
        self._claim()
        self._beat()
        self._change(True)

    # -- being active ---------------------------------------------------------------

    def _keep(self):
        if self._lost:
            self._other_at = time.monotonic()
            self._step_back("another bridge has taken over")
            return
        name, _colon, _count = self._place.get_variable(self._variable).rpartition(":")
        if name and name != self._instance:
            self._other_at = time.monotonic()
            self._step_back("another bridge is active")
            return
        now = time.monotonic()
        if self._hears():
            self._heard_at = now
        elif now - self._heard_at > CUT_OFF:
            self._step_back("it does not hear what happens")
            return
        if self._lost is False:  # the PBX was started anew, it seems
            self._claim()
        self._beat()

    def _claim(self):
        self._lost = None
        try:
            self._place.claim(self._on_lost)
        except PbxError:
            self._lost = False
            raise

    def _beat(self):
        self._count += 1
        self._place.set_variable(self._variable, f"{self._instance}:{self._count}")
        self._written_at = time.monotonic()

    def _on_lost(self, is_replaced):
        """Note that the socket is gone; in the thread that listens to it."""
        self._lost = is_replaced
        self._wake.set()

    def _note(self, error):
        if self.problem is None:
            _logger.warning("Nobody can tell which bridge is active: %s", error)
        self.problem = error if isinstance(error, PbxError) else PbxError("ari_garbage")
        if self.is_active and time.monotonic() - self._written_at > CUT_OFF:
            self._step_back("the PBX cannot be reached")

    def _step_back(self, why):
        _logger.warning("This bridge stands by: %s", why)
        self._place.release()
        self._seen, self._seen_at = "", time.monotonic()
        self._change(False)

    def _change(self, is_active):
        self.is_active = is_active
        if is_active:
            self._begun = float("-inf")
            _logger.info("This bridge is active")
        self._on_change(is_active)
