"""Yealink's remote phone book (§ *Remote Phone Book* of its administrator's guides).

The phone searches what it has loaded, and asks the server where its address holds
``#SEARCH``, which it replaces by what is typed.
"""

from ..book import Vendor
from ..markup import document, element, fitting, plain

MAX_NUMBERS = 3
MAX_NAME = 99
#: "The size of an XML object cannot exceed 10000 bytes".
MAX_MENU = 10_000


class Yealink(Vendor):
    """Menus of groups and pages, then a directory."""

    code = "yealink"
    label = "Yealink"
    page = 250
    pages_by_menu = True
    searches = False  # by the address, and not by a form

    def menu(self, title, items):
        """Override to return a `YealinkIPPhoneMenu`."""

        def build(items):
            return element(
                "YealinkIPPhoneMenu",
                element("Title", plain(title, MAX_NAME)),
                *(
                    element(
                        "MenuItem",
                        element("Name", plain(name, MAX_NAME)),
                        element("URL", url),
                    )
                    for name, url in items
                ),
            )

        return fitting(build, items, MAX_MENU)

    def directory(self, listing):
        """Override to return a `YealinkIPPhoneDirectory`."""
        return document(
            element(
                "YealinkIPPhoneDirectory",
                element("Title", plain(listing.title, MAX_NAME)),
                *map(_entry, listing.entries),
            )
        )


def _entry(entry):
    numbers = [
        element("Telephone", number.dialled, **_label(number))
        for number in entry.numbers[:MAX_NUMBERS]
    ]
    return element(
        "DirectoryEntry", element("Name", plain(entry.name, MAX_NAME)), *numbers
    )


def _label(number):
    return {"label": plain(number.label, MAX_NAME)} if number.label else {}
