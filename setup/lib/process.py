"""Child processes that end with us, and the ports they listen on."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from setup.lib import paths
from setup.lib.console import Failure, end_with_parent

HOST = "127.0.0.1"


def is_free(port):
    """Whether ``port`` can be listened on."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, port))
        except OSError:
            return False
    return True


class Process:
    """A program of ours in the background, its output in ``log``.

    :param outlives: it goes on when this process ends, however that comes about
    """

    def __init__(self, name, command, *, outlives=False, **options):
        self.name = name
        self.log = paths.LOGS / f"{paths.slug(name)}.log"
        paths.LOGS.mkdir(parents=True, exist_ok=True)
        with self.log.open("w") as output:
            self.child = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C is ours to pass on
                preexec_fn=None if outlives else end_with_parent,
                **options,
            )

    @property
    def pid(self):
        """The process id, also that of its group."""
        return self.child.pid

    @property
    def alive(self):
        """Whether it still runs."""
        return self.child.poll() is None

    def wait_for(self, url, seconds=60):
        """Wait until ``url`` answers with success.

        :raises Failure: when the process ends, or the time is over
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.alive:
                raise self.failure("ended by itself")
            try:
                with urllib.request.urlopen(url, timeout=10):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise self.failure(f"did not answer at {url} within {seconds} s")

    def failure(self, what):
        """A failure saying ``what`` happened, with the end of the log."""
        tail = "".join(self.log.read_text(errors="replace").splitlines(True)[-15:])
        return Failure(f"{self.name} {what}. The end of {self.log}:\n{tail}")

    def stop(self, seconds=10):
        """Ask it to end, and make it after ``seconds``."""
        if self.alive:
            self.child.terminate()
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.pid, signal.SIGKILL)  # and whatever it left behind
        except ProcessLookupError:
            pass
        self.child.wait()
