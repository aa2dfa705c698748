"""What desk phones are answered, read as XML."""

from xml.etree import ElementTree

import pytest

from telephony_crm.phonebook import dialled
from telephony_crm.phonebook.book import Entry, Group, Number, Words
from telephony_crm.phonebook.serve import Asked, serve
from telephony_crm.phonebook.vendors import VENDORS

URL = "https://odoo.example/telephony/phonebook/t0ken/vendor"
HOSTILE = '<b>Ärger & "Söhne" ]]> \x00\x0b\ud800\u202e Олена 😀'
BROWSING = ("yealink", "snom", "cisco", "fanvil")


class Book:
    """So many contacts, of whom some have several numbers."""

    title = "Office & Co <1>"
    words = Words()

    def __init__(
        self, count=25, groups=("all", "colleagues"), name="Contact", turned=None
    ):
        self.turned = turned  # so many, at most, are turned to page by page
        self._groups = [Group(key, f"{key.title()} <&>") for key in groups]
        self._entries = [_entry(place, name) for place in range(count)]

    def groups(self):
        return self._groups

    def entries(self, group, term, start, count):
        found = [entry for entry in self._entries if term.lower() in entry.name.lower()]
        return found[start : start + count]

    def names_at(self, group, step):
        names = [entry.name for entry in self._entries[: self.turned]]
        pages = [names[start : start + step] for start in range(0, len(names), step)]
        return [(page[0], page[-1]) for page in pages]


def _entry(place, name="Contact"):
    numbers = [Number(f"+44203769{place:04}")]
    if place % 5 == 0:
        numbers += [
            Number(f"+44740012{place:04}", "mobile", "Mobile"),
            Number(f"+44203770{place:04}", "work", "Ware & house"),
            Number(f"+44203771{place:04}", "work", "Fourth"),
        ]
    return Entry(f"{name} {place:04}", tuple(numbers), name, f"{place:04}", "all")


def ask(code, book=None, path="", search=None):
    """Return the answer's root; it is XML in UTF-8 whatever is in it."""
    book = Book() if book is None else book
    body = serve(VENDORS[code], Asked(URL, path, search), book)
    assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    return ElementTree.fromstring(body)


def texts(root, path):
    return [found.text or "" for found in root.iterfind(path)]


@pytest.mark.parametrize("code", VENDORS)
@pytest.mark.parametrize("path", ["", "all", "all/2", "search", "nothing/x", "all/-1"])
@pytest.mark.parametrize("search", [None, "", "contact", HOSTILE, "#SEARCH"])
def test_every_address_is_answered_with_xml(code, path, search):
    ask(code, path=path, search=search)


@pytest.mark.parametrize("code", VENDORS)
def test_names_from_outside_are_escaped_and_shown_in_one_line(code):
    root = ask(code, Book(1, groups=["all"], name=HOSTILE), "all")
    shown = "".join(root.itertext())
    assert "Ärger" in shown and "Олена 😀" in shown
    assert ("(b)" if code == "fanvil" else "<b>") in shown
    assert "\u202e" not in shown and "\x0b" not in shown
    assert not list(root.iter("b"))


@pytest.mark.parametrize("code", VENDORS)
def test_an_empty_book_is_a_book(code):
    assert len(ask(code, Book(0), "all")) <= 6


@pytest.mark.parametrize("code", BROWSING)
def test_the_menu_leads_to_each_group(code):
    root = ask(code)
    urls = texts(root, "MenuItem/URL")
    assert [url for url in urls if "search" not in url] == [
        f"{URL}/all",
        f"{URL}/colleagues",
    ]
    if VENDORS[code].searches:
        assert urls[0] == f"{URL}/search"


def test_addresses_hold_no_ampersand():
    for code in VENDORS:
        for path in ("", "all", "all/2", "search"):
            for element in ask(code, path=path, search="a&b").iter():
                if (element.text or "").startswith("http"):
                    assert "&" not in element.text


