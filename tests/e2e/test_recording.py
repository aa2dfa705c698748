"""The recording of a call, from the PBX to the ears, by jobs that run at once."""

import threading
import time

import pytest
import requests

from .pbx import caller

JOB = "env['telephony.call.recording']._cron_fetch()"
# Whoever has read or written the recordings in a transaction that is still open. (The
# lock of Odoo's own on a running job is another one. A copy of this database has the
# same tables by number, and all databases' locks are shown.)
OPEN = """
    SELECT count(DISTINCT pid) FROM pg_locks
     WHERE relation = 'telephony_call_recording'::regclass AND pid != pg_backend_pid()
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Gate:
    """The PBX's answer to where a recording is, held back until a test opens it."""

    def __init__(self, recordings, query):
        self.asked = 0
        self.transactions = None
        self.reached, self.open = threading.Event(), threading.Event()
        self.links, self.query = recordings.links, query
        recordings.links = self

    def __call__(self, *args):
        self.asked += 1
        self.transactions = self._held()
        self.reached.set()
        assert self.open.wait(60)
        return self.links(*args)

    def _held(self):
        """Return how many transactions stay open; others come and go meanwhile."""
        deadline = time.monotonic() + 10
        while (held := self.query(OPEN)[0][0]) and time.monotonic() < deadline:
            time.sleep(0.1)
        return held


@pytest.fixture
def job(query, rpc):
    """The id of the job, which runs only when a test says so."""
    [[cron_id]] = query(
        """
        UPDATE ir_cron SET active = FALSE FROM ir_model_data d
         WHERE d.res_id = ir_cron.id AND d.model = 'ir.cron'
           AND d.name = 'ir_cron_recording_fetch'
     RETURNING ir_cron.id
        """
    )
    yield cron_id
    query("UPDATE ir_cron SET active = TRUE WHERE id = %s", cron_id)


def test_two_jobs_at_once_fetch_a_recording_once_and_hold_no_transaction(
    stage, simulator, stack, databases, query, rpc, job
):
    # Other tests have had PBXs of their own, which are away now.
    query("DELETE FROM telephony_call_recording")
    query("UPDATE telephony_pbx SET recordings_after = NULL")
    scene = stage.call("+" + caller())
    scene.rings()
    scene.is_answered()
    scene.ends()
    scene.is_recorded()
    gate = Gate(simulator.recordings, query)
    query("UPDATE telephony_call_recording SET retry_at = now() AT TIME ZONE 'UTC'")
    first = threading.Thread(
        target=databases.shell, args=(stack.database, JOB, "the job failed")
    )
    first.start()
    assert gate.reached.wait(60)
    rpc("admin", "ir.cron", "method_direct_trigger", [job])
    gate.open.set()
    first.join()
    assert gate.asked == 1
    assert gate.transactions == 0
    rows = "SELECT id, state, seconds > 0 FROM telephony_call_recording"
    [(recording_id, state, sounds)] = query(rows)
    assert (state, sounds) == ("stored", True)
    assert _listen(stack, "maya", recording_id).content[:4] == b"RIFF"
    assert _listen(stack, "bruno", recording_id).status_code == 404
    noted = """
        SELECT u.login, l.kind FROM telephony_call_recording_listen l
          JOIN res_users u ON u.id = l.user_id
    """
    assert query(noted) == [("maya", "play")]


def _listen(stack, login, recording_id):
    """Ask for a recording as a user; return the response."""
    session = requests.Session()
    session.post(
        f"{stack.url}/web/session/authenticate",
        json={"params": {"db": stack.database, "login": login, "password": login}},
        timeout=60,
    )
    return session.get(f"{stack.url}/telephony/recording/{recording_id}", timeout=60)
