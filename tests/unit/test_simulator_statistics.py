"""The simulator's statistics: of the calls it made, and of days before."""

from datetime import date, timedelta

import pytest
from simulator_client import ask, control, success
from simulator_odoo import StandIn

from setup.simulator import Simulator

CUSTOMER = "+33199001723"
PATH = "/v1/statistics/pbx/"


@pytest.fixture
def pbx():
    with StandIn() as odoo, Simulator(speed=0, webhook_url=odoo.url) as simulator:
        simulator.limit.statistics = 1000
        yield simulator


def stats(pbx, path=PATH, **params):
    return success(ask(pbx, path, params))["stats"]


def period(days):
    """So many days before today, as the account writes a period."""
    today = date.today()
    start, end = today - timedelta(days=days), today
    return {"start": f"{start} 00:00:00", "end": f"{end} 00:00:00"}


def test_a_call_enters_them_when_it_is_over(pbx):
    pbx.settings.statistics_delay = 3600
    old = pbx.play("missed", ago=7200)
    pbx.play("missed")
    assert [row["pbx_call_id"] for row in stats(pbx)] == [old]


def test_both_kinds_of_calls_can_be_asked_for_alone(pbx):
    came, went = pbx.play("answered"), pbx.play("outgoing_busy")
    inside = pbx.play("internal")
    assert [row["pbx_call_id"] for row in stats(pbx, call_type="in")] == [came]
    out = {row["pbx_call_id"] for row in stats(pbx, call_type="out")}
    assert out == {went, inside}


def test_outgoing_calls_have_a_price(pbx):
    pbx.play("outgoing_handset", number=CUSTOMER, talk=61)
    pbx.play("answered")
    (row,) = stats(pbx, "/v1/statistics/")
    assert (row["to"], row["billseconds"]) == (CUSTOMER.lstrip("+"), 61)
    assert row["billcost"] == 2 * row["cost"]
    (total,) = stats(pbx, "/v1/statistics/", cost_only="true")
    assert total == {"cost": row["billcost"], "currency": "EUR", "seconds": 61}


def test_calls_that_came_in_are_told_one_a_row(pbx):
    pbx.play("transfer", number=CUSTOMER)
    pbx.play("outgoing_busy")
    (row,) = stats(pbx, "/v1/statistics/incoming-calls/")
    assert (row["from"], row["billseconds"]) == (CUSTOMER.lstrip("+"), 30)


def test_the_line_may_stand_where_the_extension_does(pbx):
    pbx.spelling.sip = "did"
    pbx.play("answered", did="+33199001100")
    (row,) = stats(pbx)
    assert (row["sip"], row["destination"]) == (33199001100, 100)


def test_a_page_follows_the_other_without_a_gap(pbx):
    made = pbx.remember(days=2, calls=30)
    whole = stats(pbx, **period(3))
    pages = []
    while page := stats(pbx, **period(3), skip=str(len(pages)), limit="7"):
        pages += page
    assert pages == whole
    assert {row["pbx_call_id"] for row in whole} == {call.ref for call in made}
    starts = [row["callstart"] for row in whole]
    assert starts == sorted(starts)


def test_a_page_has_a_thousand_rows_at_most(pbx):
    pbx.remember(days=1, calls=1200)
    first = stats(pbx, **period(2), limit="5000")
    assert len(first) == 1000
    assert len(stats(pbx, **period(2), skip="1000")) >= 200


def test_days_before_are_remembered_without_a_word():
    with StandIn() as odoo, Simulator(speed=0, webhook_url=odoo.url) as pbx:
        assert control(pbx, "history", {"days": 2, "calls": 10}) == {"calls": 20}
        assert len(pbx.calls) == 20 and odoo.posts == []
        assert all(call.state == "ended" for call in pbx.calls.values())


def test_days_before_are_the_same_in_another_simulator():
    def remembered(**options):
        pbx = Simulator(speed=0, **options)
        found = [call.as_dict() for call in pbx.remember(days=3, calls=20)]
        pbx.server.close()
        return found

    assert remembered() == remembered()
    assert remembered()[-20:] == remembered(tz="Europe/London")[-20:]
    assert remembered() != remembered(seed=1)


def test_recordings_of_days_before_can_be_had(pbx):
    legs = [
        leg
        for call in pbx.remember(days=1, calls=20)
        for leg in call.legs
        if leg.recorded
    ]
    params = {"call_id": legs[0].call_id}
    assert success(ask(pbx, "/v1/pbx/record/request/", params))["link"]
