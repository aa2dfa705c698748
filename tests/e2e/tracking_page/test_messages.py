"""What is told of a visit, and to whom."""

import json
from urllib.parse import urlsplit

import pytest

from .shop import KEY, NUMBERS, PARAMETERS, SHOWN, STATIC, parse_visit

COOKIES = """
document.cookie = "_ga=GA1.1.1234567890.1690000000";
document.cookie = "_ga_ABC123=GS2.1.s1700000001$o1$g0$t1700000001";
document.cookie = "_fbp=fb.1.1690000000000.987654321";
document.cookie = "_fbc=fb.1.1690000000000.IwAR_x-1";
"""
# A page that asks when it is drawn, however late that is.
LEISURE = """
    const later = setTimeout;
    window.setTimeout = (work, delay) => later(work, delay === 100 ? 1500 : delay);
"""
FOLLOW = "document.addEventListener('click', (event) => event.preventDefault());"

# A server that is too busy, twice, for all but what asks for numbers.
BUSY = """
    const later = setTimeout, ask = fetch, heard = {};
    window.setTimeout = (work, delay) => later(work, delay === 15000 ? 3000 : delay);
    window.fetch = (url, options) => {
        const { n, b, c } = JSON.parse(options.body);
        const what = b ? (c ? "no" : "beat") : "tap";
        heard[what] = (heard[what] || 0) + 1;
        return n || heard[what] > 2
            ? ask(url, options)
            : Promise.resolve(new Response("{}", { status: 429 }));
    };
"""


def test_a_visit_tells_where_from_and_nothing_else(shop, visit):
    shop.page("<a href='/landing?utm_source=news&UTM=1&gclid=Abc-1&email=a@b.c#top'>x")
    shop.page("<p>020 7946 0018</p>", path="/landing")
    tab = visit(before=COOKIES)
    tab.wait("window.telephony.visit()")
    tab.click("a")
    tab.see("p", "0321")
    message = shop.visits()[-1]
    assert message.pop("p") == KEY
    assert message == {
        "k": "",
        "u": "/landing",
        "h": "127.0.0.1",
        "q": {"utm_source": "news", "gclid": "Abc-1"},
        "r": f"127.0.0.1:{shop.port}/",
        "n": [STATIC],
        "c": {"a": "unknown", "d": "unknown", "by": ""},
        "g": {
            "client_id": "1234567890.1690000000",
            "session_id": "1700000001",
            "fbp": "fb.1.1690000000000.987654321",
            "fbc": "fb.1.1690000000000.IwAR_x-1",
        },
    }


