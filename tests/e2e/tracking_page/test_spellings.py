"""Whatever way a number is written, it is found, and keeps its way."""

import json

from .shop import FREE_CALL, FREE_CALL_SHOWN, SHOWN, STATIC, UKRAINIAN

# What stands on the page, and what is to stand there.
SPELLINGS = [
    ("+442079460018", "+442079460321"),
    ("+44 20 7946 0018", "+44 20 7946 0321"),
    ("+44 (0)20 7946 0018", "+44 (0)20 7946 0321"),
    ("+44 (0) 20-7946-0018", "+44 (0) 20-7946-0321"),
    ("0044 20 7946 0018", "0044 20 7946 0321"),
    ("44 20 7946 0018", "44 20 7946 0321"),
    ("020 7946 0018", "020 7946 0321"),
    ("(020) 7946 0018", "(020) 7946 0321"),
    ("(020) 7946.00.18", "(020) 7946.03.21"),
    ("020/7946–0018", "020/7946–0321"),
    ("020\u00a07946\u202f0018", "020\u00a07946\u202f0321"),
    ("020\u2011 7946\u200b 0018", "020\u2011 7946\u200b 0321"),
    ("20 7946 0018", "20 7946 0321"),
    ("+٤٤ ٢٠ ٧٩٤٦ ٠٠١٨", "+٤٤ ٢٠ ٧٩٤٦ ٠٣٢١"),
    ("۰۲۰ ۷۹۴۶ ۰۰۱۸", "۰۲۰ ۷۹۴۶ ۰۳۲۱"),
    ("０２０－７９４６－００１８", "０２０－７９４６－０３２１"),
    ("＋４４（０）２０　７９４６　００１８", "＋４４（０）２０　７９４６　０３２１"),
    ("+38 (044) 499-12-34", "+38 (044) 499-56-78"),
    ("0800 111 1234", "0800 111 5678"),
]
OTHERS = [
    "+49 20 7946 0018",  # the same digits in another country
    "1020 7946 0018",
    "020 7946 00181",
    "020 7946 0019",
    "20,7946,0018",
]


def test_a_number_in_any_spelling_keeps_its_spelling(shop, visit):
    lines = "".join(f"<p>Call {before} now</p>" for before, _after in SPELLINGS)
    shop.page(lines)
    tab = visit()
    wanted = [f"Call {after} now" for _before, after in SPELLINGS]
    tab.wait("document.querySelector('p').textContent.includes('0321')")
    texts = "[...document.querySelectorAll('p')].map((one) => one.textContent)"
    assert tab.evaluate(texts) == wanted


def test_other_numbers_stay(shop, visit):
    rows = "".join(f"<li>{other}</li>" for other in OTHERS)
    shop.page(f"<ul>{rows}</ul><p>020 7946 0018</p>")
    tab = visit()
    tab.see("p", "020 7946 0321")
    texts = "[...document.querySelectorAll('li')].map((one) => one.textContent)"
    assert tab.evaluate(texts) == OTHERS


def test_a_number_of_several_elements_stays_in_them(shop, visit):
    shop.page(
        "<p><b>+44</b> 20 <i>79</i>46 <span>00</span><!-- here -->18!</p>"
        "<table><tr><td>12</td><td>020 7946 0018</td></tr></table>"
    )
    tab = visit()
    tab.see("p", "0321")
    assert tab.evaluate("document.querySelector('p').innerHTML") == (
        "<b>+44</b> 20 <i>79</i>46 <span>03</span><!-- here -->21!"
    )
    assert tab.see("tr").split() == ["12", "020", "7946", "0321"]


def test_nodes_are_kept_and_only_their_values_change(shop, visit):
    shop.page("<p>Call <b>020 7946</b> 0018 or <a href='tel:02079460018'>us</a></p>")
    before = """
        addEventListener("DOMContentLoaded", () => {
            window.nodes = [];
            const walker = document.createTreeWalker(document.body);
            while (walker.nextNode()) nodes.push(walker.currentNode);
        });
    """
    tab = visit(before=before)
    tab.see("p", "0321")
    same = """(() => {
        const walker = document.createTreeWalker(document.body);
        return nodes.every((node) => node === walker.nextNode()) && !walker.nextNode();
    })()"""
    assert tab.evaluate(same)


def test_links_titles_and_labels_show_it_too(shop, visit):
    shop.page(
        "<a id='one' href='tel:+44-20-7946-0018' title='Call 020 7946 0018'>Call</a>"
        "<a id='two' href='tel:+44%2020%207946%200018' aria-label='+44 20 7946 0018'>"
        "☎</a>"
        "<a id='three' href='TEL:02079460018'>020 7946 0018</a>"
    )
    tab = visit()
    tab.see("#three", "0321")
    attributes = """[...document.querySelectorAll("a")].map((one) =>
        [one.getAttribute("href"), one.title || one.getAttribute("aria-label")])"""
    assert tab.evaluate(attributes) == [
        ["tel:+44-20-7946-0321", "Call 020 7946 0321"],
        ["tel:+44 20 7946 0321", "+44 20 7946 0321"],
        ["TEL:02079460321", None],
    ]


def test_a_number_of_another_length_or_country_is_shown_sensibly(shop, visit):
    shop.pool = {
        STATIC: "+4412155501",
        FREE_CALL: "+44800111567899",
        UKRAINIAN: SHOWN,
    }
    shop.page(
        "<p>Call <b>+44</b> (0)20 7946 0018, 0800 111 1234 "
        "or +38 (044) <i>499</i> 1234!</p>"
        "<a href='tel:02079460018'>☎</a><a href='tel:0444991234'>☎</a>"
    )
    tab = visit(moves=True)
    text = f"Call +44 (0)12 1555 01, 0800 111 567899 or {SHOWN}!"
    assert tab.see("p", "0321") == text
    links = tab.evaluate("[...document.querySelectorAll('a')].map((one) => one.href)")
    assert links == ["tel:012155501", f"tel:{SHOWN}"]


def test_a_mark_says_which_number_a_spelling_of_its_own_is(shop, visit):
    shop.page(
        f"<p data-telephony='{FREE_CALL}'>0800 FLOWERS</p>"
        f"<p>Or <a href='tel:79460018' data-telephony='{STATIC}'>7946 0018</a></p>"
        f"<p data-telephony='{STATIC}'>(020) 7946 0018</p>"
        f"<button data-telephony='{STATIC}'>Call us 24/7</button>"
        "<p>7946 0018</p>"
    )
    tab = visit(moves=True)
    tab.see("p", "(020) 7946 0321")
    assert tab.evaluate("document.body.innerText").split("\n\n") == [
        FREE_CALL_SHOWN,
        f"Or {SHOWN}",
        "(020) 7946 0321",
        "Call us 24/7",
        "7946 0018",
    ]
    assert tab.evaluate("document.querySelector('a').href") == f"tel:{SHOWN}"


def test_a_page_from_right_to_left_shows_it_as_before(shop, visit):
    words = "اتصل بنا على \u200e+44 20 7946 0018\u200e اليوم"
    shop.page(f"<p>{words}</p>", html=" dir='rtl'")
    tab = visit()
    wanted = words.replace("0018", "0321")
    tab.wait(f"document.querySelector('p').textContent === {json.dumps(wanted)}")
