"""What is no number for people, or would not reach one of ours, stays as it is."""

import json

from .shop import KEY, PAGE, SHOWN, STATIC

LEFT = """
<script type="application/ld+json">{"telephone": "+44 20 7946 0018"}</script>
<script>const text = "020 7946 0018";</script>
<style>.x::after { content: "020 7946 0018" }</style>
<div itemscope itemtype="https://schema.org/Organization">
  <span itemprop="telephone">020 7946 0018</span>
  <meta itemprop="telephone" content="+442079460018">
</div>
<a href="https://wa.me/442079460018">WhatsApp 020 7946 0018</a>
<a href="https://api.whatsapp.com/send?phone=442079460018">+442079460018</a>
<a href="viber://chat?number=%2B442079460018">020 7946 0018</a>
<a href="https://t.me/+442079460018">+442079460018</a>
<a href="skype:+442079460018?call">020 7946 0018</a>
<a href="https://API.WHATSAPP.COM/send?phone=442079460018">020 7946 0018</a>
<a href="sms:+442079460018" title="020 7946 0018">020 7946 0018</a>
<a href="https://example.com/442079460018">link</a>
<textarea>020 7946 0018</textarea>
<select><option>020 7946 0018</option></select>
<div contenteditable="true"><b>020 7946 0018</b></div>
<p data-telephony-skip>020 7946 0018 <a href="tel:02079460018">020 7946 0018</a></p>
"""


def test_what_is_no_number_for_people_stays(shop, visit):
    fields = (
        "<form><input name='phone' value='020 7946 0018' title='020 7946 0018'>"
        "<input type='hidden' name='to' value='+442079460018'></form>"
    )
    shop.page(
        f"<main>{LEFT}{fields}</main><footer>020 7946 0018</footer>",
        head='<meta name="description" content="020 7946 0018">',
    )
    shop.pages["/"] = shop.pages["/"].replace(
        "<title>Shop", "<title>Shop 020 7946 0018"
    )
    before = """addEventListener("DOMContentLoaded", () => {
        window.main = document.querySelector("main").outerHTML;
        window.head = document.head.outerHTML;
    });"""
    tab = visit(before=before)
    tab.see("footer", "020 7946 0321")
    assert tab.evaluate("document.querySelector('main').outerHTML === main")
    assert tab.evaluate("document.head.outerHTML === head")
    assert tab.evaluate("[...document.forms[0]].map((one) => one.value)") == [
        "020 7946 0018",
        STATIC,
    ]


def test_a_number_that_the_page_marks_is_changed_also_in_microdata(shop, visit):
    shop.page(f"<b itemprop='telephone' data-telephony='{STATIC}'>020 7946 0018</b>")
    visit().see("b", "020 7946 0321")


def test_a_hidden_field_gets_the_visit_and_others_nothing(shop, visit):
    shop.page(
        "<p>020 7946 0018</p><form><input name='telephony_visit' type='hidden'>"
        "<input name='phone'></form><div id='later'></div>"
    )
    tab = visit()
    tab.see("p", "0321")
    values = "[...document.querySelectorAll('input')].map((one) => one.value)"
    assert tab.evaluate(values) == [KEY, ""]
    tab.evaluate(
        "later.innerHTML = '<form><input name=\"telephony_visit\"></form>', undefined"
    )
    tab.wait(f"({values})[2] === '{KEY}'")


def test_without_the_server_the_page_is_as_it_was(shop, visit):
    shop.is_down = True
    shop.page("<p>020 7946 0018</p>")
    tab = visit()
    tab.wait("!!window.telephony")
    shop.wait_asked()
    assert tab.see("p") == "020 7946 0018"


def test_a_dry_pool_leaves_the_number(shop, visit):
    shop.pool = {}
    shop.page("<p>020 7946 0018</p><a href='tel:+442079460018'>Call</a>")
    tab = visit()
    tab.wait("window.telephony && window.telephony.visit()")
    assert tab.see("p") == "020 7946 0018"
    tab.evaluate("document.querySelector('a').click()")
    (tap,) = shop.wait(lambda message: "t" in message)
    assert (tap["k"], tap["t"]) == (KEY, STATIC)


def test_somebody_else_who_writes_as_well_ends_no_page(shop, visit):
    shop.page("<p>020 7946 0018</p>")
    before = """addEventListener("load", () => {
        window.rewritten = 0;
        const text = document.querySelector("p").firstChild;
        const write = () => {
            if (!text.data.endsWith("0018")) {
                rewritten += 1;
                text.data = "020 7946 0018";
            }
        };
        const options = { subtree: true, characterData: true };
        new MutationObserver(write).observe(document.body, options);
    });"""
    tab = visit(before=before)
    tab.wait("rewritten > 90")
    tab.evaluate("new Promise((resolve) => setTimeout(resolve, 300))")
    assert tab.evaluate("rewritten") < 101
    assert tab.see("p") == "020 7946 0018"


def test_a_script_that_an_optimiser_serves_from_elsewhere_finds_its_server(shop, visit):
    url = json.dumps(shop.config["url"])
    shop.config["url"] = "http://127.0.0.1:9/telephony/tracking/key"
    shop.pages["/"] = PAGE.format(
        html="", head="", body="<p>020 7946 0018</p>"
    ).replace(
        '<script src="/s.js" async>',
        f"<script data-src='/s.js' type='delayed' data-telephony-url={url}>",
    )
    tab = visit()
    tab.wait("document.readyState === 'complete'")
    inlined = """fetch("/s.js").then((answer) => answer.text()).then((text) => {
        const blob = new Blob([text], { type: "text/javascript" });
        const script = document.createElement("script");
        script.src = URL.createObjectURL(blob);
        document.head.append(script);
    })"""
    tab.evaluate(inlined)
    tab.see("p", SHOWN[-4:])
