"""Which number a visitor sees, on pages of every kind."""

from setup.shop import NUMBER
from setup.shop.server import HEAD

from ..tracking_page.conftest import COMPLAINTS
from ..tracking_page.shop import STATIC as NUMBER_OF_REACT
from ..tracking_page.test_react import APPLICATION, FILES, RENDERED, react  # noqa: F401
from .visitor import AGREED, CALL, answered, number_on, one_day, own_number_on, until

LATE = f"""<!doctype html><meta charset="utf-8"><title>Late</title>
<script src="/consent.js"></script>{HEAD}<h1>Loading</h1><div id="app"></div>
<script>addEventListener("load", () => setTimeout(() => {{
    app.innerHTML = '<a class="call" href="tel:{NUMBER}">020 7946 0180</a>';
}}, 600));</script>"""
PAGES = """
    SELECT p.path FROM telephony_tracking_visit_page p
      JOIN telephony_tracking_visit v ON v.id = p.visit_id
     WHERE v.site_id = %s ORDER BY p.id
"""


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
    one_day()
    shop_site = site(1)

    def said():
        told = shop_site.read("health_findings")
        return " ".join(one["text"] for one in told["health_findings"] or [])

    first = come()
    assert own_number_on(first) == shop_site.numbers[0]
    second = come()
    until(lambda: "was empty for" in said(), "nobody was refused a number")
    answered(second)
    assert number_on(second) == NUMBER
    assert number_on(first) == shop_site.numbers[0]
    assert shop_site.read("health_state")["health_state"] == "warning"
    words = said()
    assert "was empty for 50 % of today's visitors" in words
    assert "(Erlang B)" in words
    [pool] = shop_site.admin(
        "telephony.tracking.pool", "read", [shop_site.pool], ["size_needed"]
    )
    assert pool["size_needed"] > 1
    assert f"needs {pool['size_needed']} " in words


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
    kept = f"""addEventListener("pageshow", (one) => {{
        window.kept = one.persisted;
        setTimeout(() => {{ window.first = document.querySelector("{CALL}").href; }});
    }})"""
    tab = come("/", before=f"{AGREED}; {kept}")
    [number] = shop_site.numbers
    assert own_number_on(tab) == number
    answered(tab)
    tab.click("nav a[href='/delivery.html']")
    tab.see("h1", "Delivery")
    assert own_number_on(tab) == number

    def somebody_else():
        """Who has it, unless a word of the first was on its way: that holds it."""
        shop_site.let_go(query)
        other = come()
        answered(other)
        return other if number_on(other) == number else None

    other = until(somebody_else, "nobody else was shown the number")
    tab.evaluate("history.back()")
    tab.see("h1", "Furniture for workshops")
    seen = [("/delivery.html",), ("/",)]
    until(lambda: query(PAGES, shop_site.id) == seen, "it did not ask")
    tab.see(CALL, "020 7946 0180")
    answered(tab)
    assert tab.evaluate("window.kept"), "it was loaded anew"
    assert number_on(tab) == NUMBER == tab.evaluate("window.first").removeprefix("tel:")
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
