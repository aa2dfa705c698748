"""What calls bring about: once, whatever arrives together and whoever works it off."""

import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

from .pbx import caller

JOB = "env['telephony.call']._cron_follow_up()"


def wait_for(what, seconds=90):
    """Return what is found before the time is over; the jobs run by themselves."""
    for _attempt in range(seconds * 5):
        if found := what():
            return found
        time.sleep(0.2)
    return None


@pytest.fixture
def policy(rpc):
    """Say what unknown callers become: ``policy(creation_policy, create_on)``."""
    [pbx_id] = rpc("admin", "telephony.pbx", "search", [])

    def write(creation_policy, create_on):
        values = {"creation_policy": creation_policy, "create_on": create_on}
        rpc("admin", "telephony.pbx", "write", [pbx_id], values)

    yield write
    write("offer", "answer")


def events(pbx, call_ref, number):
    """Return the notifications of a call that somebody answers."""
    start = pbx.fields("NOTIFY_START", call_ref, number)
    return [
        start,
        {**start, "event": "NOTIFY_INTERNAL", "internal": "100"},
        {
            **pbx.fields("NOTIFY_ANSWER", call_ref, number, internal="100"),
            "call_start": start["call_start"],
        },
        {
            **start,
            "event": "NOTIFY_END",
            "internal": "100",
            "duration": "30",
            "disposition": "answered",
        },
    ]


@pytest.mark.parametrize("moment", ["start", "answer", "end"])
def test_an_unknown_caller_becomes_one_contact_and_one_lead(pbx, query, policy, moment):
    """All events of two calls of one number arrive at the same moment, and again."""
    policy("both", moment)
    number = caller()
    told = [
        *events(pbx, f"in_{moment}_1", number),
        *events(pbx, f"in_{moment}_2", number),
    ]
    answers = pbx.post_at_once(told * 2)
    assert {answer.status_code for answer in answers} == {200}
    followed_up = (
        "SELECT 1 FROM telephony_call WHERE number_e164 = %s AND state = 'ended'"
        " HAVING count(*) = 2 AND NOT bool_or(follow_up)"
    )
    assert wait_for(lambda: query(followed_up, f"+{number}")), "the job did not run"
    owners = query(
        "SELECT count(*), count(DISTINCT partner_id), count(DISTINCT lead_id),"
        " count(partner_id), count(lead_id) FROM telephony_call"
        " WHERE number_e164 = %s",
        f"+{number}",
    )
    assert owners == [(2, 1, 1, 2, 2)]
    assert query(
        "SELECT count(DISTINCT partner_id), count(DISTINCT lead_id)"
        " FROM telephony_number WHERE e164 = %s",
        f"+{number}",
    ) == [(1, 1)]


def test_who_rings_in_vain_all_the_time_is_rung_back_once(
    pbx, query, rpc, stack, databases
):
    """Three jobs at once, as of several hosts, work off the calls of one customer."""
    number = caller()
    maya = rpc("admin", "res.users", "search", [["login", "=", "maya"]])[0]
    values = {"name": "Often", "phone": f"+{number}", "user_id": maya}
    partner = rpc("admin", "res.partner", "create", [values])[0]
    told = []
    for serial in range(12):
        began = datetime.now(timezone.utc) - timedelta(seconds=serial)
        start = pbx.fields("NOTIFY_START", f"in_often_{serial}", number)
        start["call_start"] = began.strftime("%Y-%m-%d %H:%M:%S")
        end = {**start, "event": "NOTIFY_END", "duration": "0"}
        told += [start, {**end, "disposition": "cancel"}]
    assert {answer.status_code for answer in pbx.post_at_once(told)} == {200}
    jobs = [
        threading.Thread(
            target=databases.shell, args=(stack.database, JOB, "the job failed")
        )
        for _host in range(2)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    left = "SELECT 1 FROM telephony_call WHERE number_e164 = %s AND follow_up"
    assert wait_for(lambda: not query(left, f"+{number}"))
    assert query(
        "SELECT count(*), min(state), min(attempts), min(user_id)"
        " FROM telephony_callback WHERE e164 = %s",
        f"+{number}",
    ) == [(1, "open", 12, maya)]
    lines = (
        "SELECT count(*), count(DISTINCT c.id) FROM mail_message m"
        " JOIN telephony_call c ON c.message_id = m.id"
        " WHERE m.model = 'res.partner' AND m.res_id = %s"
    )
    assert query(lines, partner) == [(12, 12)]
    assert query(
        "SELECT count(*) FROM mail_message WHERE model = 'res.partner'"
        " AND res_id = %s AND body LIKE '%%Incoming%%'",
        partner,
    ) == [(12,)]
    assert query(
        "SELECT count(*) FROM mail_activity WHERE res_model = 'res.partner'"
        " AND res_id = %s AND active",
        partner,
    ) == [(1,)]


def test_a_crash_in_the_middle_of_the_job_loses_and_repeats_nothing(
    pbx, query, stack, databases
):
    """The workers are killed while the call is followed up, and start again."""
    number = caller()
    start = pbx.fields("NOTIFY_START", "in_killed", number)
    end = {**start, "event": "NOTIFY_END", "duration": "0", "disposition": "cancel"}
    for fields in (start, end):
        assert pbx.post(fields).status_code == 200
    stack.kill()
    stack.start()
    open_ones = "SELECT count(*) FROM telephony_callback WHERE e164 = %s"
    assert wait_for(
        lambda: query(
            "SELECT 1 FROM telephony_call WHERE number_e164 = %s AND NOT follow_up",
            f"+{number}",
        ),
        seconds=180,
    ), "what the crash has left is worked off"
    assert query(open_ones, f"+{number}") == [(1,)]
    databases.shell(stack.database, JOB, "the job failed")
    assert query(open_ones, f"+{number}") == [(1,)]
