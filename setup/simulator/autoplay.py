"""The demonstration: one scene after another, round and round."""

from __future__ import annotations

import logging
import threading
import time

from .scenarios import SCENARIOS

_logger = logging.getLogger(__name__)
TICK = 0.2  # seconds
SHOP_AT = 2  # so many scenes come before those of the shop


def arguments(scene: dict) -> dict:
    """What of a configured scene ``Simulator.play`` takes: all but its title."""
    return {name: value for name, value in scene.items() if name != "title"}


class Autoplay:
    """Plays the configured scenes in a loop; a person may pause it or skip a wait."""

    def __init__(self, simulator):
        self.simulator = simulator
        config = simulator.settings.autoplay
        self.scenes = list(config.get("scenes", []))
        if simulator.settings.shop_url:
            # early, so that who looks on for some minutes sees what comes of it
            self.scenes[SHOP_AT:SHOP_AT] = simulator.settings.shop.get("scenes", [])
        self.first = config.get("first", 12)
        self.pause = config.get("pause", 20)
        self.index = 0
        self.paused = False
        self.hurry = False
        self.due = 0.0  # monotonic time of the next scene
        self._thread: threading.Thread | None = None

    def start(self):
        """Begin; the first scene comes after ``first`` seconds."""
        if self._thread or not self.scenes:
            return
        self._wait(self.first)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def join(self):
        """Wait for its end, which the simulator's stop brings about."""
        if self._thread:
            self._thread.join()

    def steer(self, action: str):
        """``pause``, ``resume``, ``next`` (do not wait) or ``restart`` (scene one).

        Starts the demonstration where it does not run yet.
        """
        if action not in ("pause", "resume", "next", "restart"):
            raise ValueError("action is pause, resume, next or restart")
        if action == "restart":
            self.index = 0
        self.paused = action == "pause"
        self.hurry = action in ("next", "restart")
        if action != "pause":
            self.start()
        if action == "resume":
            self._wait(min(self.pause, 5))

    def state(self) -> dict:
        """For the page: whether it runs, what comes next and in how many seconds."""
        waits = not self.simulator.book.live()
        scene = self.scenes[self.index] if self.scenes else {}
        return {
            "running": bool(self._thread) and not self.paused,
            "next": self._title(scene),
            "seconds": round(max(0.0, self.due - time.monotonic())) if waits else None,
        }

    def _title(self, scene):
        """A scene in words: what happens, and who it is."""
        if not scene:
            return ""
        title = scene.get("title") or SCENARIOS[scene["scenario"]].title
        for customer in self.simulator.settings.customers:
            if customer.key == scene.get("customer"):
                return f"{title}: {customer.name or customer.label}"
        return title

    def _wait(self, seconds):
        self.due = time.monotonic() + seconds * self.simulator.settings.speed

    def _run(self):
        stopping = self.simulator.stopping
        while not stopping.wait(TICK * min(1, self.simulator.settings.speed) or 0.01):
            if self.simulator.book.live() and not self.hurry:
                # also of a scene chosen by hand, which is seen through first
                self._wait(self.pause)
                continue
            waits = time.monotonic() < self.due and not self.hurry
            if self.paused or waits:
                continue
            scene = self.scenes[self.index]
            self.index = (self.index + 1) % len(self.scenes)
            self.hurry = False
            self._wait(self.pause)
            try:
                self.simulator.play(**arguments(scene), wait=False)
            except Exception:
                _logger.exception("the demonstration goes on with the next scene")
