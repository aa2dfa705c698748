"""Where all destinations are found."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import re
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .destination import Destination

_logger = logging.getLogger(__name__)


class UnknownDestination(LookupError):
    """No destination is of this kind, or its file could not be loaded."""


class Registry:
    """All destinations: those in ``destinations/``, and those that others register."""

    def __init__(self, package: str = ""):
        self._package = package
        self._lock = threading.RLock()
        self._found: dict[str, Destination] = {}
        self._problems: dict[str, str] = {}

    def register(self, destination: Destination) -> Destination:
        """Add a destination, or replace the one of its kind.

        :raises ValueError: when it has no kind or no title
        """
        kind = destination.kind or ""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", kind) or not destination.title:
            raise ValueError(f"{type(destination).__name__} needs a kind and a title")
        self._found[kind] = destination
        self._problems.pop(kind, None)
        return destination

    def get(self, kind: str) -> Destination:
        """Return the destination of this kind.

        :raises UnknownDestination: with words that say why there is none
        """
        self._discover()
        if destination := self._found.get(kind):
            return destination
        raise UnknownDestination(self._problems.get(kind) or f"no destination {kind!r}")

    def all(self) -> list[Destination]:
        """Return every destination that works, by title."""
        self._discover()
        return sorted(self._found.values(), key=lambda destination: destination.title)

    def problems(self) -> dict[str, str]:
        """Return why files could not be loaded, by file name."""
        self._discover()
        return dict(self._problems)

    def _discover(self):
        """Load each file of the package once; a broken one harms no other."""
        if not self._package:
            return
        with self._lock:
            if self._package:
                self._load(self._package)
                self._package = ""

    def _load(self, package):
        for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
            try:
                module = importlib.import_module(f"{package}.{info.name}")
                if module.DESTINATION.kind not in self._found:
                    self.register(module.DESTINATION)
            except Exception as error:  # whatever is wrong with it, others work on
                _logger.exception("The destination %s cannot be loaded", info.name)
                self._problems[info.name] = f"{type(error).__name__}: {error}"
