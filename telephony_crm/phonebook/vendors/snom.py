"""Snom: the XML mini browser, and the remote directory of newer firmware.

The mini browser asks by GET and is shown menus. The remote directory (from 10.1.178
on) asks by POST, and is told everything in the second version of ``tbook``.
"""

from ..book import Vendor
from ..markup import document, element, plain

MAX_NAME = 60
MAX_NUMBERS = 3
TYPES = {"work": "business", "mobile": "mobile", "home": "home"}
#: Keys below the display.
BEFORE, AFTER = "F2", "F4"


class Snom(Vendor):
    """The mini browser."""

    code = "snom"
    label = "Snom, mini browser"
    page = 30

    def menu(self, title, items):
        """Override to return a `SnomIPPhoneMenu`."""
        return document(
            element(
                "SnomIPPhoneMenu",
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
        )

    def form(self, title, words, url):
        """Override to return a `SnomIPPhoneInput`; it writes for ``__X__``."""
        return document(
            element(
                "SnomIPPhoneInput",
                element("Title", plain(title, MAX_NAME)),
                element("Prompt", words.prompt),
                element("Url", f"{url}?search=__X__"),
                element(
                    "InputItem",
                    element("DisplayName", words.prompt),
                    element("InputToken", "__X__"),
                    element("DefaultValue"),
                    element("InputFlags", "a"),
                ),
            )
        )

    def directory(self, listing):
        """Override to return a `SnomIPPhoneDirectory`; each number is an entry."""
        words = listing.words
        root = element(
            "SnomIPPhoneDirectory",
            element("Title", plain(listing.title, MAX_NAME)),
            element("Prompt", words.dial),
        )
        for name, number in one_each(listing, MAX_NUMBERS, MAX_NAME):
            root.append(
                element(
                    "DirectoryEntry",
                    element("Name", name),
                    element("Telephone", number),
                )
            )
        for key, label, url in (
            (BEFORE, words.before, listing.before),
            (AFTER, words.after, listing.after),
        ):
            if url:
                root.append(
                    element(
                        "SoftKeyItem",
                        element("Name", key),
                        element("Label", label),
                        element("URL", url),
                    )
                )
        return document(root)


class SnomDirectory(Vendor):
    """The remote directory."""

    code = "snom-directory"
    label = "Snom, remote directory"
    page = 1000
    whole = True

    def directory(self, listing):
        """Override to return a `tbook`; it is complete if the phone has it all."""
        about = {"complete": "true"} if listing.complete else {}
        return document(
            element(
                "tbook",
                *(_contact(entry) for entry in listing.entries),
                **{"e": "2", "version": "2.0", **about},
            )
        )


def one_each(listing, most, limit):
    """Yield ``(name, number)`` for each number, or a line that says there is nobody.

    :param most: so many of one entry
    :param limit: characters of a name, which its label is not to fall victim to
    """
    for entry in listing.entries:
        for number in entry.numbers[:most]:
            label = plain(number.label) if len(entry.numbers) > 1 else ""
            end = f" ({label})" if label else ""
            yield plain(entry.name, limit - len(end)) + end, number.dialled
    if not listing.entries:
        yield listing.words.nobody, ""


def _contact(entry):
    return element(
        "contact",
        element("first_name", plain(entry.first, MAX_NAME)),
        element("last_name", plain(entry.last or entry.name, MAX_NAME)),
        element(
            "numbers",
            *(
                element(
                    "number",
                    no=number.dialled,
                    type=TYPES.get(number.kind, "fixed"),
                    outgoing_id="0",
                )
                for number in entry.numbers
            ),
        ),
    )
