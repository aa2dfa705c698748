"""A shop with the real script and the real addresses, seen in a real browser.

How the script treats a page is tried in ``tracking_page``, where the server's part is
scripted; here everything is as in life, but for the telephone.
"""

import itertools
import time
from datetime import date

import pytest

from setup.shop import NUMBER, Shop, line
from setup.shop.server import HEAD
from setup.simulator.settings import Did, Extension

from .browser import Browser
from .tracking_page.conftest import COMPLAINTS
from .tracking_page.shop import STATIC as NUMBER_OF_REACT
from .tracking_page.test_react import APPLICATION, FILES, RENDERED, react  # noqa: F401

PATIENCE = 30  # seconds for what a job does
AGREED = "document.cookie = 'shop_consent=yes; path=/'"
CALL = "a.call"  # the number in the head of each page
SERIAL = itertools.count(1)
LATE = f"""<!doctype html><meta charset="utf-8"><title>Late</title>
<script src="/consent.js"></script>{HEAD}<h1>Loading</h1><div id="app"></div>
<script>addEventListener("load", () => setTimeout(() => {{
    app.innerHTML = '<a class="call" href="tel:{NUMBER}">020 7946 0180</a>';
}}, 600));</script>"""


@pytest.fixture(scope="module")
def chromium():
    with Browser() as running:
        yield running


@pytest.fixture(scope="module")
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


class Site:
    """A tracked web site in Odoo with a pool of numbers.

    :param rpc: calls models
    :param values: of the site, where they are not the usual ones
    """

    def __init__(self, rpc, token, count, values):
        self.rpc = rpc
        [pbx] = self.admin("telephony.pbx", "search", [["name", "=", "Office"]])
        first = 100 * int(token.rpartition("-")[2])
        self.numbers = [f"+44203770{first + index:04}" for index in range(count)]
        usual = {
            "name": "Shop",
            "token": token,
            "domains": "shop.localhost\n127.0.0.1",
            "consent_required": False,
            "min_talk_seconds": 1,
            "visits_per_minute": 10000,
            "visits_per_network": 10000,
            "numbers_per_network": 1000,
        }
        [self.id] = self.admin("telephony.tracking.site", "create", [usual | values])
        self.static = self._static(pbx)
        pool = {"site_id": self.id, "stands_for_id": self.static}
        [self.pool] = self.admin("telephony.tracking.pool", "create", [pool])
        number = {"pbx_id": pbx, "pool_id": self.pool}
        self.dids = self.admin(
            "telephony.did", "create", [number | {"number": e} for e in self.numbers]
        )

    def _static(self, pbx):
        """The number on the pages, which all sites of these tests have."""
        found = self.admin("telephony.did", "search", [["number", "=", NUMBER]])
        vals = {"pbx_id": pbx, "number": NUMBER, "name": "Shop"}
        vals |= {"creation_policy": "lead", "create_on": "answer"}
        return (found or self.admin("telephony.did", "create", [vals]))[0]

    def admin(self, model, method, *args, **kwargs):
        """Call a model as the administrator."""
        return self.rpc("admin", model, method, *args, **kwargs)

    def read(self, *names):
        """Read the site's own fields."""
        return self.admin("telephony.tracking.site", "read", [self.id], names)[0]

    def visits(self):
        """What is kept of its visitors, the first one first."""
        domain = [["site_id", "=", self.id]]
        fields = ["source", "medium", "campaign", "keyword", "landing", "gclid"]
        fields += ["consent_analytics", "consent_source"]
        return self.admin(
            "telephony.tracking.visit", "search_read", domain, fields, order="id"
        )

    def spend(self, source, medium, campaign, amount):
        """Note what an advertisement cost today."""
        names = {"source": source, "medium": medium, "campaign": campaign}
        found = {
            f"{kind}_id": self.admin(f"utm.{kind}", "name_search", name)[0][0]
            for kind, name in names.items()
        }
        cost = {"feed": "Tests", "date": date.today().isoformat(), "amount": amount}
        self.admin("telephony.tracking.cost", "create", [cost | found])

    def returned(self, campaign, clock, model, by=("source",)):
        """What the report says of a campaign."""
        figures = ("visits", "calls", "qualified", "leads", "won", "revenue", "cost")
        sums = [f"{name}:sum" for name in figures]
        return self.admin(
            "telephony.tracking.report", "formatted_read_group",
            [["campaign", "=ilike", campaign]], list(by),
            [*sums, "return_rate:avg", "cost_per_call:avg"],
            context={"telephony_clock": clock, "telephony_model": model},
        )  # fmt: skip

    def let_go(self, query):
        """Let the time pass after which a number may be shown to somebody else."""
        query(
            "UPDATE telephony_tracking_slot SET free_date = '2020-01-01' "
            "WHERE pool_id = %s",
            self.pool,
        )

    def close(self):
        """Have its numbers be those of nobody."""
        self.admin("telephony.tracking.site", "write", [self.id], {"active": False})
        self.admin("telephony.tracking.pool", "unlink", [self.pool])
        self.admin("telephony.did", "write", self.dids, {"active": False})


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


