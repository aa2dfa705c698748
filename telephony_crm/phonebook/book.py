"""What a phone book holds, and what a make of phone does with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Number:
    """A number as the phone is to dial it.

    :param kind: ``work``, ``mobile``, ``home``, ``fax`` or ``other``
    :param label: what a person calls it; empty if nothing
    """

    dialled: str
    kind: str = "work"
    label: str = ""


@dataclass(frozen=True)
class Entry:
    """Somebody in a phone book.

    :param name: as it is shown
    :param first: given names, where they are known apart; ``last`` is the rest
    :param group: key of the `Group` that it is shown under, if any
    """

    name: str
    numbers: tuple[Number, ...]
    first: str = ""
    last: str = ""
    group: str = ""


@dataclass(frozen=True)
class Group:
    """A part of a phone book that can be opened alone.

    :param key: letters, digits and hyphens; stands in addresses
    """

    key: str
    name: str


@dataclass(frozen=True)
class Words:
    """What is written on the phone, in the language of the company."""

    search: str = "Search"
    prompt: str = "Name or number"
    before: str = "Previous"
    after: str = "Next"
    dial: str = "Dial"
    exit: str = "Exit"
    nobody: str = "No entries"
    more: str = "Search for more"


class Book(Protocol):
    """Where the entries come from."""

    title: str
    words: Words

    def groups(self) -> Sequence[Group]:
        """Return what can be opened alone, everybody included; at least one."""

    def entries(self, group: str, term: str, start: int, count: int) -> list[Entry]:
        """Return entries in the order of their names.

        :param group: key of a group; ``""`` for everybody
        :param term: what was typed to search for; ``""`` for all
        :param start: so many are passed over
        """

    def names_at(self, group: str, step: int) -> list[tuple[str, str]]:
        """Return the first and last name of each ``step`` entries of a group.

        Not necessarily of all: nobody turns that many pages.
        """


@dataclass(frozen=True)
class Listing:
    """Entries to be shown, and where those before and after them are.

    :param before: address; empty if these are the first
    :param after: address; empty if these are the last
    :param complete: whether these are all there are
    :param account: index of the phone's line to dial with, where it is told
    """

    title: str
    entries: Sequence[Entry]
    words: Words = field(default_factory=Words)
    before: str = ""
    after: str = ""
    groups: Sequence[Group] = ()
    complete: bool = True
    account: int = 1


class Vendor:
    """A make of phone: how it is told what, and how much it can take.

    :cvar page: entries that it takes at once
    :cvar whole: it downloads everything, and is shown no menus
    :cvar pages_by_menu: it has no key for the next page, so there is a menu of pages
    :cvar searches: it can ask for text to search for
    """

    code = ""
    label = ""
    page = 30
    whole = False
    pages_by_menu = False
    searches = True

    def menu(self, title, items):
        """Return a menu.

        :param items: ``(name, address)`` each
        :rtype: bytes
        """
        raise NotImplementedError

    def form(self, title, words, url):
        """Return a field to type in; the phone appends the text to ``url``."""
        raise NotImplementedError

    def directory(self, listing):
        """Return entries of which one can be dialled."""
        raise NotImplementedError
