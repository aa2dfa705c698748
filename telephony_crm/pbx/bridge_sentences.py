"""What a bridge says to people: sentences, and what they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .answers import plain

#: Characters of a sentence and of what is filled in, and how much that is.
LONGEST, LONG, MOST = 300, 200, 10


@dataclass(frozen=True)
class Sentence:
    """Something that a bridge says.

    :param text: in English
    :param code: names it among those of the bridge; empty: it is none of them
    :param values: what is filled in, by name
    """

    text: str
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def read(told: Mapping) -> list[Sentence]:
    """Return the sentences in what a bridge tells: ``problems``, ``said``.

    Whatever makes no sense is left out; a bridge from before has no ``said``.
    """
    problems, said = told.get("problems"), told.get("said")
    problems = problems if isinstance(problems, list) else []
    if not isinstance(said, list) or len(said) != len(problems):
        said = [None] * len(problems)
    found = zip(problems, said, strict=True)
    return [
        Sentence(text, *_source(source))
        for one, source in found
        if (text := plain(one, LONGEST))
    ]


def _source(source):
    match source:
        case [str(code), dict(values)]:
            kept = {
                name: plain(value, LONG)
                for name, value in list(values.items())[:MOST]
                if isinstance(value, str)
            }
            return plain(code, 40), kept
    return "", {}
