"""Which numbers are never dialled, whoever asks.

Telephone fraud earns by calls to premium and satellite numbers, placed through
somebody else's PBX. What is not understood, is refused.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberType

#: Country codes of the ITU that belong to no country: Inmarsat, the mobile satellite
#: systems (Iridium, Globalstar, Thuraya is 882) and networks behind 882 and 883.
SATELLITE = ("870", "881", "882", "883")
#: The ITU's universal personal, premium and shared-cost numbers.
PREMIUM = ("878", "979")
SHARED_COST = ("808",)

_e164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_refused_types = {
    PhoneNumberType.PREMIUM_RATE: "premium",
    # In the United Kingdom these forward at a premium, and are a usual way of fraud.
    PhoneNumberType.PERSONAL_NUMBER: "premium",
    # Of the United Kingdom, dearer than any mobile; they look like one.
    PhoneNumberType.PAGER: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
}


def refusal(e164: str, allowed_countries: frozenset[str] = frozenset()) -> str:
    """Return why a number must not be dialled, or an empty string if it may be.

    :param e164: with its plus sign; everything else is refused
    :param allowed_countries: ISO codes; a number of any other country is refused
    :return: ``feature_code``, ``emergency``, ``unparsable``, ``satellite``,
        ``premium``, ``shared_cost`` or ``country``
    """
    if re.search(r"[*#]", e164):
        return "feature_code"
    if _is_emergency(e164, allowed_countries):
        return "emergency"
    if not _e164.fullmatch(e164):
        return "unparsable"
    if reason := _refused_code(e164[1:]):
        return reason
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return "unparsable"
    if not phonenumbers.is_valid_number(number):
        return "unparsable"  # its kind and its price are unknown
    if reason := _refused_types.get(phonenumbers.number_type(number)):
        return reason
    if phonenumbers.region_code_for_number(number) not in allowed_countries:
        return "country"
    return ""


def _refused_code(digits):
    for codes, reason in (
        (SATELLITE, "satellite"),
        (PREMIUM, "premium"),
        (SHARED_COST, "shared_cost"),
    ):
        if digits.startswith(codes):
            return reason
    return ""


def _is_emergency(text, countries):
    """Tell whether this rings an emergency service in any country it could be in.

    A PBX may cut a plus sign or a country code, so the rest is looked at as well.
    """
    digits = re.sub(r"\D", "", text)
    if len(digits) > 8:
        return False
    for region in countries | {"GB", "US"}:  # 112, 999 and 911 nearly everywhere
        code = str(phonenumbers.country_code_for_region(region))
        short = {digits, digits.removeprefix(code)}
        if any(phonenumbers.is_emergency_number(number, region) for number in short):
            return True
    return False
