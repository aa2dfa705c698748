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
    "network_share": 100,
}})
pool = env["telephony.tracking.pool"].create(
    {{"site_id": site.id, "stands_for_id": static.id}}
)
numbers.create(
    [{{"pbx_id": pbx.id, "number": one, "pool_id": pool.id}} for one in {POOL!r}]
)
pbx.ask_prefix_hour = 0  # so that whoever asks to be called is refused
site.callback_pbx_id = pbx
env.cr.commit()
"""
#: That Odoo tells when requests were in each other's way.
OPTIONS = ("--log-handler=odoo.service.model:INFO",)


@pytest.fixture(scope="module")
def site(databases, database, stack):  # noqa: F811
    """The address that the pages of a site with a pool of five numbers talk to."""
    databases.shell(database, SITE, "the site of the tests could not be made")
    return f"{stack.url}/telephony/tracking/{TOKEN}/visit"


def _post(site, message, origin="https://shop.example"):
    return requests.post(
        site,
        json=message,
        headers={
            "Content-Type": "text/plain",
            "Origin": origin,
            "User-Agent": "Mozilla/5.0 Firefox/128.0",
        },
        timeout=60,
    )


def _say(site, **message):
    answer = _post(site, message)
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


def test_who_is_refused_a_call_back_disturbs_nobody_however_many_there_are(
    site,
    stack,  # noqa: F811
    query,  # noqa: F811
):
    """None is tried again, for which a worker would sleep for seconds."""
    asked = site.replace("/visit", "/callback")
    number = {"number": "+442079460123"}
    kinds = [
        (number, "https://elsewhere.example", 403),
        ({**number, "hp": "filled in"}, "https://shop.example", 200),
        (number, "https://shop.example", 429),
    ]
    with ThreadPoolExecutor(8) as threads:
        for message, origin, status in kinds:
            words = [asked] * 40, [message] * 40, [origin] * 40
            told = {answer.status_code for answer in threads.map(_post, *words)}
            assert told == {status}
    assert "tries left" not in stack.odoo.log.read_text()
    counted = query(
        "SELECT key, sum(count)::int FROM telephony_callback_quota "
        "WHERE kind = 'refused' GROUP BY key ORDER BY key"  # of more than one hour
    )
    assert counted == [("many_prefix", 40), ("trap", 40)]
