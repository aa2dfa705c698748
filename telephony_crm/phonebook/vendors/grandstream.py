"""Grandstream's XML phone book (its *XML Phonebook Guide*).

The phone downloads it whole, and appends a file's name of its own to the address. The
names of the elements are case-sensitive.
"""

from ..book import Vendor
from ..markup import document, element, plain

TYPES = {"work": "Work", "mobile": "Mobile", "home": "Home", "fax": "Fax"}
#: A kind can be there once: what is left over takes the next one that is free.
SPARE = ("work", "mobile", "home", "other")
MAX_NUMBERS = 3
MAX_NAME = 60
MAX_GROUPS = 20


class Grandstream(Vendor):
    """One file, with as many contacts as all but the smallest models hold."""

    code = "grandstream"
    label = "Grandstream"
    page = 2000
    whole = True

    def directory(self, listing):
        """Override to return an `AddressBook`.

        Lines are counted from 1; where a firmware begins with 0, the address is
        ``…/grandstream/account-0``.
        """
        groups = [group for group in listing.groups if group.key][:MAX_GROUPS]
        ids = {group.key: str(place) for place, group in enumerate(groups, 1)}
        return document(
            element(
                "AddressBook",
                element("version", "1"),
                *(
                    element(
                        "pbgroup",
                        element("id", ids[group.key]),
                        element("name", plain(group.name, MAX_NAME)),
                    )
                    for group in groups
                ),
                *(_contact(entry, ids, listing.account) for entry in listing.entries),
            )
        )


def _contact(entry, ids, account):
    made = element(
        "Contact",
        element("FirstName", plain(entry.first, MAX_NAME)),
        element("LastName", plain(entry.last or entry.name, MAX_NAME)),
    )
    taken = set()
    for number in entry.numbers[:MAX_NUMBERS]:
        kind = number.kind if number.kind in TYPES else "other"
        if kind in taken:
            kind = next(kind for kind in SPARE if kind not in taken)
        taken.add(kind)
        made.append(
            element(
                "Phone",
                element("phonenumber", number.dialled),
                element("accountindex", str(account)),
                type=TYPES.get(kind, "Other"),
            )
        )
    if entry.group in ids:
        made.append(element("Group", ids[entry.group]))
    return made
