"""A running Odoo with two workers behind nginx, and a PBX connected to it."""

import os

import pytest

from setup.asterisk import package
from setup.lib import paths
from setup.lib.prepare import ground
from setup.lib.stack import Stack
from setup.simulator import Settings, Simulator
from setup.simulator.settings import Did, Extension

from .access import Query, Rpc
from .fetched import fetched
from .pbx import DID, Pbx
from .stage import Stage

# Makes the PBX of these tests and two agents; prints what the tests need to know.
CONNECT = """
company = env.company
company.country_id = env.ref("base.uk")
groups = env.ref("telephony_crm.group_telephony_agent")
groups |= env.ref("sales_team.group_sale_salesman")
users = env["res.users"].with_context(no_reset_password=True).create([
    {"name": name.title(), "login": name, "password": name,
     "group_ids": [(4, group.id) for group in groups]}
    for name in ("maya", "bruno")])
pbx = env["telephony.pbx"].create({
    "name": "Office", "adapter": "zadarma", "tz": "UTC",
    "country_id": env.ref("base.uk").id,
    "api_key": "testkey", "api_secret": "testsecret"})
env["telephony.did"].create(
    {"pbx_id": pbx.id, "number": "+442037691881", "name": "London"})
for number, user in zip(("100", "101"), users):
    env["telephony.extension"].create(
        {"pbx_id": pbx.id, "number": number, "user_id": user.id})
env["ir.config_parameter"].set_param("telephony_e2e.token", pbx.webhook_token)
env.cr.commit()
"""


@pytest.fixture(scope="session")
def databases():
    with ground("chromium", "nginx") as found:
        yield found


@pytest.fixture(scope="session")
def programs():
    """Asterisk and sipp, see ``fetched``."""
    return fetched("asterisk", package.prepare)


@pytest.fixture(scope="session")
def bare(databases):
    """The name of a database with the addons and nothing entered; it stays as it is."""
    template = os.environ.get("TELEPHONY_CRM_TEMPLATE")
    if template:
        yield template
        return
    name = f"telephony_test_{os.getpid()}_bare"
    addons = {path.parent.name for path in paths.ROOT.glob("*/__manifest__.py")}
    databases.have_addon(name, addons)
    yield name
    databases.drop(name)


@pytest.fixture(scope="session")
def database(databases, bare):
    """A database with the PBX of these tests, removed afterwards."""
    name = f"telephony_test_{os.getpid()}_e2e"
    databases.copy(bare, name)
    databases.shell(name, CONNECT, "the PBX of the tests could not be made")
    yield name
    databases.drop(name)


@pytest.fixture(scope="session")
def stack(databases, database):
    with Stack(databases, database, workers=2) as running:
        yield running


@pytest.fixture(scope="session")
def query(databases, database):
    """Ask the database itself, see ``Query``."""
    asking = Query(databases.server, database)
    yield asking
    asking.close()


@pytest.fixture
def pbx(stack, query):
    """The PBX, as it speaks to the webhook."""
    rows = query(
        "SELECT value FROM ir_config_parameter WHERE key = 'telephony_e2e.token'"
    )
    return Pbx(f"{stack.url}/telephony/webhook/{rows[0][0]}")


@pytest.fixture
def rpc(stack):
    """Call a model as a user, see ``Rpc``."""
    return Rpc(stack)


@pytest.fixture
def simulator(pbx, query):
    """The PBX of these tests, played by the simulator."""
    settings = Settings(
        key="testkey",
        secret="testsecret",
        webhook_url=pbx.url,
        extensions=[Extension("100"), Extension("101")],
        dids=[Did("+" + DID)],
    )
    with Simulator(settings) as running:
        query(
            "UPDATE telephony_pbx SET api_url = %s, dial_user_minute = 100", running.url
        )
        yield running


@pytest.fixture
def stage(simulator):
    stage = Stage(simulator)
    yield stage
    stage.clear()
