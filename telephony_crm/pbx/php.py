"""Queries as PHP writes them, for vendors who sign them so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote_plus


def build_query(params: Mapping) -> str:
    """Return what PHP's ``http_build_query`` makes of ``params`` under RFC 1738.

    A space is ``+``, a nested value ``a[b][0]``, and unlike in Python a tilde is
    encoded. Values that are ``None`` are left out, as PHP does it.
    """
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in _flat(params))


def flatten(params: Mapping) -> dict[str, str]:
    """Return nested parameters as the flat ones that are sent."""
    return dict(_flat(params))


def _flat(params: Mapping, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in params.items():
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        elif isinstance(value, (list, tuple)):
            yield from _flat(dict(enumerate(value)), name)
        elif isinstance(value, bool):
            yield name, str(int(value))
        elif value is not None:
            yield name, str(value)


def _quote(text: str) -> str:
    return quote_plus(text).replace("~", "%7E")
