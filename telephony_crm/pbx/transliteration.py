"""Names in ASCII, for desk phones and PBXs that show nothing else.

Meant to be read aloud by a person whose phone rings, not to be turned back. Follows
the Ukrainian passport rules (Cabinet of Ministers, No. 55 of 2010), the usual English
spelling of Russian, and ELOT 743 for Greek, all slightly simplified. Arabic is written
without short vowels, so its names come out as their consonants.
"""

from __future__ import annotations

import re
import unicodedata

CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёѓґђєіїјќљњћўџ",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya "
        "yo g g dj ie i i j k lj nj c u dzh".split(" "),
        strict=True,
    )
)
UKRAINIAN = {"г": "h", "и": "y", "й": "i", "ю": "iu", "я": "ia", "х": "kh"}
UKRAINIAN_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
GREEK_PAIRS = {"ου": "ou", "αυ": "av", "ευ": "ev", "γγ": "ng", "γξ": "nx", "γχ": "nch"}
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(),
        strict=True,
    )
)
ARABIC = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىپچژگکی",
        "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y a a p ch zh g k "
        "y".split(),
        strict=True,
    )
)
LATIN = dict(zip("ßøłđþæœıðŋħ", "ss o l d th ae oe i d ng h".split(), strict=True)) | {
    "€": "EUR",
    "£": "GBP",
    "№": "No",
    "’": "'",
    "‘": "'",
    "“": "'",
    "”": "'",
}
LATIN |= dict.fromkeys("–—‐‑−", "-") | {"…": "...", "«": "'", "»": "'", "ʼ": ""}
OTHERS = GREEK | ARABIC | LATIN

_ukrainian = re.compile("[ґєії]", re.IGNORECASE)
_word = re.compile(r"[\u0400-\u04ff'’ʼ]+")
_greek_pair = re.compile("|".join(GREEK_PAIRS), re.IGNORECASE)
_named = re.compile(
    r"(?:HIRAGANA|KATAKANA) LETTER (?:SMALL )?(\w+)|HANGUL SYLLABLE (\w+)"
)
_initial = re.compile(r"(?:HEBREW|GEORGIAN|ARMENIAN)(?: CAPITAL| SMALL)? LETTER (\w)")


def ascii_name(text: str | None, limit: int = 40) -> str:
    """Return a name in printable ASCII, at most ``limit`` characters.

    Without control characters, line breaks, quotes, backslashes and angle brackets,
    since it ends in a SIP header. Empty only if nothing of it can be written.
    """
    text = unicodedata.normalize("NFC", (text or "")[: 10 * limit])
    text = "".join(map(_without_marks, _cyrillic(text)))
    text = _greek_pair.sub(
        lambda found: _cased(GREEK_PAIRS[found[0].lower()], found[0]), text
    )
    written = "".join(_letters(text))
    return " ".join(written.split())[:limit].strip()


def _without_marks(char):
    """Split a letter from its accents; kana and hangul stay as they are."""
    if "\u3040" <= char <= "\u30ff" or "\uac00" <= char <= "\ud7a3":
        return char
    return unicodedata.normalize("NFKD", char)


def _cyrillic(text):
    ukrainian = bool(_ukrainian.search(text))

    def write(found):
        word = found[0]
        if not any(char.isalpha() for char in word):
            return word
        if ukrainian:
            word = re.sub("зг", "zgh", re.sub("Зг", "Zgh", word))
        first = next(i for i, char in enumerate(word) if char.isalpha())
        return "".join(
            _cased(_cyrillic_letter(char.lower(), ukrainian, at == first), char, word)
            for at, char in enumerate(word)
        )

    return _word.sub(write, text)


def _cyrillic_letter(char, ukrainian, is_first):
    if ukrainian:
        if char in "'’ʼ":
            return ""
        if is_first and char in UKRAINIAN_FIRST:
            return UKRAINIAN_FIRST[char]
        if char in UKRAINIAN:
            return UKRAINIAN[char]
    return CYRILLIC.get(char, char)


def _cased(latin, char, word=""):
    """Give ``latin`` the case of the letter that it stands for."""
    if not char[:1].isupper():
        return latin
    return latin.upper() if len(word) > 1 and word.isupper() else latin.capitalize()


def _letters(text):
    """Yield what each character is written as; what cannot be written, is left out."""
    previous = " "
    for char in text:
        if char.isascii():
            latin = _safe(char)
        elif unicodedata.combining(char):
            continue
        elif (low := char.lower()) in OTHERS:
            latin = _cased(OTHERS[low], char)
            if low in ARABIC and not previous.isalpha():
                latin = latin.capitalize()
        else:
            latin = _by_name(char)
        previous = char
        yield latin


def _safe(char):
    if char in '"<>\\':
        return {"\\": "/"}.get(char, "'")
    return char if char.isprintable() else " "


def _by_name(char):
    """Write a letter by its name in Unicode, which for some scripts is its sound."""
    if char.isspace() or unicodedata.category(char).startswith(("Z", "P")):
        return " "
    name = unicodedata.name(char, "")
    if found := _named.match(name):
        return (found[1] or found[2]).lower()
    found = _initial.match(name)
    return found[1].lower() if found else ""