@pytest.mark.parametrize(("code", "page"), [("snom", 30), ("cisco", 10)])
def test_pages_are_turned_by_a_key_and_hold_everybody_once(code, page):
    seen, url = [], f"{URL}/all"
    while url:
        root = ask(code, Book(73), url.removeprefix(f"{URL}/"))
        names = texts(root, "DirectoryEntry/Name")
        found = list(dict.fromkeys(name.split(" (")[0] for name in names))
        assert len(found) <= page and len(names) <= 3 * page
        seen += found
        keys = {
            (item.findtext("Label") or item.findtext("Name")): item.findtext("URL")
            for item in root.iterfind("SoftKeyItem")
        }
        assert ("Previous" in keys) == (len(seen) > page)
        url = keys.get("Next")
    assert seen == [f"Contact {place:04}" for place in range(73)]


@pytest.mark.parametrize(("code", "size"), [("yealink", 250), ("fanvil", 100)])
def test_a_long_group_is_a_menu_of_pages(code, size):
    book = Book(size + 1)
    root = ask(code, book, "all")
    assert texts(root, "MenuItem/URL") == [f"{URL}/all/1", f"{URL}/all/2"]
    assert texts(root, "MenuItem/Name")[1] == f"Contact {size:04} – Contact {size:04}"
    assert len(list(ask(code, book, "all/1").iter("DirectoryEntry"))) == size
    assert len(list(ask(code, book, "all/2").iter("DirectoryEntry"))) == 1
    assert len(list(ask(code, Book(size), "all").iter("DirectoryEntry"))) == size


@pytest.mark.parametrize(("code", "size"), [("yealink", 250), ("fanvil", 100)])
def test_who_stands_behind_the_last_page_can_be_searched_for(code, size):
    root = ask(code, Book(2 * size + 1, turned=2 * size), "all")
    assert texts(root, "MenuItem/URL") == [
        f"{URL}/all/1",
        f"{URL}/all/2",
        f"{URL}/search",
    ]
    assert texts(root, "MenuItem/Name")[-1] == Words.more
    root = ask(code, Book(2 * size, turned=2 * size), "all")
    assert len(texts(root, "MenuItem/URL")) == 2


@pytest.mark.parametrize("code", BROWSING)
def test_what_is_typed_is_searched_for(code):
    root = ask(code, search="0007")
    names = texts(root, "DirectoryEntry/Name") or texts(root, ".//Name")
    assert names == ["Contact 0007"]


@pytest.mark.parametrize("code", ["snom", "cisco"])
def test_a_long_name_leaves_room_for_the_label(code):
    names = texts(ask(code, Book(1, name="x" * 90), "all"), "DirectoryEntry/Name")
    assert names[1].endswith("x (Mobile)") and names[2].endswith("x (Ware & house)")
    assert max(map(len, names)) <= 64


def test_found_pages_keep_what_was_searched_for():
    root = ask("cisco", Book(73), search="contact 00&")
    assert texts(root, "SoftKeyItem/Name") == ["Dial", "Exit"]
    root = ask("cisco", Book(73), search="contact 00")
    assert root.findtext("SoftKeyItem[Name='Next']/URL") == (
        f"{URL}/search/2?search=contact%2000"
    )


@pytest.mark.parametrize("typed", ["#SEARCH", "%23SEARCH", "", "  "])
def test_nothing_typed_on_a_yealink_shows_the_book(typed):
    assert ask("yealink", search=typed).tag == "YealinkIPPhoneMenu"
    alone = ask("yealink", Book(groups=["all"]), search=typed)
    assert alone.tag == "YealinkIPPhoneDirectory"
    assert len(alone.findall("DirectoryEntry")) == 25


def test_yealink_shows_three_numbers_with_their_labels():
    entry = ask("yealink", path="all").find("DirectoryEntry")
    numbers = entry.findall("Telephone")
    assert [number.get("label") for number in numbers] == [
        None,
        "Mobile",
        "Ware & house",
    ]


def test_a_menu_of_yealink_stays_below_ten_kilobytes():
    book = Book(groups=[f"tag-{place}" for place in range(400)])
    body = serve(VENDORS["yealink"], Asked(URL), book)
    assert 5_000 < len(body) <= 10_000
    ElementTree.fromstring(body)


