"""All the calls that can be played, by their names."""

from . import scenes_calls, scenes_control, scenes_joined
from .play import SCENES

MODULES = (scenes_calls, scenes_control, scenes_joined)

__all__ = ["MODULES", "SCENES"]
