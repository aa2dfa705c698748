"""A real Asterisk, the bridge beside it, a real Odoo; and what dies between them."""

import os
import time

import pytest

from setup.asterisk import Lab
from setup.asterisk.ami import Ami
from setup.lib import paths

from ..bridge import BridgeProcess, World, build, until
from ..own import database, query, stack  # noqa: F401

SCHEMA = paths.ROOT / "setup/asterisk/etc/cdr.sql"
SECRET = "a secret of bridge and Odoo"
# A PBX whose bridge is to be started, with phones of all kinds; who administers it.
# What the PBX records is compared at once; the workers that run already are told.
CONNECT = f"""
env["ir.config_parameter"].set_param("telephony_crm.statistics_settle_minutes", "0")
groups = env.ref("telephony_crm.group_telephony_administrator")
user = env["res.users"].with_context(no_reset_password=True).create({{
    "name": "Nora", "login": "nora", "password": "nora",
    "group_ids": [(4, groups.id), (4, env.ref("sales_team.group_sale_salesman").id)]}})
pbx = env["telephony.pbx"].create({{
    "name": "Real one", "adapter": "asterisk", "tz": "UTC",
    "country_id": env.ref("base.uk").id, "api_secret": {SECRET!r}}})
for number in ("100", "101", "110", "120"):
    env["telephony.extension"].create(
        {{"pbx_id": pbx.id, "number": number, "user_id": user.id}})
env.cr.commit()
env.registry.signal_changes()
"""
CALLS = """
    SELECT c.call_ref, c.state, c.disposition, c.talk_seconds,
           c.answer_date IS NOT NULL,
           (SELECT count(*) FROM telephony_call_leg l WHERE l.call_id = c.id), e.number
      FROM telephony_call c JOIN telephony_pbx p ON p.id = c.pbx_id
      LEFT JOIN telephony_extension e ON e.id = c.extension_id
     WHERE p.name = 'Real one' AND c.call_ref = ANY(%s)
"""

COMPARISONS = """
    SELECT state, start_date, end_date, read_until, retry_at, error, finish_date
      FROM telephony_pbx_reconciliation ORDER BY id
"""


@pytest.fixture(scope="module")
def lab(databases, programs):
    """An Asterisk that writes its records into a table, as FreePBX does."""
    name = f"telephony_test_{os.getpid()}_cdr"
    databases.server.sql(f'CREATE DATABASE "{name}"')
    databases.server.sql(SCHEMA.read_text(), name)
    try:
        with Lab("e2e-bridge", cdr=(name, databases.server)) as running:
            yield running
    finally:
        databases.server.sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("program"))


@pytest.fixture(scope="module")
def webhook(stack, databases, database, query):
    """The address of the webhook, as the page of the PBX shows it."""
    databases.shell(database, CONNECT, "the PBX could not be made")
    [[token]] = query("SELECT webhook_token FROM telephony_pbx WHERE name = 'Real one'")
    return f"{stack.url}/telephony/webhook/{token}"


@pytest.fixture
def make(program, tmp_path, lab, webhook):
    """Return what makes a bridge that is not started yet."""

    def make(name="bridge", **settings):
        values = (program, tmp_path, lab, webhook, SECRET, name)
        return BridgeProcess(*values, **settings)

    return make


@pytest.fixture
def world(lab):
    with Ami(lab) as ami:
        yield World(ami)
        ami.action("Hangup", Channel="/.*/")


@pytest.fixture
def log(query):
    """Return what Odoo's log has of calls, by their Linkedid."""

    def log(refs):
        return {row[0]: row[1:] for row in query(CALLS, list(refs))}

    return log


@pytest.fixture
def active(query):
    """Wait until a bridge is the active one, by what Odoo was told."""

    def wait(bridge, seconds=60):
        def look():
            rows = query(
                "SELECT instance FROM telephony_pbx_bridge WHERE is_active"
                " AND seen_date > now() AT TIME ZONE 'UTC' - interval '25 s'"
            )
            return any(f"-{bridge.pid}-" in instance for [instance] in rows)

        until(look, seconds, lambda: bridge.process.failure("is not active"))

    return wait


# A telephone that talks for a second, told in whole ones.
A_SECOND = pytest.approx(1.5, abs=0.5)
ANSWERED = ("ended", "answered", A_SECOND, True, 1, "100")


def _all_ended(log, refs, seconds=60):
    """Wait until all calls have ended in Odoo; return them."""
    until(
        lambda: all(log(refs).get(ref, [""])[0] == "ended" for ref in refs),
        seconds,
        lambda: str({ref: log(refs).get(ref) for ref in refs}),
    )
    return log(refs)


def _compared(rpc, pbx_id, log, ref):
    """Have the log compared with the PBX, and tell whether the call is known now."""
    rpc("nora", "telephony.pbx", "action_compare", [pbx_id])
    time.sleep(1)
    return log([ref])


