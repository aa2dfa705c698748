"""The widget by which visitors ask to be rung: on any page, by any means."""

import time
from datetime import datetime, timedelta

import pytest

from .shop import KEY, page_script

HOST = "document.querySelector('[data-telephony-skip]')"
INSIDE = f"{HOST}.shadowRoot.querySelector('%s')"
OPEN = f"{HOST} && {INSIDE % 'dialog'}.open"
WORDS = dict(
    zip(
        page_script.WORDS,
        (
            "Call me back", "We call you back", "Your number", "Your name", "When",
            "In {seconds} seconds", "At a time of my choice", "Day", "Time", "Call me",
            "Close", "We are away. Choose a time.", "Nobody is there these days.",
            "That did not work. Please try again.", "This is no telephone number.",
        ),
        strict=True,
    )
)  # fmt: skip
# A page that does its best to spoil whatever is put on it.
HOSTILE = """<style>
* { color: red !important; display: none !important; font: 3px serif !important; }
html, body, [data-telephony-skip] { display: block !important; }
</style>"""


def typed(tab, selector, text):
    """Type into a field of the widget, as a person does."""
    tab.evaluate(f"{INSIDE % selector}.focus()")
    tab.type(text)


def text(tab, selector):
    return tab.evaluate(f"{INSIDE % selector}.innerText")


def press(tab, name, code):
    for kind in ("keyDown", "keyUp"):
        tab.send(
            "Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code
        )


@pytest.fixture
def widget(shop):
    """The shop with the widget, open from an hour ago for a day."""
    now = int(time.time())
    day = 24 * 3600
    shop.config["callback"] = True
    shop.config["callbackButton"] = True
    shop.callback_config = {
        "button": True,
        "seconds": 30,
        "lang": "en-GB",
        "dir": "ltr",
        "hours": [[now - 3600, now + day], [now + 2 * day, now + 2 * day + 7200]],
        "words": WORDS,
    }
    shop.page("<p>020 7946 0018</p>")
    return shop


def test_a_wish_is_sent_with_the_visit_and_answered(widget, visit):
    tab = visit(moves=True)
    tab.see("p", "0321")
    tab.wait(f"!!{HOST}")
    tab.evaluate(f"{INSIDE % '.start'}.click()")
    tab.wait(OPEN)
    assert text(tab, "h2") == "We call you back"
    assert "In 30 seconds" in text(tab, "fieldset")
    typed(tab, "input[type=tel]", "020 7946 0999")
    typed(tab, "input[type=text]", "Olena <b>")
    tab.evaluate(f"{INSIDE % '.send'}.click()")
    tab.wait(f"{INSIDE % '[role=status]'}.innerText")
    assert text(tab, "[role=status]") == "We are calling you."
    assert widget.wishes == [
        {"k": KEY, "number": "020 7946 0999", "at": None, "name": "Olena <b>",
         "hp": ""}
    ]  # fmt: skip


def test_it_asks_where_the_page_asks_also_on_a_path_of_the_pages_own_host(
    widget, visit
):
    """As the pages of Odoo's own web site do, wherever the script came from."""
    elsewhere = f"http://telephony.localhost:{widget.port}/s.js"
    widget.config["url"] = "http://127.0.0.1:9/telephony/tracking/key"
    widget.pages["/"] = widget.pages["/"].replace(
        '"/s.js"', f'"{elsewhere}" data-telephony-url="{widget.path}"'
    )
    tab = visit(moves=True)
    tab.see("p", "0321")
    tab.wait(f"!!{HOST}")
    tab.evaluate(f"{INSIDE % '.start'}.click()")
    tab.wait(OPEN)
    typed(tab, "input[type=tel]", "020 7946 0999")
    tab.evaluate(f"{INSIDE % '.send'}.click()")
    tab.wait(f"{INSIDE % '[role=status]'}.innerText")
    asked = {(headers["Host"], path) for _method, path, headers in widget.requests}
    host = f"127.0.0.1:{widget.port}"
    assert asked == {(host, f"{widget.path}/{what}") for what in ("visit", "callback")}


def test_a_refusal_is_said_and_what_was_typed_stays(widget, visit):
    widget.wish_answer = 400, {"error": "We do not call <i>this</i> country."}
    tab = visit(moves=True)
    tab.wait(f"!!{HOST}")
    tab.evaluate(f"{INSIDE % '.start'}.click()")
    tab.wait(OPEN)
    tab.evaluate(f"{INSIDE % '.send'}.click()")
    tab.wait(f"{INSIDE % '[role=alert]'}.innerText === '{WORDS['wrong_number']}'")
    assert widget.wishes == []
    typed(tab, "input[type=tel]", "+99912345678")
    tab.evaluate(f"{INSIDE % '.send'}.click()")
    tab.wait(f"{INSIDE % '[role=alert]'}.innerText.includes('<i>this</i>')")
    assert tab.evaluate(f"{INSIDE % 'input'}.value") == "+99912345678"
    assert tab.evaluate(f"{INSIDE % 'input'}.getAttribute('aria-invalid')") == "true"

    widget.is_down = True
    tab.evaluate(f"{INSIDE % '.send'}.click()")
    tab.wait(f"{INSIDE % '[role=alert]'}.innerText.includes('again')")


