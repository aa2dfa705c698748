"""Where things lie: the checkout, and the one folder of state outside it."""

import fcntl
import hashlib
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "setup"
HOME = Path(os.environ.get("TELEPHONY_CRM_HOME") or "~/.cache/telephony-crm")
HOME = HOME.expanduser().absolute()
LOGS = HOME / "logs"
LOCKS = HOME / "locks"
VENV = HOME / "venv"
PYTHON = VENV / "bin" / "python"
NPM = HOME / "npm"


def slug(text):
    """``text`` reduced to what a file name may hold everywhere."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)


def digest(*parts):
    """A short, stable key of the given texts, bytes and files' contents."""
    sha = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes()
        elif not isinstance(part, bytes):
            part = str(part).encode()
        sha.update(len(part).to_bytes(8, "big") + part)
    return sha.hexdigest()[:12]


def replace(file, text, mode=0o644):
    """Give ``file`` another content at one blow, also where it is a link of others."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=mode)
    draft.write_text(text)
    draft.replace(file)


@contextmanager
def locked(name, *, shared=False):
    """Hold the lock file ``name`` of the state folder: two runs never collide."""
    try:
        LOCKS.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        from setup.lib.console import Failure  # which needs the paths itself

        raise Failure(
            f"{HOME} cannot be written: {error.strerror}",
            "name another folder in TELEPHONY_CRM_HOME",
        ) from error
    with (LOCKS / f"{name}.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield handle


@contextmanager
def built(target):
    """A fresh folder beside ``target`` that takes its place when the block ends.

    An interrupted build thus never looks like a finished one.
    """
    draft = target.with_name(target.name + ".building")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    yield draft
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