def test_a_visit_is_one_simple_request_without_cookies(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    tab = visit(before=f"document.cookie = 'session_id=secret'; {LEISURE}")
    tab.see("p", "0321")
    assert tab.evaluate("document.cookie") == "session_id=secret"
    ((method, path, headers),) = shop.requests
    assert (method, path) == ("POST", f"{shop.path}/visit")
    assert headers["Content-Type"].startswith("text/plain")
    assert "Cookie" not in headers


def test_a_tap_tells_the_number_and_the_session_of_that_moment(shop, visit):
    shop.page(
        "<a id='call' href='tel:020 7946 0018'><b>Call</b></a>"
        "<a id='other' href='tel:+442079469999'>Other</a>"
    )
    tab = visit(before=COOKIES + FOLLOW)
    tab.wait(f"call.href.replace(/%20/g, '').endsWith('{SHOWN[-4:]}')")
    tab.evaluate("""
        document.cookie = "_ga_ABC123=GS2.1.s1700009999$o2$g0$t1700009999";
        other.click();
        call.firstChild.click();
    """)
    (tap,) = shop.wait(lambda message: "t" in message)
    assert (tap["k"], tap["t"]) == (KEY, SHOWN)
    assert tap["g"]["session_id"] == "1700009999"


def test_a_tap_and_a_no_are_said_again_to_a_server_that_is_too_busy(shop, visit):
    shop.beat = 0.5
    shop.page("<a id='call' href='tel:020 7946 0018'>Call</a>")
    tab = visit(before=FOLLOW + BUSY)
    tab.wait(f"call.href.replace(/%20/g, '').endsWith('{SHOWN[-4:]}')")
    tab.evaluate("call.click()")
    (tap,) = shop.wait(lambda message: "t" in message)
    assert tap["t"] == SHOWN
    tab.evaluate("telephony.consent({ analytics: false, ads: false }), 1")
    (told,) = shop.wait(lambda message: message.get("c", {}).get("a") == "denied")
    assert (told["k"], told["b"]) == (KEY, 1)


NAMESAKE, NAMESAKE_SHOWN = "+441619460018", "+441619460321"


def test_a_tap_is_of_the_number_that_the_link_calls(shop, visit):
    shop.config["numbers"] = (*NUMBERS, {"e164": NAMESAKE, "cc": "44", "trunk": "0"})
    shop.pool[NAMESAKE] = NAMESAKE_SHOWN
    taps = {
        "tel:0161 946 0018": NAMESAKE_SHOWN,
        "tel:020%207946%200018": SHOWN,
        "tel:+442079460018;ext=12": SHOWN,
        "tel:02079460018,,12": SHOWN,
    }
    shop.page("".join(f"<a href='{href}'>Call</a>" for href in taps))
    tab = visit(before=FOLLOW)
    tab.wait("[...document.links].filter((one) => /321/.test(one.href)).length === 4")
    tab.evaluate("for (const link of document.links) link.click()")
    told = shop.wait(lambda message: "t" in message, len(taps))
    assert sorted(tap["t"] for tap in told) == sorted(taps.values())


LEFT_ALONE = """
<p itemprop="telephone"><a href="tel:+1 207 946 0018">Another country</a></p>
<p itemprop="telephone"><a href="tel:+2079460018">Yet another</a></p>
<p itemprop="telephone"><a href="tel:">Nobody</a></p>
<p itemprop="telephone"><a href="tel:+44%20(0)20-7946-0018;ext=12">Call</a></p>
<p data-telephony-skip><a href="TEL:02079460018,,12">Call</a></p>
"""


def test_a_tap_on_a_link_that_is_left_alone_is_of_the_number_that_stands_there(
    shop, visit
):
    """As in the usual microdata."""
    shop.page(f"{LEFT_ALONE}<footer>020 7946 0018</footer>")
    tab = visit(before=FOLLOW)
    tab.see("footer", SHOWN[-4:])
    tab.evaluate("for (const link of document.links) link.click()")
    told = shop.wait(lambda message: "t" in message, 2)
    assert [tap["t"] for tap in told] == [STATIC, STATIC]


def test_all_that_tells_of_an_advertisement_is_told(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    tab = visit("/?" + "&".join(f"{name}=A-1" for name in (*PARAMETERS, "utm_id", "s")))
    tab.see("p", "0321")
    assert shop.visits()[0]["q"].keys() == PARAMETERS


def test_an_address_too_long_is_told_in_part(shop, visit):
    many = "&".join(f"utm_x{number}={'x' * 250}" for number in range(40))
    path = "/" + "a" * 3000
    address = f"{path}?{many}&utm_source={'n' * 300}&gclid={'g' * 300}&yclid=Y-1"
    shop.page(f"<a href='{address}'>020 7946 0018", path=path)
    tab = visit(path)
    tab.see("a", "0321")
    tab.click("a")
    shop.wait(lambda one: one.get("r"))
    message = shop.visits()[-1]
    assert message["u"] == path[:500]
    assert len(message["r"]) == 500
    kept = parse_visit(json.dumps(message).encode()).parameters
    assert kept == {"utm_source": "n" * 255, "yclid": "Y-1"}


def test_beats_tell_the_visit_alone(shop, visit):
    shop.beat = 0.2
    shop.page("<p>020 7946 0018</p>")
    visit().see("p", "0321")
    beat, *_others = shop.wait(lambda message: "b" in message, 2)
    assert beat == {"k": KEY, "b": 1}


def test_the_end_of_a_page_is_told(shop, visit):
    shop.page("<p>020 7946 0018</p><a href='/two'>two</a>")
    shop.pages["/two"] = "<!doctype html><p>Two"
    tab = visit()
    tab.see("p", "0321")
    tab.click("a")
    (end,) = shop.wait(lambda message: "e" in message)
    assert end == {"k": KEY, "e": 1}
    tab.see("p", "Two")


def test_the_next_page_belongs_to_the_visit(shop, visit):
    shop.page("<p>020 7946 0018</p><a href='/two'>two</a>")
    shop.page("<h1>020 7946 0018</h1>", path="/two")
    tab = visit()
    tab.see("p", "0321")
    assert tab.evaluate("Object.keys(localStorage)") == ["telephony"]
    tab.click("a")
    tab.see("h1", "0321")
    assert [visit.get("p") for visit in shop.visits()] == [None, KEY]


@pytest.mark.parametrize(
    ("policy", "rel"),
    [
        ("", "nofollow"),
        ("<meta name='referrer' content='no-referrer'>", "nofollow"),
        ("", "noopener noreferrer nofollow"),
    ],
)
def test_the_key_goes_to_the_sites_own_domains_and_is_not_left_there(
    shop, visit, policy, rel
):
    port = shop.port
    shop.page(
        "<p>020 7946 0018</p>"
        f"<a id='own' rel='{rel}' "
        f"href='http://www.shop.localhost:{port}/two?a=1#b'>own</a>"
        f"<a id='other' href='http://myshop.localhost:{port}/two#b'>other</a>",
        head=policy,
    )
    shop.page("<h1>020 7946 0018</h1>", path="/two")
    tab = visit()
    tab.see("p", "0321")
    followed = """(() => {
        let href;
        const look = (event) => { href = event.target.href; event.preventDefault(); };
        addEventListener("click", look, { once: true });
        %s.click();
        return href;
    })()"""
    other = tab.evaluate(followed % "other")
    assert other == f"http://myshop.localhost:{port}/two#b"
    own = tab.evaluate(followed % "own")
    assert own == f"http://www.shop.localhost:{port}/two?a=1#b&telephony={KEY}"
    tab.wait("own.getAttribute('href').endsWith('/two?a=1#b')")
    assert tab.evaluate("own.rel") == rel

    tab.click("#own")
    tab.see("h1", "0321")
    there = urlsplit(tab.evaluate("location.href"))
    assert (there.hostname, there.query) == ("www.shop.localhost", "a=1")
    assert there.fragment == "b"
    assert shop.visits()[-1]["p"] == KEY
    assert tab.evaluate("document.referrer").endswith(f":{port}/")


@pytest.mark.parametrize("host", ["", "myshop.localhost"])
def test_a_key_that_somebody_else_gives_to_a_link_is_not_taken(shop, visit, host):
    """Else all who follow that link would be one visitor, whom the other knows."""
    link = f"{shop.url}/#telephony=a-key-of-mine"
    shop.page("<p>020 7946 0018</p>")
    shop.pages["/link"] = f"<!doctype html><a href='{link}'>A bargain"
    tab = visit("/link" if host else "/#telephony=a-key-of-mine")
    if host:
        tab.evaluate(f"location.hostname = '{host}', undefined")
        tab.wait(f"location.hostname === '{host}'")
        tab.click("a")
    tab.see("p", "0321")
    assert not shop.visits()[-1].get("p")
    assert tab.evaluate("location.hash") == ""
