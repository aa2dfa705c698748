"""A thousand calls, while servers die under them: none is lost, none is there twice.

Nothing is posted again: what was on its way when a server died is as lost as what the
PBX never sent, and only its statistics can tell. ``TELEPHONY_CRM_SEED`` has other
events lost.
"""

import os
import time
from datetime import timedelta, timezone

import pytest

from setup.lib.database import Databases
from setup.lib.stack import Stack
from setup.simulator import Settings, Simulator
from setup.simulator.settings import Did, Extension

from .access import Query, Rpc
from .cluster import Cluster
from .conftest import CONNECT
from .crowd import Crowd
from .harm import Harm
from .pbx import DID

CALLS = 1000
SEED = int(os.environ.get("TELEPHONY_CRM_SEED") or 7)
PATIENCE = 150  # seconds until the log agrees; the PBX is asked three times a minute
MOBILES = {"100": "+447400123410", "101": "+447400123411"}
# A machine answers, and the protocol does not say which: a menu, or voicemail.
MACHINES = ("voicemail", "menu_only")
PERSONS = ("agent", "external", "customer")
TZ = "Europe/Kyiv"
SECOND = timedelta(seconds=1)  # times are whole seconds


# The PBX was connected yesterday, and what its statistics say is believed at once.
PREPARE = (
    ("UPDATE telephony_pbx SET tz = %s, create_date = now() - interval '1 day'", TZ),
    *(
        ("UPDATE telephony_extension SET mobile = %s WHERE number = %s", mobile, number)
        for number, mobile in MOBILES.items()
    ),
    (
        "INSERT INTO ir_config_parameter (key, value) "
        "VALUES ('telephony_crm.statistics_settle_minutes', '0')",
    ),
)


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as running:
        yield running


@pytest.fixture(scope="module")
def own(databases, bare, cluster):
    """The ``Databases`` of that server, and the one with the PBX of the tests."""
    found = Databases(databases.odoo, cluster.server)
    name = f"telephony_test_{os.getpid()}_kill"
    cluster.take(databases.server, bare, name)
    found.copy_filestore(databases.filestore(bare), name)
    found.shell(name, CONNECT, "the PBX could not be made")
    asking = Query(cluster.server, name)
    for statement, *values in PREPARE:
        asking(statement, *values)
    asking.close()
    yield found, name
    found.drop(name)
    found.config.unlink()


@pytest.fixture(scope="module")
def running(own):
    databases, name = own
    with Stack(databases, name, workers=2) as stack:
        yield stack


@pytest.fixture(scope="module")
def simulator(running, cluster):
    asking = Query(cluster.server, running.database)
    [[token]] = asking("SELECT webhook_token FROM telephony_pbx")
    settings = Settings(
        key="testkey",
        secret="testsecret",
        webhook_url=f"{running.url}/telephony/webhook/{token}",
        tz=TZ,
        extensions=[Extension(number, mobile=MOBILES[number]) for number in MOBILES],
        dids=[Did("+" + DID)],
        reply_timeout=30,
    )
    with Simulator(settings) as pbx:
        asking("UPDATE telephony_pbx SET api_url = %s", pbx.url)
        asking.close()
        yield pbx


@pytest.fixture(scope="module")
def crowd(running, cluster, simulator):
    """The calls, once all is over and the log was compared with the PBX."""
    print(f"\nTELEPHONY_CRM_SEED={SEED}")
    calls, harm = Crowd(simulator, SEED), Harm(running, cluster, SEED)
    began = time.monotonic()
    calls.call(CALLS, harm)
    harm.revive()
    print(f"{calls.summary()}; killed: {', '.join(harm.done)}")
    print(f"posted within {time.monotonic() - began:.0f} s")
    _compare(running, cluster)
    print(f"compared after {time.monotonic() - began:.0f} s")
    return calls


def _compare(running, cluster):
    """Have the log compared and the jobs run as an administrator does, to the end."""
    asking, rpc = Query(cluster.server, running.database), Rpc(running)
    [[pbx]] = asking("SELECT id FROM telephony_pbx")
    jobs = [
        asking(
            "SELECT res_id FROM ir_model_data "
            "WHERE module = 'telephony_crm' AND name = %s",
            name,
        )[0][0]
        for name in ("ir_cron_event_apply", "ir_cron_reconcile")
    ]
    rpc("admin", "telephony.pbx", "action_compare", [pbx])
    deadline = time.monotonic() + PATIENCE
    while asking(
        "SELECT 1 FROM telephony_pbx_event WHERE state IN ('new', 'failed') "
        "UNION ALL SELECT 1 FROM telephony_pbx_reconciliation "
        "WHERE state IN ('waiting', 'running')"
    ):
        assert time.monotonic() < deadline, asking(
            "SELECT state, error, row_count FROM telephony_pbx_reconciliation"
        )
        for job in jobs:
            rpc("admin", "ir.cron", "method_direct_trigger", [job])
        time.sleep(1)
    asking.close()


@pytest.fixture(scope="module")
def asking(running, cluster, crowd):
    found = Query(cluster.server, running.database)
    yield found
    found.close()


