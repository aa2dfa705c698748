"""What can go wrong on the REST side: errors, rate limits, faults on request."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

WINDOW = 60  # seconds
KINDS = ("slow", "hang", "html", "error", "drop")


class ApiError(Exception):
    """An answer ``{"status": "error", "message": …}`` with its HTTP status."""

    def __init__(self, message: str, status: int = 400):
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass
class RateLimit:
    """Requests a minute, counted as the vendor documents them.

    :param general: all methods together; :param statistics: statistics alone
    :param form: how it is told: ``429`` with headers, or ``200`` with an error
    """

    general: int = 100
    statistics: int = 3
    form: str = "429"
    _taken: dict = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self):
        """The vendor's own limits, and nothing counted yet."""
        with self._lock:
            self.general, self.statistics, self.form = 100, 3, "429"
            self._taken.clear()

    def take(self, path: str) -> tuple[bool, dict]:
        """Whether this request is one too many, and the headers that tell it."""
        name = "statistics" if path.startswith("/v1/statistics") else "general"
        limit = getattr(self, name)
        now = time.time()
        with self._lock:
            times = [one for one in self._taken.get(name, []) if now - one < WINDOW]
            exceeded = len(times) >= limit
            if not exceeded:
                times.append(now)
            self._taken[name] = times
        reset = int((times[0] if times else now) + WINDOW) + 1
        return exceeded, {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - len(times))),
            "X-RateLimit-Reset": str(reset),
            "X-Zadarma-Method": path,
        }


@dataclass
class RestFault:
    """One fault of the REST side.

    :param kind: ``slow`` (right answer after ``seconds``), ``hang`` (none, the
        connection stays open ``seconds``), ``drop`` (none, closed at once), ``html``
        (a web page instead of JSON), ``error`` (``status`` and ``message``)
    :param path: only requests whose path begins so
    :param times: how often; 0 for ever
    """

    kind: str
    path: str = "/v1/"
    times: int = 1
    seconds: float = 30
    status: int = 200
    message: str = "Internal error"

    def __post_init__(self):
        """Refuse an unknown kind."""
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, not {self.kind!r}")


class RestFaults:
    """The faults that wait for a request."""

    def __init__(self):
        self.pending: list[RestFault] = []
        self._lock = threading.Lock()

    def take(self, path: str) -> RestFault | None:
        """The fault this request meets, used up by it."""
        with self._lock:
            for fault in self.pending:
                if path.startswith(fault.path):
                    if fault.times == 1:
                        self.pending.remove(fault)
                    elif fault.times:
                        fault.times -= 1
                    return fault
        return None
