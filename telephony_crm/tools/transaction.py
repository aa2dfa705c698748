"""One way to do something exactly once, however many workers try at once.

Odoo runs requests under REPEATABLE READ. There a lock does not help: the
transaction's snapshot is older than the wait for the lock, so who waited does not
see what the holder of the lock has written. Under READ COMMITTED each statement
sees what is committed when it starts, so after the wait the truth is read.
"""

from contextlib import contextmanager, suppress
from functools import partial
from hashlib import blake2b

import psycopg2
from psycopg2.extensions import (
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
)

from odoo.modules import module
from odoo.sql_db import Cursor

NOT_DURABLE = ", set_config('synchronous_commit', 'off', true)"


def lock(cr, *parts, also=""):
    """Wait for the lock named by ``parts`` and hold it until the transaction ends.

    :param parts: what names the thing, such as ``("call", pbx_id, call_ref)``
    :param also: SQL of what is asked in the same statement
    """
    name = "\x1f".join(map(str, ("telephony", *parts)))
    key = int.from_bytes(
        blake2b(name.encode(), digest_size=8).digest(), "big", signed=True
    )
    cr.execute(f"SELECT pg_advisory_xact_lock(%s) {also}", [key])


def end(env):
    """Commit what was done and hold no transaction, for as long as others are asked.

    Within a test one transaction holds everything; nothing is done then.
    """
    if not (type(env.cr) is Cursor and module.current_test):
        env.cr.commit()  # pylint: disable=invalid-commit  # what was stored must last


def begin(env):
    """Commit what was done and begin a transaction under READ COMMITTED.

    A transaction that is open keeps its isolation and its snapshot, so it has to
    end first. Within a test one transaction holds everything; nothing is done then.
    """
    if type(env.cr) is Cursor and module.current_test:
        return
    _flush_as(env)
    env.cr.commit()  # pylint: disable=invalid-commit  # what was stored must last
    env.invalidate_all(flush=False)
    if type(env.cr) is Cursor:
        _read_committed(env.cr)


def _flush_as(env):
    """Have what savepoints and commits flush by the way flushed by who works here.

    Odoo does it as the user of the request, which at public addresses is nobody: then
    amounts in currencies, which look up how they are rounded, are refused, and with
    them all else that the savepoint holds.
    """
    if env.uid:
        env.transaction.default_env = env


def _read_committed(cr):
    """Have the next transaction of a cursor, and none after it, be READ COMMITTED.

    The driver says so as it begins the transaction, which costs no statement.
    """
    connection = cr.connection
    connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
    as_before = partial(_repeatable_read, connection)
    cr.postcommit.add(as_before)
    cr.postrollback.add(as_before)


def _repeatable_read(connection):
    if not connection.closed:
        connection.set_isolation_level(ISOLATION_LEVEL_REPEATABLE_READ)


@contextmanager
def exclusive(env, *parts, durable=True):
    """Run a block alone, in a READ COMMITTED transaction of its own, and commit it.

    What was done before is committed first (see `begin`). When the block fails, all
    of it is rolled back and the exception goes on. In the cursor of a test a
    savepoint takes the place of the transaction.

    :param parts: see `lock`
    :param durable: false where what a crash of the database takes back is done again,
        so that nobody has to wait until it is on the disk
    """
    cr = env.cr
    if module.current_test and type(cr) is Cursor:
        default = env.transaction.default_env  # the user may be gone after a test
        _flush_as(env)
        try:
            with cr.savepoint():
                lock(cr, *parts)
                yield
        finally:
            env.transaction.default_env = default
        return
    begin(env)
    try:
        lock(cr, *parts, also="" if durable else NOT_DURABLE)
        yield
        cr.commit()  # pylint: disable=invalid-commit  # flushes first
    except BaseException:
        # Where the connection is gone there is nothing to roll back, and the caller has
        # to learn of what went wrong first.
        with suppress(psycopg2.Error):
            cr.rollback()
        env.transaction.reset()
        raise
