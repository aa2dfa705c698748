"""Every spelling of a number is one number; what is none, stays what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm.pbx import numbers

LYON = "+33478323232"


@pytest.mark.parametrize(
    "raw, countries",
    [
        ("+33 4 78 32 32 32", ()),
        ("+33 (0)4 78 32 32 32", ()),
        ("0478323232", ("FR",)),
        ("04 78 32 32 32", ("US", "FR")),
        ("04/78/32/32/32", ("FR",)),
        ("(04) 78-32.32-32", ("FR",)),
        ("0033478323232", ("FR",)),
        ("0033478323232", ("US",)),
        ("00 33 4 78 32 32 32", ()),
        ("33478323232", ()),
        ("33478323232", ("FR",)),
        ("33478323232", ("DE",)),
        ("33478323232", ("UA", "US")),
        ("tel:+33-4-78-32-32-32", ()),
        ("TEL:0478323232", ("FR",)),
        ("+33478323232", ()),
        ("٠٤٧٨٣٢٣٢٣٢", ("FR",)),
        ("\u202a+33\u00a04 78 32 32 32\u202c", ()),
        ("０４７８３２３２３２", ("FR",)),
        ("0478323232 / 0611223344", ("FR",)),
        (" +33478323232\n", ()),
    ],
)
def test_spellings_of_one_number(raw, countries):
    assert numbers.parse(raw, countries) == numbers.Number(
        e164=LYON, digits=LYON[1:], national="478323232", country="FR"
    )


@pytest.mark.parametrize(
    "raw, parts",
    [
        ("0478323232 / 06 11 22 33 44", ["0478323232", "06 11 22 33 44"]),
        ("0478323232;+33611223344", ["0478323232", "+33611223344"]),
        ("0478323232, 0611223344, home", ["0478323232", "0611223344"]),
        ("0478323232\n0611223344", ["0478323232", "0611223344"]),
        ("04/78/32/32/32", ["04/78/32/32/32"]),
        ("0478323232;ext=12", ["0478323232;ext=12"]),
        ("0478323232 / +33478323232", ["0478323232 / +33478323232"]),
        ("ask / the / secretary", ["ask / the / secretary"]),
        ("", [""]),
        (None, [""]),
    ],
)
def test_a_field_may_hold_several_numbers(raw, parts):
    assert numbers.split(raw, ("FR",)) == parts


@pytest.mark.parametrize(
    "raw, countries, e164",
    [
        ("8 (495) 123-45-67", ("RU",), "+74951234567"),
        ("84951234567", ("RU",), "+74951234567"),
        ("4951234567", ("RU",), "+74951234567"),
        ("8 701 123 45 67", ("KZ",), "+77011234567"),
        ("044 123 45 67", ("UA",), "+380441234567"),
        ("8 044 123-45-67", ("UA",), "+380441234567"),
        ("80441234567", ("UA",), "+380441234567"),
        ("380441234567", ("UA",), "+380441234567"),
        ("8 017 200-00-00", ("BY",), "+375172000000"),
        ("02 1234 5678", ("IT",), "+390212345678"),
        ("+39 02 1234 5678", (), "+390212345678"),
        ("(212) 555-0123", ("US",), "+12125550123"),
        ("1-212-555-0123", ("US",), "+12125550123"),
        ("1-800-FLOWERS", ("US",), "+18003569377"),
        ("15012345678", ("CN",), "+8615012345678"),
        ("442037691880", ("UA",), "+442037691880"),
        ("+883510012345", (), "+883510012345"),
    ],
)
def test_national_customs(raw, countries, e164):
    assert numbers.parse(raw, countries).e164 == e164


def test_leading_zero_of_italy_belongs_to_the_number():
    assert numbers.parse("+39 02 1234 5678").national == "0212345678"


@pytest.mark.parametrize(
    "raw, countries",
    [
        ("+33478323232 x12", ()),
        ("+33478323232x12", ()),
        ("0478323232 ext. 12", ("FR",)),
        ("tel:+33478323232;ext=12", ()),
        ("0478323232#12", ("FR",)),
        ("+33478323232 доб. 12", ()),
        ("+33478323232 вн. 12", ()),
    ],
)
def test_extension_is_kept_apart(raw, countries):
    number = numbers.parse(raw, countries)
    assert (number.e164, number.extension) == (LYON, "12")


@pytest.mark.parametrize(
    "raw",
    ["", None, " ", "0", "0000", "anonymous", "Anonymous", "UNKNOWN", "Restricted"]
    + ["anonymous@anonymous.invalid", "private", '"unavailable"', "Caller ID Blocked"]
    + ["+", "sip:anonymous@voip.example", "<sip:private@voip.example>"],
)
def test_hidden_caller_is_no_number(raw):
    assert numbers.parse(raw, ("FR",)) == numbers.Number(hidden=True)


@pytest.mark.parametrize(
    "raw, digits, national",
    [
        ("100", "100", "100"),
        ("0042", "0042", "42"),
        ("+12", "12", "12"),
        ("call me", "", ""),
        ("room 7", "7", "7"),
        ("1234567", "1234567", "1234567"),
        ("112", "112", "112"),
    ],
)
def test_what_cannot_be_read_is_kept_as_digits(raw, digits, national):
    number = numbers.parse(raw, ("FR", "UA"))
    assert number == numbers.Number(digits=digits, national=national)


def test_numbers_newer_than_the_tables_are_one_number_still():
    national, abroad = (
        numbers.parse("0999999999", ("FR",)),
        numbers.parse("33999999999", ("FR",)),
    )
    assert national == abroad
    assert national.e164 == "+33999999999"


def test_country_that_does_not_exist_harms_nothing():
    assert numbers.parse("0478323232", ("XX", "", "FR")).e164 == LYON


@pytest.mark.parametrize("raw", ["9" * 100_000, "+" * 100_000, "x12" * 50_000])
def test_junk_is_bounded(raw):
    number = numbers.parse(raw, ("FR",))
    assert number.e164 == ""
    assert len(number.digits) <= numbers.MAX_DIGITS


@given(st.text(max_size=60), st.sampled_from([(), ("FR",), ("US", "UA")]))
def test_any_text_is_read_without_failing(raw, countries):
    number = numbers.parse(raw, countries)
    assert number.digits.isdecimal() or number.digits == ""
    assert number.digits.isascii()
    if number.e164:
        assert numbers.parse(number.e164).e164 == number.e164
    if number.hidden:
        assert number == numbers.Number(hidden=True)


def test_formats_for_people():
    assert numbers.international(LYON) == "+33 4 78 32 32 32"
    assert numbers.national(LYON) == "04 78 32 32 32"
    assert numbers.international("") == ""
    assert numbers.international("nonsense") == "nonsense"


def test_region_names_place_and_country_in_the_readers_language():
    assert numbers.region("+380441234567") == "Kyiv city, Ukraine"
    assert numbers.region("+12125550123", "en_US") == "New York, NY, United States"
    assert numbers.region(LYON, "fr_FR") == "France"
    assert numbers.region("") == ""
    assert numbers.region("nonsense") == ""


@pytest.mark.parametrize(
    "raw, extension",
    [
        ("100", "100"),
        (" 100 ", "100"),
        ("489-100", "100"),
        ("499499-100", "100"),
        ("489*100", "100"),
        ("012", "012"),
        ("12345", "12345"),
        ("0", ""),
        ("000", ""),
        ("", ""),
        (None, ""),
        ("7", ""),
        ("123456", ""),
        ("442037691880", ""),
        ("+100", ""),
        ("1٠0", ""),
        ("0-main", ""),
    ],
)
def test_extension_in_all_spellings(raw, extension):
    assert numbers.internal_extension(raw) == extension
