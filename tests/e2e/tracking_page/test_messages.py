"""What is told of a visit, and to whom."""

from urllib.parse import urlsplit

from .shop import KEY, SHOWN, STATIC

COOKIES = """
document.cookie = "_ga=GA1.1.1234567890.1690000000";
document.cookie = "_ga_ABC123=GS2.1.s1700000001$o1$g0$t1700000001";
document.cookie = "_fbp=fb.1.1690000000000.987654321";
document.cookie = "_fbc=fb.1.1690000000000.IwAR_x-1";
"""
FOLLOW = "document.addEventListener('click', (event) => event.preventDefault());"


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
    tab = visit(before="document.cookie = 'session_id=secret'")
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


def test_the_next_page_belongs_to_the_visit(shop, visit):
    shop.page("<p>020 7946 0018</p><a href='/two'>two</a>")
    shop.page("<h1>020 7946 0018</h1>", path="/two")
    tab = visit()
    tab.see("p", "0321")
    assert tab.evaluate("Object.keys(localStorage)") == ["telephony"]
    tab.click("a")
    tab.see("h1", "0321")
    assert [visit.get("p") for visit in shop.visits()] == [None, KEY]


def test_the_key_goes_to_the_sites_own_domains_and_is_not_left_there(shop, visit):
    port = shop.port
    shop.page(
        "<p>020 7946 0018</p>"
        f"<a id='own' href='http://www.shop.localhost:{port}/two?a=1#b'>own</a>"
        f"<a id='other' href='http://myshop.localhost:{port}/two#b'>other</a>"
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

    tab.click("#own")
    tab.see("h1", "0321")
    there = urlsplit(tab.evaluate("location.href"))
    assert (there.hostname, there.query) == ("www.shop.localhost", "a=1")
    assert there.fragment == "b"
    assert shop.visits()[-1]["p"] == KEY