def test_out_of_hours_a_time_is_chosen(widget, visit):
    noon = 21.5 * 3600  # on the Marquesas, in UTC: no hour of theirs has two days
    soon = time.time() + 3600  # else it may have begun when the page is there
    start = int((soon - noon) // 86400 * 86400 + 86400 + noon)
    hours = [[start, start + 3600], [start + 48 * 3600, start + 49 * 3600]]
    widget.callback_config["hours"] = hours
    tab = visit(moves=True)
    tab.send("Emulation.setTimezoneOverride", timezoneId="Pacific/Marquesas")
    tab.wait(f"!!{HOST}")
    tab.evaluate(f"{INSIDE % '.start'}.click()")
    tab.wait(OPEN)
    assert text(tab, "[role=status]") == WORDS["away"]
    assert "In 30 seconds" not in text(tab, "fieldset")
    options = f"[...{INSIDE % '%s'}.options].length"
    assert tab.evaluate(options % "select") == 2
    typed(tab, "input[type=tel]", "020 7946 0999")
    tab.evaluate(f"""
        {INSIDE % "select"}.value = 1;
        {INSIDE % "select"}.dispatchEvent(new Event("change", {{ bubbles: true }}));
        {INSIDE % "select + select"}.value = 1;
        {INSIDE % ".send"}.click();
    """)
    tab.wait(f"{INSIDE % '[role=status]'}.innerText === 'We are calling you.'")
    (wish,) = widget.wishes
    chosen = datetime.fromisoformat(wish["at"])
    assert chosen.timestamp() == start + 48 * 3600 + 1800
    assert chosen.utcoffset() == timedelta(hours=-9, minutes=-30)


def test_the_page_cannot_spoil_it(widget, visit):
    widget.page("<p>Nothing</p>", head=HOSTILE)
    tab = visit(moves=True)
    tab.wait(f"!!{HOST}")
    tab.evaluate(f"{INSIDE % '.start'}.click()")
    tab.wait(OPEN)
    style = f"getComputedStyle({INSIDE % 'h2'})"
    assert tab.evaluate(f"[{style}.color, {style}.display]") == [
        "rgb(33, 37, 41)",
        "block",
    ]


def test_it_is_used_by_keyboard_and_gives_the_focus_back(widget, visit):
    tab = visit(moves=True)
    tab.wait(f"!!{HOST}")
    focused = f"{HOST}.shadowRoot.activeElement"
    tab.evaluate(f"{INSIDE % '.start'}.focus()")
    tab.evaluate(f"{INSIDE % '.start'}.click()")
    tab.wait(f"{OPEN} && {focused}.type === 'tel'")
    assert tab.evaluate(f"{INSIDE % 'dialog'}.matches(':modal')")
    labelled = f"{INSIDE % 'dialog'}.getAttribute('aria-labelledby')"
    assert tab.evaluate(f"{INSIDE % 'h2'}.id === {labelled}")
    trap = f"{INSIDE % '.trap input'}"
    assert tab.evaluate(f"[{trap}.tabIndex, !!{trap}.closest('[aria-hidden]')]") == [
        -1,
        True,
    ]
    press(tab, "Escape", 27)
    tab.wait(f"!{INSIDE % 'dialog'}.open")
    tab.wait(f"{focused} === {INSIDE % '.start'}")


def test_from_right_to_left_it_stands_on_the_other_side(widget, visit):
    widget.callback_config["dir"] = "rtl"
    tab = visit(moves=True)
    tab.wait(f"!!{HOST}")
    place = tab.evaluate(f"{INSIDE % '.start'}.getBoundingClientRect().x")
    assert place < 100


def test_it_is_loaded_by_the_first_press_where_the_page_has_its_own_button(
    widget, visit
):
    widget.config["callbackButton"] = widget.callback_config["button"] = False
    widget.page("<a href='/gone' data-telephony-callback><b>Ring me</b></a>")
    tab = visit(moves=True)
    tab.wait("window.telephony && window.telephony.visit()")
    assert not tab.evaluate(f"!!{HOST}")
    tab.click("b")
    tab.wait(OPEN)
    assert not tab.evaluate(f"{INSIDE % '.start'}.getClientRects().length")
    assert tab.evaluate("location.pathname") == "/"


def test_a_widget_that_cannot_be_had_disturbs_nobody(widget, visit):
    widget.callback_config = {}
    widget.page("<button data-telephony-callback>Ring me</button><p>020 7946 0018</p>")
    widget.page("<a href='/call' data-telephony-callback>Ring me</a>", path="/link")
    widget.page("<p>+44 20 7946 0018</p>", path="/call")
    tab = visit("/link")
    tab.wait("window.telephony && window.telephony.visit()")
    tab.click("a")
    tab.see("p", "+44 20 7946 0321")

    tab = visit()
    tab.see("p", "0321")
    tab.click("button")
    tab.evaluate("new Promise((resolve) => setTimeout(resolve, 300))")
