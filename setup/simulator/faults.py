"""What can go wrong on the REST side: errors, rate limits, faults on request."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field

MINUTE = 60.0  # seconds
SETTABLE = ("general", "statistics", "form", "window", "reset")
KINDS = ("slow", "hang", "html", "error", "drop", "redirect")


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
    :param window: seconds that pass for a minute, so that tests need not wait for one
    :param reset: X-RateLimit-Reset as ``moment`` (Unix time) or ``seconds`` from now;
        the vendor does not say which
    """

    general: int = 100
    statistics: int = 3
    form: str = "429"
    window: float = MINUTE
    reset: str = "moment"
    _taken: dict = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self):
        """The vendor's own limits, and nothing counted yet."""
        with self._lock:
            for each in SETTABLE:
                setattr(self, each, type(self).__dict__[each])
            self._taken.clear()

    def set(self, values: dict):
        """Change some of what can be set; raises ValueError for anything else."""
        if unknown := set(values) - set(SETTABLE):
            raise ValueError(f"limit has {', '.join(SETTABLE)}, not {unknown}")
        for name, value in values.items():
            setattr(self, name, value)

    def shown(self) -> dict:
        """What can be set."""
        return {name: getattr(self, name) for name in SETTABLE}

    def take(self, path: str) -> tuple[bool, dict]:
        """Whether this request is one too many, and the headers that tell it."""
        names = ["general"]
        if path.startswith("/v1/statistics"):
            names.insert(0, "statistics")
        now = time.time()
        with self._lock:
            times = {
                name: [t for t in self._taken.get(name, []) if now - t < self.window]
                for name in names
            }
            full = [name for name in names if len(times[name]) >= getattr(self, name)]
            if not full:
                for each in times.values():
                    each.append(now)
            self._taken.update(times)
        tightest = (full or names)[0]
        return bool(full), self._headers(path, tightest, times[tightest], now)

    def _headers(self, path, name, times, now):
        limit = getattr(self, name)
        free = math.ceil((times[0] if times else now) + self.window - now)
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - len(times))),
            "X-RateLimit-Reset": str(
                int(now) + 1 + free if self.reset == "moment" else free
            ),
            "X-Zadarma-Method": path,
        }


@dataclass
class RestFault:
    """One fault of the REST side.

    :param kind: ``slow`` (right answer after ``seconds``), ``hang`` (none, the
        connection stays open ``seconds``), ``drop`` (none, closed at once), ``html``
        (a web page instead of JSON), ``error`` (``status`` and ``message``),
        ``redirect`` (to ``location``)
    :param path: only requests whose path begins so
    :param times: how often; 0 for ever
    """

    kind: str
    path: str = "/v1/"
    times: int = 1
    seconds: float = 30
    status: int = 200
    message: str = "Internal error"
    location: str = ""

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
