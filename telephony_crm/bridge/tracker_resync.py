"""After a gap in the stream: what has ended meanwhile, and what has begun."""

from __future__ import annotations

from collections.abc import Mapping


def resync(tracker, snapshot: Mapping, at: float) -> None:
    """Bring the calls in step with what the PBX says is going on."""
