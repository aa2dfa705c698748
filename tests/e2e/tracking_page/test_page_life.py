"""A page that changes, sleeps, goes and comes back."""

import time
from itertools import pairwise

from .shop import HURRY, KEY, SHOWN, STATIC

PAUSE = "new Promise((resolve) => setTimeout(resolve, {}))"


def is_beat(message):
    return "b" in message


def test_what_appears_later_is_changed_before_it_is_drawn(shop, visit):
    shop.page("<p>020 7946 0018</p><div id='app'></div>")
    tab = visit()
    tab.see("p", "0321")
    drawn = tab.evaluate("""new Promise((resolve) => {
        app.innerHTML = "<h1>Call <i>020</i> 7946 0018</h1><a href='tel:02079460018'>";
        requestAnimationFrame(() => setTimeout(() => resolve(app.innerHTML)));
    })""")
    assert drawn == '<h1>Call <i>020</i> 7946 0321</h1><a href="tel:02079460321"></a>'
    tab.evaluate("app.querySelector('h1').lastChild.data = ' 7946 0018!', undefined")
    tab.see("h1", "020 7946 0321!")
    tab.evaluate("app.lastChild.setAttribute('href', 'tel:+442079460018'), undefined")
    tab.wait(f"app.lastChild.getAttribute('href') === 'tel:{SHOWN}'")
    shop.quiet()
    assert len(shop.visits()) == 1
    assert shop.messages == shop.asks()


def test_a_page_that_builds_its_number_late_asks_when_it_is_there(shop, visit):
    shop.page("<div id='app'></div>")
    tab = visit()
    tab.wait("window.telephony.visit()")
    assert [ask["n"] for ask in shop.asks()] == [[]]
    tab.evaluate("app.append('+44 20 ', '7946 0018'), undefined")
    tab.see("#app", "+44 20 7946 0321")
    assert [ask["n"] for ask in shop.asks()] == [[], [STATIC]]
    assert [ask["k"] for ask in shop.asks()] == ["", KEY]


def test_only_a_number_that_comes_into_view_is_asked_for(shop, visit):
    shop.page(
        "<p>0800 111 1234</p><nav hidden>020 7946 0018</nav>"
        "<div style='height: 5000px'></div><footer>+380 44 499 1234</footer>"
    )
    tab = visit()
    tab.see("p", "0800 111 5678")
    assert [visit["n"] for visit in shop.visits()] == [["+448001111234"]]
    tab.evaluate("document.querySelector('nav').hidden = false, undefined")
    tab.see("nav", "020 7946 0321")
    tab.evaluate("scrollTo(0, 5000)")
    tab.see("footer", "+380 44 499 5678")
    assert shop.visits()[-1]["n"] == [STATIC, "+448001111234", "+380444991234"]


