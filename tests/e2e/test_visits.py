"""Visitors of a web site who come at the same moment, with two workers to take them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .own import database, query, stack  # noqa: F401

TOKEN = "pages-of-the-shop"
STATIC = "+442037691881"
POOL = [f"+4420376919{number:02}" for number in range(5)]
ROUNDS = 4

SITE = f"""
pbx = env["telephony.pbx"].search([], limit=1)
numbers = env["telephony.did"]
static = numbers.search([("pbx_id", "=", pbx.id), ("e164", "=", "{STATIC}")])
static = static or numbers.create({{"pbx_id": pbx.id, "number": "{STATIC}"}})
site = env["telephony.tracking.site"].create({{
    "name": "Shop",
    "token": "{TOKEN}",
    "domains": "shop.example",
    "company_id": pbx.company_id.id,
    "consent_required": False,
    "visits_per_minute": 10000,
    "visits_per_network": 10000,
    "numbers_per_network": 1000,
}})
pool = env["telephony.tracking.pool"].create(
    {{"site_id": site.id, "stands_for_id": static.id}}
)
numbers.create(
    [{{"pbx_id": pbx.id, "number": one, "pool_id": pool.id}} for one in {POOL!r}]
)
env.cr.commit()
"""


@pytest.fixture(scope="module")
def site(databases, database, stack):  # noqa: F811
    """The address that the pages of a site with a pool of five numbers talk to."""
    databases.shell(database, SITE, "the site of the tests could not be made")
    return f"{stack.url}/telephony/tracking/{TOKEN}/visit"


def _say(site, **message):
    answer = requests.post(
        site,
        json=message,
        headers={
            "Content-Type": "text/plain",
            "Origin": "https://shop.example",
            "User-Agent": "Mozilla/5.0 Firefox/128.0",
        },
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def _at_once(site, messages):
    with ThreadPoolExecutor(50) as threads:
        return list(threads.map(lambda message: _say(site, **message), messages))


def _open_leases(query):  # noqa: F811
    return query(
        "SELECT d.e164, v.key FROM telephony_tracking_lease l "
        "JOIN telephony_did d ON d.id = l.did_id "
        "JOIN telephony_tracking_visit v ON v.id = l.visit_id "
        "WHERE l.end_date IS NULL"
    )


def test_of_a_hundred_visitors_at_once_no_two_see_the_same_number(site, query):  # noqa: F811
    page = {"u": "/", "h": "shop.example", "n": [STATIC]}
    for _round in range(ROUNDS):
        told = _at_once(site, [page] * 100)
        shown = {one["n"][STATIC]["e164"]: one["k"] for one in told if one["n"]}
        assert sorted(shown) == POOL
        assert len([one for one in told if one["n"]]) == len(POOL)
        assert len({one["k"] for one in told}) == 100
        assert sorted(_open_leases(query)) == sorted(shown.items())
        # Those who were there before go on telling that they live, and get nothing.
        query("UPDATE telephony_tracking_slot SET free_date = '2020-01-01'")
    assert query("SELECT count(*) FROM telephony_tracking_lease") == [
        (ROUNDS * len(POOL),)
    ]


def test_a_page_that_lives_and_others_that_come_never_share_a_number(site, query):  # noqa: F811
    """Beats of those who had the numbers, and new visitors, for the same free ones."""
    page = {"u": "/", "h": "shop.example", "n": [STATIC]}
    query("UPDATE telephony_tracking_slot SET free_date = '2020-01-01'")
    holders = [one["k"] for one in _at_once(site, [page] * 5)]
    query("UPDATE telephony_tracking_slot SET free_date = '2020-01-01'")
    beats = [{"k": key, "b": 1} for key in holders]
    told = _at_once(site, [*beats, *[page] * 20, *beats, *beats])
    last = {one["k"]: one["n"][STATIC]["e164"] for one in told if one["n"]}
    holds = {key: number for number, key in _open_leases(query)}
    assert sorted(holds.values()) == POOL
    for key, number in holds.items():
        assert last[key] == number