def test_no_call_is_lost_and_none_is_there_twice(crowd, asking):
    logged = asking("SELECT call_ref FROM telephony_call")
    assert sorted(ref for (ref,) in logged) == sorted(call.ref for call in crowd.calls)


def test_every_call_is_over_and_no_event_has_failed(crowd, asking):
    assert asking("SELECT DISTINCT state FROM telephony_call") == [("ended",)]
    assert asking("SELECT DISTINCT state FROM telephony_pbx_event") == [("done",)]


def test_every_call_is_as_it_truly_was(crowd, asking):
    logged = {
        ref: found
        for ref, *found in asking(
            "SELECT call_ref, direction, disposition, talk_seconds, start_date "
            "FROM telephony_call"
        )
    }
    wrong = []
    for call in crowd.calls:
        truth = [call.direction, call.disposition, call.talk_seconds]
        *found, start = logged[call.ref]
        if call.scenario in MACHINES:
            truth[1] = found[1]
        if found != truth or start not in _starts(call):
            wrong.append((call.scenario, truth, _starts(call), logged[call.ref]))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_leg_is_as_it_truly_was(crowd, asking):
    logged = {}
    for ref, *leg in asking(
        "SELECT call_ref, kind, COALESCE(extension.number, ''), leg.disposition, "
        "leg.talk_seconds FROM telephony_call_leg leg "
        "JOIN telephony_call call ON call.id = leg.call_id "
        "LEFT JOIN telephony_extension extension ON extension.id = leg.extension_id"
    ):
        logged.setdefault(ref, []).append(leg)
    wrong = []
    for call in crowd.calls:
        truth = [
            [leg.kind, _extension(leg), leg.disposition, leg.talk_seconds]
            for leg in call.legs
        ]
        found = _comparable(call, logged.get(call.ref, []))
        # the row of who did not pick up names the customer, who was never rung
        if _comparable(call, truth) != found and call.scenario != "click_not_taken":
            wrong.append((call.scenario, truth, found, _heard(call)))
    assert not wrong, "\n".join(map(str, wrong))


def test_times_follow_each_other(asking):
    assert not asking(
        "SELECT call_ref, start_date, answer_date, end_date, talk_seconds "
        "FROM telephony_call WHERE end_date IS NULL OR end_date < start_date "
        "OR answer_date < start_date OR answer_date > end_date "
        "OR end_date < start_date + talk_seconds * interval '1 second'"
    )


def test_every_end_is_where_the_pbx_could_tell_it(crowd, asking):
    """The PBX names no time of an end: it is when the notification came. Without one
    it follows from the begin, or the answer that was heard, and the length."""
    logged = {
        ref: (end.replace(tzinfo=timezone.utc), start.replace(tzinfo=timezone.utc))
        for ref, end, start in asking(
            "SELECT call_ref, end_date, start_date FROM telephony_call"
        )
    }
    wrong = []
    for call in crowd.calls:
        end, start = logged[call.ref]
        # also what got no answer may have been stored before the worker died
        posted = [entry for entry in call.deliveries if "answered_at" in entry]
        ends = [entry for entry in posted if entry["event"].endswith("END")]
        talk = timedelta(seconds=call.talk_seconds)
        earliest = start + talk
        latest = max([call.end, *(entry["answered_at"] + talk for entry in posted)])
        if any(entry["status"] == 200 for entry in ends):
            earliest = call.end
            latest = max(entry["answered_at"] for entry in ends)
        if not earliest <= end + SECOND or not end <= latest + SECOND:
            wrong.append((call.scenario, earliest, end, latest, _heard(call)))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_recording_is_known(crowd, asking):
    logged = {ref for (ref,) in asking(
        "SELECT DISTINCT call_ref FROM telephony_call_recording recording "
        "JOIN telephony_call call ON call.id = recording.call_id"
    )}  # fmt: skip
    assert logged == {
        call.ref for call in crowd.calls if any(leg.recorded for leg in call.legs)
    }


def _extension(leg):
    """Whose leg it is, also where somebody's own mobile was reached."""
    owners = {mobile: number for number, mobile in MOBILES.items()}
    return leg.extension or owners.get(leg.number, "")


def _starts(call):
    """When a call may be said to have begun.

    Where only its rows tell, when the first leg of them rang. What was not answered
    may have been stored nevertheless, before the worker died.
    """
    told = [entry for entry in call.deliveries if "call_start" in entry["fields"]]
    rung = call.legs[-1 if call.placed else 0].ring if call.legs else call.start
    found = []
    if any(entry["status"] is not None for entry in told):
        found.append(call.start.replace(tzinfo=None))
    if not any(entry["status"] == 200 for entry in told):
        found.append(rung.replace(tzinfo=None))
    return found


def _comparable(call, legs):
    """The persons' legs, without how long who placed the call waited."""
    own = call.extension if call.direction != "inbound" else None
    return sorted(
        [kind, extension, disposition, None if extension == own else talk]
        for kind, extension, disposition, talk in legs
        if kind in PERSONS
    )


def _heard(call):
    """The events of a call that were answered, for a failure's message."""
    return [entry["event"] for entry in call.deliveries if entry["status"] == 200]