def test_grandstream_gets_all_it_can_hold_at_once_by_any_name():
    for path in ("", "phonebook.xml", "gs_phonebook.xml"):
        root = ask("grandstream", Book(2100), path)
        assert root.tag == "AddressBook"
        assert len(root.findall("Contact")) == 2000
    assert texts(root, "pbgroup/name") == ["All <&>", "Colleagues <&>"]
    contact = root.find("Contact")
    assert contact.findtext("FirstName") == "Contact"
    assert contact.findtext("LastName") == "0000"
    assert contact.findtext("Group") == root.findtext("pbgroup/id")
    kinds = [phone.get("type") for phone in contact.findall("Phone")]
    assert kinds == ["Work", "Mobile", "Home"]
    assert set(texts(contact, "Phone/accountindex")) == {"1"}


def test_grandstream_counts_lines_from_nothing_where_asked():
    root = ask("grandstream", path="account-0/phonebook.xml")
    assert set(texts(root, "Contact/Phone/accountindex")) == {"0"}


def test_the_remote_directory_of_snom_says_whether_it_is_complete():
    root = ask("snom-directory")
    assert (root.tag, root.get("e"), root.get("version")) == ("tbook", "2", "2.0")
    assert root.get("complete") == "true"
    number = root.find("contact/numbers/number")
    assert number.attrib == {
        "no": "+442037690000",
        "type": "business",
        "outgoing_id": "0",
    }
    root = ask("snom-directory", Book(1001))
    assert (len(root), root.get("complete")) == (1000, None)


def test_snom_writes_what_was_typed_into_the_address():
    root = ask("snom", path="search")
    assert root.tag == "SnomIPPhoneInput"
    token = root.findtext("InputItem/InputToken")
    assert root.findtext("Url") == f"{URL}/search?search={token}"


@pytest.mark.parametrize(
    ("code", "tag", "path"),
    [
        ("cisco", "CiscoIPPhoneInput", "InputItem/QueryStringParam"),
        ("fanvil", "FanvilIPPhoneInputScreen", "InputField/Parameter"),
    ],
)
def test_the_field_to_type_in_sends_a_search(code, tag, path):
    root = ask(code, path="search")
    assert (root.tag, root.findtext(path)) == (tag, "search")
    assert root.findtext("URL") == f"{URL}/search"


def test_cisco_menus_have_a_hundred_items_with_short_names():
    book = Book(groups=[f"tag-{place}-{'x' * 80}" for place in range(120)])
    names = texts(ask("cisco", book), "MenuItem/Name")
    assert len(names) == 100
    assert max(map(len, names)) == 64


def test_fanvil_sees_no_ampersand_and_three_numbers():
    body = serve(VENDORS["fanvil"], Asked(URL, "all"), Book(name="Smith & Sons"))
    assert b"&" not in body
    entry = ElementTree.fromstring(body).find("DirectoryEntry")
    assert entry.findtext("Name") == "Smith + Sons 0000"
    assert [entry.findtext(place) for place in ("Telephone", "Mobile", "Other")] == [
        "+442037690000",
        "+447400120000",
        "+442037700000",
    ]


@pytest.mark.parametrize(
    ("path", "count"), [("", 1), ("all", 1), ("all", 250), ("search", 1)]
)
def test_fanvil_gets_nothing_that_is_escaped(path, count):
    book = Book(count, name='<b>Smith & "Sons" > Daughters')
    body = serve(VENDORS["fanvil"], Asked(URL, path), book)
    assert b"&" not in body
    assert (b'(b)Smith + "Sons" ) Daughters' in body) == (path == "all")


@pytest.mark.parametrize(
    ("e164", "form", "country", "prefix", "expected"),
    [
        ("+442037691880", "plus", "GB", "", "+442037691880"),
        ("+442037691880", "zeros", "GB", "", "00442037691880"),
        ("+442037691880", "national", "GB", "", "02037691880"),
        ("+33478323232", "national", "GB", "", "0033478323232"),
        ("+33478323232", "plus", "GB", "9", "90033478323232"),
        ("+380444941710", "national", "UA", "0", "00444941710"),
        ("+390612345678", "national", "IT", "", "0612345678"),
        ("100", "national", "GB", "9", "9100"),
        ("+999", "national", "GB", "", "00999"),
    ],
)
def test_a_number_is_dialled_as_the_pbx_wants_it(e164, form, country, prefix, expected):
    assert dialled.dialled(e164, form, country, prefix) == expected


def test_a_mobile_is_known_by_its_number():
    assert dialled.kind("+447400123456") == "mobile"
    assert dialled.kind("+442037691880") == "work"
    assert dialled.kind("12") == "other"