@pytest.mark.parametrize("way", ["a socket", "the web"])
def test_calls_are_in_odoo_with_their_agent_and_what_was_talked(
    make, world, log, active, lab, way
):
    over_web = {"asterisk_ami_url": f"{lab.url}/rawman"} if way == "the web" else {}
    with make(**over_web) as bridge:
        active(bridge)
        answered = [world.call() for _ in range(3)]
        missed = world.call("120")
        until(lambda: log([missed]).get(missed, [""])[0] == "ringing")
        world.ami.action("Hangup", Channel="/Local/.*120@lab-world.*;1$/")
        found = _all_ended(log, [*answered, missed])
        for ref in answered:
            assert found[ref] == ANSWERED
        assert found[missed][:4] == ("ended", "missed", 0, False)


def test_odoo_asks_the_pbx_through_the_bridge_and_says_how_it_is(
    make, world, active, rpc, query
):
    [[pbx_id]] = query("SELECT id FROM telephony_pbx WHERE name = 'Real one'")
    with make() as bridge:
        active(bridge)
        shown = rpc("nora", "telephony.pbx", "action_test", [pbx_id])["params"]
        assert shown["type"] == "success", shown
        [pbx] = rpc("nora", "telephony.pbx", "read", [pbx_id], ["health_findings"])
        codes = {finding["code"] for finding in pbx["health_findings"]}
        assert not {code for code in codes if code.startswith("bridge")}, pbx


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (
            {"asterisk_ami_secret": "wrong", "asterisk_ari_password": "wrong"},
            ("manager.conf", "Check the password"),
        ),
        ({"asterisk_ami_host": "no.such.invalid"}, ("no.such.invalid", "host")),
        ({"asterisk_ami_tls": "yes"}, ("encryption", "tlsenable")),
    ],
)
def test_the_button_names_what_keeps_the_bridge_from_the_pbx(
    make, webhook, rpc, query, settings, named
):
    [[pbx_id]] = query("SELECT id FROM telephony_pbx WHERE name = 'Real one'")
    said = []

    def is_said():
        shown = rpc("nora", "telephony.pbx", "action_test", [pbx_id])["params"]
        said.append(shown)
        return shown["type"] == "danger" and all(
            words in shown["message"] for words in named
        )

    with make(**settings) as bridge:
        until(
            lambda: query(
                "SELECT 1 FROM telephony_pbx_bridge WHERE instance LIKE %s",
                f"%-{bridge.pid}-%",
            )
        )
        until(is_said, 60, lambda: str(said))


def test_what_happens_while_the_bridge_is_killed_is_told_after_its_restart(
    make, world, log, active, rpc, query
):
    [[pbx_id]] = query("SELECT id FROM telephony_pbx WHERE name = 'Real one'")
    bridge = make()
    with bridge:
        active(bridge)
        refs = [world.call() for _ in range(3)]  # these end while nobody listens
        long = world.call("110")
        until(lambda: log([long]).get(long, [""])[0] == "in_progress")
        bridge.kill()
        refs.append(world.call())
        time.sleep(2.5)
        refs.append(world.call("101"))
        bridge.start()
        active(bridge)
        world.ami.action("Hangup", Channel="/Local/.*110@lab-world.*;1$/")
        found = _all_ended(log, [*refs[:3], long, refs[-1]])
        assert found[long][1] == "answered"
        # Nobody heard of the one that came and went meanwhile: the PBX's own records
        # tell of it, by way of the bridge, once it is over.
        until(
            lambda: _compared(rpc, pbx_id, log, refs[3]),
            90,
            lambda: str(query(COMPARISONS)),
        )
        found = _all_ended(log, [*refs, long])
        assert found[refs[3]][1:3] == ("answered", A_SECOND)
        assert len(found) == 6


def test_what_happens_while_odoo_is_down_is_told_when_it_is_back(
    make, world, log, active, stack
):
    with make() as bridge:
        active(bridge)
        refs = [world.call()]
        stack.kill()
        refs += [world.call() for _ in range(5)]
        time.sleep(2)
        refs.append(world.call())
        stack.start()
        for row in _all_ended(log, refs).values():
            assert row == ANSWERED


def test_a_second_bridge_takes_over_within_ten_seconds_and_nothing_is_doubled(
    make, world, log, active, query
):
    one, two = make("one"), make("two")
    with one:
        active(one)
        with two:
            until(
                lambda: query(
                    "SELECT 1 FROM telephony_pbx_bridge WHERE NOT is_active"
                    " AND instance LIKE %s",
                    f"%-{two.pid}-%",
                )
            )
            before = world.call("110")
            until(lambda: log([before]).get(before, [""])[0] == "in_progress")
            since = time.time()
            one.freeze()
            assert two.took_over(since) < 10
            active(two)
            refs = [world.call() for _ in range(2)]
            one.thaw()
            refs += [world.call() for _ in range(2)]
            world.ami.action("Hangup", Channel="/Local/.*110@lab-world.*;1$/")
            found = _all_ended(log, [*refs, before])
            for ref in refs:
                assert found[ref] == ANSWERED
            assert found[before][:2] == ("ended", "answered")
            since = time.time()
            two.kill()
            assert one.took_over(since) < 10
            active(one)
