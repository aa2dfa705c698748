"""What each address of a phone book answers.

Below the vendor's name: nothing, the menu (or everything, for phones that download);
``all``, ``colleagues``, ``tag-3`` …, a group, and ``all/2`` its second page;
``search``, a field to type in, and with ``?search=…`` what was found. An address never
has two parameters, since not every phone can read an ampersand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from .book import Group, Listing
from .markup import plain

#: Who turns pages further than that, searches.
MAX_PAGE = 500
MAX_TERM = 60
#: What Yealink sends as it stands when nothing was typed.
NOTHING_TYPED = frozenset({"#SEARCH", "%23SEARCH"})


@dataclass(frozen=True)
class Asked:
    """What a phone asks for.

    :param url: the vendor's address of the book, without anything behind it
    :param path: what stands behind it
    :param search: what was typed; ``None`` if nothing was asked for
    """

    url: str
    path: str = ""
    search: str | None = None


def serve(vendor, asked, book) -> bytes:
    """Return what a phone of ``vendor`` is to show; unknown paths show the menu.

    :param book: see `book.Book`
    """
    parts = [part for part in asked.path.split("/") if part]
    head = parts[0] if parts else ""
    page = _page(parts[1] if len(parts) > 1 else "")
    term = plain(asked.search or "", MAX_TERM)
    if term in NOTHING_TYPED:
        term = ""
    if vendor.whole:
        return _whole(vendor, book, head)
    if term:
        return _search(vendor, asked, book, term, page)
    if head == "search" and vendor.searches:
        return vendor.form(book.title, book.words, f"{asked.url}/search")
    groups = list(book.groups())
    group = next((group for group in groups if group.key == head), None)
    if group is None and len(groups) == 1 and not vendor.searches:
        group = groups[0]
    if group is None:
        return _menu(vendor, asked, book, groups)
    return _group(vendor, asked, book, group, page, turned=len(parts) > 1)


def _page(text):
    return min(int(text), MAX_PAGE) if re.fullmatch(r"[1-9]\d{0,4}", text) else 1


def _whole(vendor, book, head):
    """Return everything at once, as far as the phone has room."""
    entries = book.entries("", "", 0, vendor.page + 1)
    account = re.fullmatch(r"account-(\d)", head)
    return vendor.directory(
        Listing(
            book.title,
            entries[: vendor.page],
            book.words,
            groups=book.groups(),
            complete=len(entries) <= vendor.page,
            account=int(account[1]) if account else 1,
        )
    )


def _menu(vendor, asked, book, groups):
    items = [(group.name, f"{asked.url}/{group.key}") for group in groups]
    if vendor.searches:
        items.insert(0, (book.words.search, f"{asked.url}/search"))
    return vendor.menu(book.title, items)


def _group(vendor, asked, book, group: Group, page, turned):
    url = f"{asked.url}/{group.key}"
    if vendor.pages_by_menu and not turned:
        pages = book.names_at(group.key, vendor.page)
        if len(pages) > 1:
            items = [
                (f"{first} – {last}", f"{url}/{number}")
                for number, (first, last) in enumerate(pages, 1)
            ]
            behind = book.entries(group.key, "", len(pages) * vendor.page, 1)
            if behind:  # who has a search key of their own, are reminded of it
                items.append((book.words.more, f"{asked.url}/search"))
            return vendor.menu(group.name, items)
    return _listing(vendor, book, group.name, group.key, "", page, url, "")


def _search(vendor, asked, book, term, page):
    url, query = f"{asked.url}/search", f"?search={quote(term, safe='')}"
    return _listing(vendor, book, term, "", term, page, url, query)


def _listing(vendor, book, title, group, term, page, url, query):
    start = (page - 1) * vendor.page
    entries = book.entries(group, term, start, vendor.page + 1)
    more = len(entries) > vendor.page and page < MAX_PAGE
    return vendor.directory(
        Listing(
            title,
            entries[: vendor.page],
            book.words,
            before=f"{url}/{page - 1}{query}" if page > 1 else "",
            after=f"{url}/{page + 1}{query}" if more else "",
            complete=page == 1 and not more,
        )
    )
