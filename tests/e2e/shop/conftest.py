"""The shop, its site in Odoo, and people who come to it."""

import itertools
import re

import pytest

from setup.shop import Shop, line

from ..browser import Browser
from .site import Site
from .visitor import AGREED, until

SERIAL = itertools.count(1)
ENTRY = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,)", re.MULTILINE)
# What Odoo logs as an error of a query, and then tries again.
IN_THE_WAY = re.compile(
    r" odoo\.sql_db: bad query: .*\nERROR: "
    r"(could not (serialize access|obtain lock)|deadlock detected|[^\n]*lock timeout)",
    re.DOTALL,
)


def errors(log):
    """What Odoo has logged as errors, but for queries that were in each other's way."""
    entries = ENTRY.split(log.read_text())
    return [
        entry
        for entry in entries
        if " ERROR " in entry.partition("\n")[0] and not IN_THE_WAY.search(entry)
    ]


@pytest.fixture(scope="package")
def chromium():
    with Browser() as running:
        yield running


@pytest.fixture(scope="package")
def shop(stack):
    """The shop, at a name of its own: nothing of Odoo's is the same site."""
    with Shop() as running:
        running.name = f"http://shop.localhost:{running.port}"
        yield running


@pytest.fixture
def site(stack, shop, rpc):
    """The site of the shop in Odoo; call it with how many numbers it has."""
    made = []

    def make(count, **values):
        token = f"shop-of-the-tests-{next(SERIAL)}"
        made.append(Site(rpc, token, count, values))
        shop.head = line(stack.url, token)
        return made[-1]

    yield make
    shop.pages, shop.max_age = {}, 0
    for one in made:
        one.close()


@pytest.fixture
def come(chromium, shop):
    """Somebody nobody knows opens a page of the shop; each time another person."""
    people = []

    def come(path="/", before=AGREED):
        people.append(chromium.visitor(shop.name))
        return people[-1].open(path, before)

    yield come
    for person in people:
        person.__exit__()


@pytest.fixture
def talked(rpc, stack):
    """Wait for a call that counts, and for the lead that it became; read both."""

    def talked(ref):
        domain = [["call_ref", "=", ref], ["qualified", "=", True]]
        fields = ["tracking_state", "campaign_id", "lead_id"]
        [call] = until(
            lambda: rpc("admin", "telephony.call", "search_read", domain, fields),
            "the call never counted",
        )
        return call, call["lead_id"][0]

    before = len(errors(stack.odoo.log))
    yield talked
    assert errors(stack.odoo.log)[before:] == []
