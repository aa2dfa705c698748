"""Closed lists of words, which print as what they are."""

from __future__ import annotations

from enum import Enum


class Word(str, Enum):
    """A string with a closed list of values; prints as the value itself."""

    def __str__(self) -> str:
        return self.value

    __format__ = str.__format__
