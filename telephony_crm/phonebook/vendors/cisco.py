"""Cisco's XML services (*Cisco Unified IP Phone Services Application Development*)."""

from ..book import Vendor
from ..markup import document, element, plain
from .snom import one_each

MAX_NAME = 64
MAX_ITEMS = 100
#: A directory has 32 lines, and each number takes one.
MAX_NUMBERS = 3


class Cisco(Vendor):
    """Menus, a field to type in, and directories of 32 lines."""

    code = "cisco"
    label = "Cisco"
    page = 10

    def menu(self, title, items):
        """Override to return a `CiscoIPPhoneMenu`, of 100 items at most."""
        return document(
            element(
                "CiscoIPPhoneMenu",
                element("Title", plain(title, MAX_NAME)),
                element("Prompt"),
                *(
                    element(
                        "MenuItem",
                        element("Name", plain(name, MAX_NAME)),
                        element("URL", url),
                    )
                    for name, url in items[:MAX_ITEMS]
                ),
            )
        )

    def form(self, title, words, url):
        """Override to return a `CiscoIPPhoneInput`."""
        return document(
            element(
                "CiscoIPPhoneInput",
                element("Title", plain(title, MAX_NAME)),
                element("Prompt", words.prompt),
                element("URL", url),
                element(
                    "InputItem",
                    element("DisplayName", words.prompt),
                    element("QueryStringParam", "search"),
                    element("DefaultValue"),
                    element("InputFlags", "A"),
                ),
            )
        )

    def directory(self, listing):
        """Override to return a `CiscoIPPhoneDirectory` with keys to turn the page."""
        words = listing.words
        keys = [
            (words.dial, "SoftKey:Dial"),
            (words.before, listing.before),
            (words.exit, "SoftKey:Exit"),
            (words.after, listing.after),
        ]
        return document(
            element(
                "CiscoIPPhoneDirectory",
                element("Title", plain(listing.title, MAX_NAME)),
                element("Prompt", words.dial),
                *(
                    element(
                        "DirectoryEntry",
                        element("Name", name),
                        element("Telephone", number),
                    )
                    for name, number in one_each(listing, MAX_NUMBERS, MAX_NAME)
                ),
                *(
                    element(
                        "SoftKeyItem",
                        element("Name", name),
                        element("URL", url),
                        element("Position", str(position)),
                    )
                    for position, (name, url) in enumerate(keys, 1)
                    if url
                ),
            )
        )
