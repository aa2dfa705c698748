"""The folder of MixMonitor, as this process sees it."""

from __future__ import annotations

from pathlib import Path


class Recordings:
    """Hands out files of one folder, and none beside it.

    :param folder: empty: there is none
    """

    def __init__(self, folder: str):
        self._folder = Path(folder) if folder else None

    def find(self, name: str) -> Path | None:
        """Return a file by its place in the folder; `None`: there is none.

        Links are followed, and may not lead out of it.
        """
        if self._folder is None or not name or "\0" in name:
            return None
        try:
            folder = self._folder.resolve(strict=True)
            path = (folder / name.lstrip("/")).resolve(strict=True)
        except (OSError, RuntimeError):
            return None
        return path if folder in path.parents and path.is_file() else None

    def remove(self, name: str) -> bool:
        """Remove a file; return whether it is gone now.

        :raises OSError: when that is not allowed
        """
        path = self.find(name)
        if path:
            path.unlink()
        return True
