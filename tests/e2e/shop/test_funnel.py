"""From an advertisement to the sale, and what it has returned."""

import itertools
import time

from setup.simulator.settings import Did, Extension

from .visitor import CALL, own_number_on, until

TAPPED = """
    SELECT l.id FROM telephony_tracking_lease l JOIN telephony_did d ON d.id = l.did_id
     WHERE d.e164 = %s AND l.tap_date IS NOT NULL
"""


def read_lead(rpc, lead_id):
    """What a salesperson sees of where a lead came from, and what became of it."""
    names = ["source_id", "medium_id", "campaign_id"]
    more = ["tracking_channel", "won_status", "tracking_won_date", "expected_revenue"]
    [lead] = rpc("maya", "crm.lead", "read", [lead_id], [*names, *more])
    assert lead["won_status"] == "won" and lead["tracking_won_date"]
    assert lead["tracking_channel"] == "call"
    return [lead[name][1].lower() for name in names]


def test_from_the_advertisement_to_the_sale(site, come, rpc, stage, query, talked):
    """An advertisement, a number, a tap, a talk, a lead, a sale, and its return."""
    shop_site = site(3)
    come()  # somebody else who looks at the same pages
    tab = come(
        "/benches.html?utm_source=google&utm_medium=cpc&utm_campaign=Spring%20benches"
        "&utm_term=oak%20workbench&gclid=Cj0KCQ-of-the-tests&secret=1"
    )
    number = own_number_on(tab)
    stage.simulator.settings.dids.insert(0, Did(number))
    tab.click(CALL)
    until(lambda: query(TAPPED, number), "the tap was not told")

    scene = stage.call("+447700900101")
    scene.rings()
    scene.is_answered()
    time.sleep(1.5)
    scene.ends()
    call, lead_id = talked(scene.truth.ref)
    assert call["tracking_state"] == "matched"
    domain = [["call_id", "=", call["id"]], ["level", "=", "tap"]]
    [match] = rpc("maya", "telephony.tracking.match", "search_read", domain, ["weight"])
    assert 0.9 < match["weight"] < 1

    rpc("maya", "crm.lead", "write", [lead_id], {"expected_revenue": 1850})
    rpc("maya", "crm.lead", "action_set_won", [lead_id])
    assert read_lead(rpc, lead_id) == ["google", "cpc", "spring benches"]
    shop_site.spend("google", "cpc", "Spring benches", 925)
    # what it earned, by either clock and each model: there was one touch
    for clock, model in itertools.product(("touch", "money"), ("first", "linear")):
        [row] = shop_site.returned("Spring benches", clock, model)
        assert row["source"].lower() == "google"
        assert (row["visits:sum"], row["calls:sum"], row["qualified:sum"]) == (1, 1, 1)
        assert (row["leads:sum"], row["won:sum"]) == (1, 1)
        assert (row["revenue:sum"], row["cost:sum"]) == (1850, 925)
        assert row["return_rate:avg"] == 1
        assert row["cost_per_call:avg"] == 925
    rows = shop_site.returned(
        "Spring benches", "touch", "last", by=["keyword", "landing"]
    )
    known = {(row["keyword"], row["landing"]): row["won:sum"] for row in rows}
    assert known["oak workbench", "/benches.html"] == 1


def test_the_visitor_of_the_demonstration_calls_and_buys(
    site, shop, rpc, stack, simulator, talked
):
    shop_site = site(2)
    settings = simulator.settings
    settings.shop_url, settings.odoo_url = shop.url, stack.url
    settings.extensions[0] = Extension("100", login="maya")
    settings.speed, settings.shrink = 0.2, True
    visit = (
        "/?utm_source=newsletter&utm_medium=email&utm_campaign=November&yclid={click}"
    )
    ref = simulator.play("answered", visit=visit, talk=10, sale=240, tap=True)
    assert simulator.calls[ref].did in shop_site.numbers
    call, lead_id = talked(ref)
    assert call["tracking_state"] == "matched"
    assert read_lead(rpc, lead_id) == ["newsletter", "email", "november"]
    # won by the simulator, and the report shows the return
    shop_site.spend("newsletter", "email", "November", 60)
    for clock in ("touch", "money"):
        [row] = shop_site.returned("November", clock, "linear")
        assert (row["visits:sum"], row["calls:sum"], row["leads:sum"]) == (1, 1, 1)
        assert (row["won:sum"], row["revenue:sum"], row["cost:sum"]) == (1, 240, 60)
        assert row["return_rate:avg"] == 3
        opened = shop_site.opened("revenue", "November", clock)
        assert opened == ("crm.lead", [lead_id])