def number_on(tab):
    """The number that its visitor sees, as E.164; and it is the same everywhere."""
    href = tab.evaluate(f"document.querySelector('{CALL}').getAttribute('href')")
    shown = tab.see(CALL).replace(" ", "")
    assert href == f"tel:+44{shown.removeprefix('0')}"
    return href.removeprefix("tel:")


def own_number_on(tab):
    """The number of the pool that its visitor sees, once it is there."""
    tab.wait(f"!!document.querySelector('{CALL}:not([href$=\"{NUMBER}\"])')")
    return number_on(tab)


def answered(tab):
    """Wait until the visit was taken, and what came of it is on the page."""
    tab.wait("window.telephony?.visit()")
    tab.evaluate("new Promise((done) => setTimeout(done, 100))")


def test_two_visitors_at_once_see_two_numbers_on_the_same_page(site, come, shop):
    shop_site = site(3)
    shop.served.clear()
    tabs = come("/"), come("/")
    numbers = {own_number_on(tab) for tab in tabs}
    assert len(numbers) == 2
    assert numbers < set(shop_site.numbers)
    for tab, number in zip(tabs, map(number_on, tabs), strict=True):
        local = f"{number[5:9]} {number[9:]}"
        assert tab.see("footer").endswith(f"(020) {local}")
        assert f"+44 20 {local}, on weekdays" in tab.see("main p")
        data = tab.evaluate("document.querySelector('[type*=json]').textContent")
        assert NUMBER in data and number not in data
    # what a full-page cache would keep is the same for both
    _kind, page = shop.find("/")
    assert not any(number[-7:] in page.decode() for number in shop_site.numbers)


def test_a_dry_pool_shows_the_static_number_and_says_its_size(site, come):
    shop_site = site(1)
    first = come()
    assert own_number_on(first) == shop_site.numbers[0]
    second = come()
    answered(second)
    assert number_on(second) == NUMBER
    assert number_on(first) == shop_site.numbers[0]
    told = shop_site.read("health_state", "health_findings")
    words = " ".join(one["text"] for one in told["health_findings"])
    assert told["health_state"] == "warning"
    assert "was empty for 50 % of today's visitors" in words
    assert "(Erlang B)" in words
    [pool] = shop_site.admin(
        "telephony.tracking.pool", "read", [shop_site.pool], ["size_needed"]
    )
    assert pool["size_needed"] > 1
    assert f"{pool['size_needed']} are needed" in words


def test_who_refuses_is_not_known_and_sees_the_static_number(site, come):
    shop_site = site(2, consent_required=True)
    tab = come("/?utm_source=google", before="")
    tab.see(".bar", "May we count your visit")
    tab.wait("document.readyState === 'complete' && !!window.telephony")
    tab.click(".bar .no")
    tab.see_none(".bar .no")
    tab.evaluate("new Promise((done) => setTimeout(done, 400))")
    assert number_on(tab) == NUMBER
    assert shop_site.visits() == []
    assert tab.evaluate("localStorage.length") == 0

    # somebody else agrees, after the page was there
    other = come("/?utm_source=google", before="")
    other.wait("document.readyState === 'complete' && !!window.telephony")
    other.click(".bar .yes")
    assert own_number_on(other) in shop_site.numbers
    [visit] = shop_site.visits()
    assert visit["consent_analytics"] == "granted"
    assert visit["consent_source"] == "google"