def test_a_single_page_application_tells_each_page(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    tab = visit("/?utm_source=news&secret=1")
    tab.see("p", "0321")
    tab.evaluate("""
        history.pushState({}, "", "/prices?utm_source=other&token=2");
        history.replaceState({}, "", "/prices?page=2");
        document.querySelector("p").textContent = "Prices: 020 7946 0018";
    """)
    tab.see("p", "Prices: 020 7946 0321")
    # Each is a request of its own: two at once may overtake each other.
    [first] = shop.wait(lambda message: "v" in message)
    tab.evaluate("history.back()")
    _first, second = shop.wait(lambda message: "v" in message, 2)
    port = shop.port
    assert first == {
        "k": KEY, "v": 1, "u": "/prices", "h": "127.0.0.1", "q": {},
        "r": f"127.0.0.1:{port}/",
    }  # fmt: skip
    assert (second["u"], second["q"]) == ("/", {"utm_source": "news"})


def test_a_page_from_the_back_forward_cache_asks_again(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    shop.pages["/other"] = "<!doctype html><title>Other</title><p>Other"
    tab = visit(before="addEventListener('pageshow', (e) => window.kept = e.persisted)")
    tab.see("p", "020 7946 0321")
    tab.evaluate("window.alive = true, location.href = '/other', undefined")
    tab.see("p", "Other")
    shop.wait(lambda message: message.get("e"))

    shop.pool[STATIC] = "+442079460777"
    tab.evaluate("history.back()")
    tab.see("p", "020 7946 0777")
    assert tab.evaluate("window.alive && window.kept"), "it was loaded anew"
    assert [visit["k"] for visit in shop.visits()] == ["", KEY]
    # Who asks anew opens no page, who comes back does.
    [view] = shop.wait(lambda message: "v" in message)
    assert (view["k"], view["u"]) == (KEY, "/")


def test_a_page_from_the_cache_shows_its_own_number_where_there_is_no_other(
    shop, visit
):
    shop.page("<p>Call <b>020</b> 7946 0018</p><a href='tel:020%207946%200018'>☎</a>")
    shop.pages["/other"] = "<!doctype html><title>Other</title><p>Other"
    tab = visit()
    tab.see("p", "0321")
    tab.evaluate("location.href = '/other', undefined")
    tab.see("p", "Other")
    shop.pool = {}
    tab.evaluate("history.back()")
    tab.see("p", "Call 020 7946 0018")
    href = tab.evaluate("document.querySelector('a').getAttribute('href')")
    assert href == "tel:020%207946%200018"


def test_a_hidden_page_waits_and_beats_only_while_it_is_seen(shop, visit):
    shop.beat = 0.2
    shop.page("<p>020 7946 0018</p>")
    hide = """
        window.isHidden = true;
        Object.defineProperty(document, "hidden", { get: () => isHidden });
        window.turn = (to) => {
            isHidden = to;
            document.dispatchEvent(new Event("visibilitychange"));
        };
    """
    tab = visit(before=hide)
    tab.wait("document.readyState === 'complete' && !!window.telephony")
    tab.evaluate(PAUSE.format(400))
    assert shop.messages == []
    tab.evaluate("turn(false)")
    tab.see("p", "0321")
    shop.wait(is_beat, 2)
    tab.evaluate("turn(true)")
    before = shop.quiet()
    tab.evaluate("turn(false)")
    shop.wait(is_beat, before)


def test_a_page_that_is_only_prepared_waits(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    prepare = """
        window.isPrepared = true;
        Object.defineProperty(document, "prerendering", { get: () => isPrepared });
    """
    tab = visit(before=prepare)
    tab.wait("document.readyState === 'complete' && !!window.telephony")
    tab.evaluate(PAUSE.format(400))
    assert shop.messages == []
    tab.evaluate("""
        isPrepared = false;
        document.dispatchEvent(new Event("prerenderingchange"));
    """)
    tab.see("p", "0321")


def test_a_number_that_went_to_somebody_else_is_shown_no_more(shop, visit):
    shop.beat = 0.2
    shop.page("<p>020 7946 0018</p>")
    tab = visit()
    tab.see("p", "0321")
    shop.pool[STATIC] = "+442079460777"
    tab.see("p", "020 7946 0777")
    shop.pool = {}
    tab.see("p", "020 7946 0018")
    shop.quiet()  # as a page without a number of its own is


def test_a_page_that_has_the_script_twice_asks_once(shop, visit):
    shop.page("<p id='telephony'>020 7946 0018</p><script src='/s.js'></script>")
    tab = visit()
    tab.see("p", "0321")
    shop.quiet()
    assert len(shop.visits()) == 1
    assert shop.messages == shop.asks()


def test_the_page_can_have_it_looked_through_anew(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    tab = visit()
    tab.see("p", "0321")
    shop.pool[STATIC] = "+442079460777"
    tab.evaluate("telephony.refresh()")
    tab.see("p", "0777")


def test_who_got_no_answer_asks_again(shop, visit):
    shop.is_down = True
    shop.page("<p>020 7946 0018</p>")
    tab = visit(before=HURRY)
    shop.wait_asked(2)
    assert tab.see("p") == "020 7946 0018"
    shop.is_down = False
    tab.see("p", "0321")


def test_who_gets_no_answer_asks_a_few_times_and_less_and_less(shop, visit):
    shop.is_down = True
    shop.page("<p>020 7946 0018</p>")
    tab = visit(before=HURRY.replace("20", "400"))
    shop.wait_asked(5)
    time.sleep(2)  # of the page's own time that is more than ten minutes
    assert len(shop.requests) == 5
    assert all(one < other for one, other in pairwise(tab.evaluate("pauses")))


def test_an_answer_that_never_comes_holds_up_nothing(shop, visit):
    shop.hangs = 1
    shop.page("<p>020 7946 0018</p>")
    tab = visit(before=HURRY)
    shop.wait_hanging()
    tab.evaluate("giveUp()")
    tab.see("p", "0321")
    assert len(shop.visits()) == 1


def test_an_application_that_has_its_pages_behind_a_hash_tells_each(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    tab = visit("/?utm_source=news#!/start?secret=1")
    tab.see("p", "0321")
    assert shop.visits()[0]["u"] == "/#!/start"
    for hash_, count in (("#!/prices?secret=2", 1), ("#top", 2), ("#other", 2)):
        tab.evaluate(f"location.hash = '{hash_}'")
        shop.wait(lambda message: "v" in message, count)
    tab.evaluate("history.replaceState({}, '', '/about')")
    views = shop.wait(lambda message: "v" in message, 3)
    assert [view["u"] for view in views] == ["/#!/prices", "/", "/about"]


def test_a_number_in_an_element_without_a_box_comes_into_view(shop, visit):
    shop.page("<p><b style='display: contents'>020 7946 0018</b></p>")
    visit().see("p", "020 7946 0321")


def test_a_text_that_counts_down_beside_the_number_ends_nothing(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    tab = visit(moves=True)
    tab.see("p", "0321")
    tab.evaluate("""(async () => {
        const text = document.querySelector("p").firstChild;
        for (let left = 110; left--; ) {
            text.data = `020 7946 0018, only ${left} left`;
            await new Promise((resolve) => setTimeout(resolve, 17));
        }
    })()""")
    assert tab.see("p", "only 0 left") == "020 7946 0321, only 0 left"
