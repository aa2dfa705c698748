"""What the bridge tells of itself."""

from __future__ import annotations

import threading

from .sentences import sources


class Status:
    """Facts that several threads come to know, for Odoo's page of the PBX."""

    def __init__(self, version: str):
        self._lock = threading.Lock()
        self._facts = {"version": version, "asterisk": "", "connected_since": None}
        self._problems: dict[str, str] = {}
        self.last_event: float | None = None

    def set(self, **facts) -> None:
        """Note facts by name."""
        with self._lock:
            self._facts.update(facts)

    def connected(self, is_connected: bool, now: float) -> None:
        """Note since when the PBX is connected."""
        with self._lock:
            if not is_connected:
                self._facts["connected_since"] = None
            elif not self._facts["connected_since"]:
                self._facts["connected_since"] = now

    def problem(self, subject: str, words: str) -> None:
        """Note what is wrong with a subject; with no words, that nothing is."""
        with self._lock:
            if words:
                self._problems[subject] = words
            else:
                self._problems.pop(subject, None)

    def told(self, ahead: float = 0.0) -> dict:
        """Return all of it, for JSON.

        :param ahead: seconds that the clock of its times is ahead of Odoo's
        """
        with self._lock:
            facts = self._facts | {"last_event": self.last_event}
            for name in ("connected_since", "last_event"):
                if facts[name] is not None:
                    facts[name] -= ahead
            return {
                **facts,
                "problems": list(self._problems.values()),
                "said": sources(list(self._problems.values())),
            }