def test_a_page_out_of_the_cache_has_the_number_of_who_looks_at_it(site, come, shop):
    shop_site = site(2)
    shop.max_age = 600
    shop.served.clear()
    tab = come("/benches.html")
    first = own_number_on(tab)
    tab.click("nav a[href='/delivery.html']")
    tab.see("h1", "Delivery")
    assert own_number_on(tab) == first
    # A link, and not a way back: a page is made anew, of what the browser has kept.
    tab.click("nav a[href='/benches.html']")
    tab.see("h1", "Oak workbench")
    assert own_number_on(tab) == first
    assert shop.served.count("/benches.html") == 1
    assert len(shop_site.visits()) == 1, "it is one visit of three pages"


def test_a_page_that_comes_back_asks_whose_its_number_is(site, come, query):
    """Meanwhile somebody else has it."""
    shop_site = site(1)
    kept = "addEventListener('pageshow', (one) => window.kept = one.persisted)"
    tab = come("/", before=f"{AGREED}; {kept}")
    [number] = shop_site.numbers
    assert own_number_on(tab) == number
    answered(tab)
    tab.click("nav a[href='/delivery.html']")
    tab.see("h1", "Delivery")
    assert own_number_on(tab) == number
    shop_site.let_go(query)
    other = come()
    assert own_number_on(other) == number

    tab.evaluate("history.back()")
    tab.see("h1", "Furniture for workshops")
    assert tab.evaluate("window.kept"), "it was loaded anew"
    tab.see(CALL, "020 7946 0180")
    assert number_on(tab) == NUMBER
    assert number_on(other) == number


def test_a_number_that_is_built_later_is_the_visitors_own(site, come, shop):
    shop_site = site(1)
    shop.pages["/late.html"] = LATE
    tab = come("/late.html")
    assert own_number_on(tab) == shop_site.numbers[0]
    assert len(shop_site.visits()) == 1


def test_a_react_page_comes_to_life_with_the_visitors_own_number(
    site,
    come,
    shop,
    react,  # noqa: F811
):
    [number] = site(1).numbers
    loads = "".join(f"load('{name}', '/{file}');" for name, file in FILES.items())
    start = "addEventListener('load', () => setTimeout(start, 1));"
    page = RENDERED + APPLICATION % (loads, start)
    for old, new in ((NUMBER_OF_REACT, NUMBER), (" 0018", " 0180")):
        page = page.replace(old, new)
    shop.pages |= {f"/{file}": react / file for file in FILES.values()}
    shop.pages["/react.html"] = f"<!doctype html><meta charset='utf-8'>{HEAD}{page}"
    tab = come("/react.html", before=f"{AGREED}; {COMPLAINTS}")
    tab.wait("window.isAlive")
    shown = f"{number[5:9]} {number[9:]}"
    tab.see("p", f"Call +44 20 {shown} or 020 {shown}")
    tab.evaluate("document.querySelector('button').click()")
    tab.see("p", f"Call +44 20 {shown} or 020 {shown} (1)")
    tab.evaluate("showAll()")
    tab.see("h2", f"(020) {shown}")
    assert tab.evaluate("complaints") == []


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

    before = stack.odoo.log.read_text().count(" ERROR ")
    yield talked
    assert stack.odoo.log.read_text().count(" ERROR ") == before


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
    stage.simulator.settings.dids.insert(0, Did(own_number_on(tab)))
    tab.click(CALL)
    tapped = "SELECT id FROM telephony_tracking_lease WHERE tap_date IS NOT NULL"
    until(lambda: query(tapped), "the tap was not told")

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


def until(found, words):
    """Wait for what somebody else does; return it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(words)
