"""How a phone is to dial a number, and what kind of number it is."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.PERSONAL_NUMBER: "mobile",
    PhoneNumberType.PAGER: "other",
}


def dialled(e164: str, form: str = "plus", country: str = "", prefix: str = "") -> str:
    """Return the digits to dial.

    :param form: ``plus`` (+442037691880), ``zeros`` (00442037691880) or ``national``
        (02037691880 in that country, with zeros elsewhere)
    :param country: ISO code of where the PBX stands
    :param prefix: what is dialled first to get out
    """
    if not e164.startswith("+"):
        return prefix + e164
    if form == "plus" and not prefix:
        return e164
    digits = f"00{e164[1:]}"
    if form == "national":
        digits = _national(e164, country) or digits
    return prefix + digits


def kind(e164: str) -> str:
    """Return ``mobile``, ``work`` or ``other``, as far as the number tells."""
    try:
        found = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return "other"
    return KINDS.get(phonenumbers.number_type(found), "work")


def _national(e164, country):
    try:
        found = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.region_code_for_country_code(found.country_code) != country:
        if phonenumbers.region_code_for_number(found) != country:
            return ""
    text = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(filter(str.isdecimal, text))
