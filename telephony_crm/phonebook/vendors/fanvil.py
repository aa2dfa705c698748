"""Fanvil's remote phone book. Its reader knows no ampersand, nor an escaped one.

Menus are written in both ways that its firmware is said to read, since a phone takes no
notice of elements that it does not know.
"""

from ..book import Vendor
from ..markup import document, element, plain

MAX_NUMBERS = 3
MAX_NAME = 60
#: What stands for a character that XML has only escaped.
INSTEAD = str.maketrans({"&": "+", "<": "(", ">": ")"})


class Fanvil(Vendor):
    """Menus, a field to type in, and books of contacts with three numbers each."""

    code = "fanvil"
    label = "Fanvil"
    page = 100
    pages_by_menu = True

    def menu(self, title, items):
        """Override to return a `FanvilIPPhoneMenu`."""
        return document(
            element(
                "FanvilIPPhoneMenu",
                element("Title", _plain(title)),
                *(
                    element(
                        "MenuItem",
                        element("Name", _plain(name)),
                        element("Prompt", _plain(name)),
                        element("URL", url),
                        element("URI", url),
                    )
                    for name, url in items
                ),
            )
        )

    def form(self, title, words, url):
        """Override to return a `FanvilIPPhoneInputScreen`."""
        return document(
            element(
                "FanvilIPPhoneInputScreen",
                element("Title", _plain(title)),
                element("Prompt", _plain(words.prompt)),
                element("URL", url),
                element(
                    "InputField",
                    element("Prompt", _plain(words.prompt)),
                    element("Parameter", "search"),
                    element("Default"),
                ),
            )
        )

    def directory(self, listing):
        """Override to return a `PhoneBook`."""
        return document(element("PhoneBook", *map(_entry, listing.entries)))


def _entry(entry):
    shown = dict.fromkeys(("Telephone", "Mobile", "Other"), "")
    for number in entry.numbers[:MAX_NUMBERS]:
        wanted = "Mobile" if number.kind == "mobile" else "Telephone"
        free = [wanted, *(place for place in shown if place != wanted)]
        shown[next(place for place in free if not shown[place])] = number.dialled
    return element(
        "DirectoryEntry",
        element("Name", _plain(entry.name)),
        *(element(place, number) for place, number in shown.items()),
        element("Ring", "Default"),
        element("Group"),
    )


def _plain(text):
    """Return text as this reader can take it."""
    return plain(text, MAX_NAME).translate(INSTEAD)
