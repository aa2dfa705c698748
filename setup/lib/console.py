"""What a person sees: steps with their time, failures with cause and remedy."""

import ctypes
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

from setup.lib import paths

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


class Failure(Exception):
    """Something a person can mend: ``cause`` in words, ``remedy`` what to do."""

    def __init__(self, cause, remedy=""):
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


def say(text=""):
    """Print a line for the person, on stderr so that stdout stays the command's."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(name):
    """Announce ``name``, and say how long the block took once it is done."""
    start = time.monotonic()
    say(f"… {name}")
    yield
    say(f"✓ {name} ({time.monotonic() - start:.1f} s)")


def run(command, cause, remedy="", **options):
    """Run ``command`` with its output in a log file.

    :param command: list of words
    :param cause: what to tell when it fails; the end of its output is added
    :param remedy: what the person can do about it
    :param options: passed to ``subprocess.run`` (env, cwd, input…)
    :raises Failure: when the command is missing or does not exit with 0
    """
    words = [str(word) for word in command]
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / f"{paths.slug(words[0].rsplit('/')[-1])}-{time.time_ns()}.log"
    with log.open("w+", errors="replace") as output:
        output.write(f"$ {shlex.join(words)}\n")
        output.flush()
        try:
            done = subprocess.run(
                words,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent,
                **options,
            )
        except OSError as error:
            raise Failure(f"{cause}: {error}", remedy) from error
        if not done.returncode:
            log.unlink()
            return
        output.seek(0)
        tail = "".join(output.readlines()[-15:]).rstrip()
    raise Failure(f"{cause}. The end of {log}:\n{tail}", remedy)


def capture(command, **options):
    """The output of ``command`` as text, or None when it is missing or fails."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, **options)
    except OSError:
        return None
    return None if done.returncode else done.stdout


def end_with_parent():
    """In a new child: have the kernel end it when its parent is gone, however."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
