"""A worker, or the database, that goes away in the middle."""

import threading
import time

import pytest
import requests

from .access import connect
from .pbx import caller


@pytest.fixture
def restarts(stack):
    """Start Odoo again where it ends by itself, as a service manager does.

    Its first process ends when it finds no database while it replaces a worker.
    """

    def restart():
        if not stack.odoo.alive:
            stack.odoo.stop()
            stack.start()

    yield restart
    restart()


@pytest.fixture
def hold(databases, database):
    """Hold the lock of every call, so that workers stop between the two commits."""
    connection = connect(databases.server, database)
    with connection.cursor() as cursor:
        # The second commit writes the call, which nobody can as long as this lasts.
        cursor.execute("LOCK TABLE telephony_call IN SHARE MODE")
    yield connection
    connection.close()


def _wait_for(what, seconds=30):
    for _attempt in range(seconds * 10):
        if what():
            return True
        time.sleep(0.1)
    return False


def _post_and_ignore(pbx, fields):
    try:
        pbx.post(fields)
    except requests.RequestException:
        pass  # the worker was killed under it: that is the test


def test_a_crash_between_the_two_commits_loses_nothing(pbx, query, stack, hold):
    fields = pbx.fields("NOTIFY_START", "in_crash", caller())
    poster = threading.Thread(target=_post_and_ignore, args=(pbx, fields))
    poster.start()
    assert _wait_for(
        lambda: query("SELECT 1 FROM telephony_pbx_event WHERE call_ref = 'in_crash'")
    )
    stack.kill()
    hold.rollback()
    poster.join()
    stored = "SELECT state FROM telephony_pbx_event WHERE call_ref = 'in_crash'"
    assert query(stored) == [("new",)]
    assert query("SELECT count(*) FROM telephony_call WHERE call_ref = 'in_crash'") == [
        (0,)
    ]

    stack.start()
    assert pbx.post(fields).status_code == 200  # the PBX says it again
    assert query(stored) == [("done",)]
    assert query("SELECT count(*) FROM telephony_call WHERE call_ref = 'in_crash'") == [
        (1,)
    ]


def test_what_a_crash_left_behind_is_applied_by_a_job(
    pbx, query, stack, databases, hold
):
    fields = pbx.fields("NOTIFY_START", "in_left", caller())
    poster = threading.Thread(target=_post_and_ignore, args=(pbx, fields))
    poster.start()
    assert _wait_for(
        lambda: query("SELECT 1 FROM telephony_pbx_event WHERE call_ref = 'in_left'")
    )
    stack.kill()
    hold.rollback()
    poster.join()
    query(
        "UPDATE telephony_pbx_event "
        "SET received_at = received_at - interval '2 minutes' "
        "WHERE call_ref = 'in_left'"
    )
    stack.start()
    databases.shell(
        stack.database, "env['telephony.pbx.event']._cron_apply()", "the job failed"
    )
    # Or by Odoo's own, which may have come first and not be done yet.
    call = "SELECT state FROM telephony_call WHERE call_ref = 'in_left'"
    assert _wait_for(lambda: query(call) == [("ringing",)]), query(call)


def test_without_a_database_no_success_is_answered(
    pbx, query, stack, databases, restarts
):
    """Connections are refused for a while, as by a server that restarts."""
    name = stack.database
    fields = pbx.fields("NOTIFY_START", "in_away", caller())
    databases.server.sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    try:
        databases.server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND pid != pg_backend_pid() "
            "AND application_name LIKE 'odoo%'"
        )
        answer = pbx.post(fields)
        assert not answer.ok, answer.status_code
    finally:
        databases.server.sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert not query("SELECT 1 FROM telephony_pbx_event WHERE call_ref = 'in_away'")
    # The PBX says it again, until it is taken.
    assert _wait_for(lambda: restarts() or pbx.post(fields).status_code == 200)
    assert query("SELECT state FROM telephony_call WHERE call_ref = 'in_away'") == [
        ("ringing",)
    ]
