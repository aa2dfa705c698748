"""What is never dialled: emergency, premium, satellite, feature codes, elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_crm.pbx.dialling import refusal

OURS = frozenset({"UA", "FR", "GB", "US"})


@pytest.mark.parametrize(
    "number", ["+380441234567", "+33478323232", "+442037691880", "+12125550123"]
)
def test_subscribers_in_allowed_countries_may_be_dialled(number):
    assert refusal(number, OURS) == ""


@pytest.mark.parametrize(
    "number, reason",
    [
        ("", "unparsable"),
        ("0478323232", "unparsable"),
        ("33478323232", "unparsable"),
        ("+33 4 78 32 32 32", "unparsable"),
        ("+33478323232;ext=12", "unparsable"),
        ("+33478323232\n", "unparsable"),
        ("+33٤٧٨٣٢٣٢٣٢", "unparsable"),
        ("+0478323232", "unparsable"),
        ("+3347832", "unparsable"),
        ("+334783232321234567", "unparsable"),
        ("sip:a@b.example", "unparsable"),
        ("100", "unparsable"),
        ("*72", "feature_code"),
        ("*21*+33478323232#", "feature_code"),
        ("+33478323232#", "feature_code"),
        ("112", "emergency"),
        ("911", "emergency"),
        ("999", "emergency"),
        ("15", "emergency"),
        ("+112", "emergency"),
        ("+33112", "emergency"),
        ("+380112", "emergency"),
        ("+33899123456", "premium"),
        ("+19005551234", "premium"),
        ("+447012345678", "premium"),
        ("+447640123456", "premium"),
        ("+979123456789", "premium"),
        ("+878101234567", "premium"),
        ("+33820123456", "shared_cost"),
        ("+80812345678", "shared_cost"),
        ("+870773111632", "satellite"),
        ("+881612345678", "satellite"),
        ("+88213123456", "satellite"),
        ("+883510012345", "satellite"),
        ("+18095551234", "country"),
        ("+380441234567x", "unparsable"),
        ("+37122345678", "country"),
        ("+80012345678", "country"),
    ],
)
def test_everything_else_is_refused_and_says_why(number, reason):
    assert refusal(number, OURS) == reason


def test_without_allowed_countries_nothing_is_dialled():
    assert refusal("+33478323232", frozenset()) == "country"


@given(st.text(alphabet="+0123456789*#;x ()", max_size=20))
def test_what_may_be_dialled_is_e164(number):
    if refusal(number, OURS) == "":
        assert number[0] == "+" and number[1:].isdecimal() and len(number) <= 16
