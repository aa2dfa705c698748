"""Where all adapters are found."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import re
import threading
from typing import TYPE_CHECKING

from .answers import plain
from .errors import UnknownAdapter

if TYPE_CHECKING:
    from .adapter import Adapter

_logger = logging.getLogger(__name__)


class Registry:
    """All adapters: those in ``adapters/``, and those that others register."""

    def __init__(self, package: str = ""):
        self._package = package
        self._lock = threading.RLock()
        self._adapters: dict[str, Adapter] = {}
        self._problems: dict[str, str] = {}

    def register(self, adapter: Adapter) -> Adapter:
        """Add an adapter, or replace the one with its code.

        :raises ValueError: when it has no code or no label
        """
        if (
            not re.fullmatch(r"[a-z][a-z0-9_]*", adapter.code or "")
            or not adapter.label
        ):
            raise ValueError(f"{type(adapter).__name__} needs a code and a label")
        self._adapters[adapter.code] = adapter
        self._problems.pop(adapter.code, None)
        return adapter

    def get(self, code: str) -> Adapter:
        """Return the adapter with this code.

        :raises UnknownAdapter: with a plain sentence that says why there is none
        """
        self._discover()
        if adapter := self._adapters.get(code):
            return adapter
        if reason := self._problems.get(code):
            message = f"The adapter “{plain(code, 40)}” cannot be loaded: {reason}"
        else:
            message = f"No adapter is installed for “{plain(code, 40)}”."
        raise UnknownAdapter(message=message)

    def all(self) -> list[Adapter]:
        """Return every adapter that works, by label."""
        self._discover()
        return sorted(self._adapters.values(), key=lambda adapter: adapter.label)

    def problems(self) -> dict[str, str]:
        """Return why adapter files could not be loaded, by file name."""
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
                if module.ADAPTER.code not in self._adapters:
                    self.register(module.ADAPTER)
            except Exception as error:  # whatever is wrong with it, others work on
                _logger.exception("The adapter %s cannot be loaded", info.name)
                self._problems[info.name] = f"{type(error).__name__}: {error}"
