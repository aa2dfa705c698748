"""The process that serves requests, and its memory."""

from pathlib import Path

import psutil

MEGABYTE = 1024 * 1024


def worker(pid):
    """The one worker of Odoo's process ``pid``: not the websocket's, which is another.

    :raises RuntimeError: when there is another number of them
    """
    children = psutil.Process(pid).children()
    workers = [child for child in children if "gevent" not in child.cmdline()]
    if len(workers) != 1:
        raise RuntimeError(f"{len(workers)} workers, not 1")
    return workers[0]


class Peak:
    """The most memory that a process has at any moment of the block, in MB.

    The kernel counts it, so that no moment is missed.

    :param process: psutil's
    """

    def __init__(self, process):
        self.folder = Path(f"/proc/{process.pid}")

    def __enter__(self):
        """Begin to count anew."""
        (self.folder / "clear_refs").write_text("5")
        self.before = self._kilobytes("VmRSS") / 1024
        return self

    def __exit__(self, *_exception):
        self.most = self._kilobytes("VmHWM") / 1024

    def _kilobytes(self, name):
        for line in (self.folder / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        raise RuntimeError(f"the kernel does not tell {name}")
