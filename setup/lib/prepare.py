"""Everything a command needs, in order, each step only when it is missing."""

import fcntl
import time
from contextlib import contextmanager

from setup.lib import odoo, paths, postgres, system, venv
from setup.lib.console import say
from setup.lib.database import Databases

KEPT_SECONDS = 14 * 24 * 3600  # of logs


@contextmanager
def ground(*needs):
    """The prepared environment, with the database server running in the block.

    :param needs: further system programs (keys of ``system.NEEDS``)
    :return: ``setup.lib.database.Databases``
    """
    venv.fail_outside()
    with preparing():
        system.require("venv", *odoo.needs(), *postgres.needs(), *needs)
        found = odoo.prepare()
        venv.prepare()
    with postgres.running() as server:
        yield Databases(found, server)


@contextmanager
def preparing():
    """Let one run at a time prepare, and tell a second one why it waits."""
    with paths.locked("prepare", shared=True) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("… waiting for another run that prepares")
            fcntl.flock(handle, fcntl.LOCK_EX)
        for log in paths.LOGS.glob("*.log"):
            if log.stat().st_mtime < time.time() - KEPT_SECONDS:
                log.unlink()
        yield
