"""All the calls that can be played, by their names."""

from . import scenes_calls, scenes_control
from .play import SCENES

MODULES = (scenes_calls, scenes_control)

__all__ = ["MODULES", "SCENES"]
