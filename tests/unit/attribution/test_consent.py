"""What a visitor allowed, and what nobody has said."""

import pytest

from telephony_crm_tracking.attribution.consent import (
    Consent,
    allowed_ads,
    allowed_analytics,
    latest,
)


@pytest.mark.parametrize(
    "word, required, allowed",
    [
        ("granted", True, True),
        ("granted", False, True),
        ("denied", True, False),
        ("denied", False, False),
        ("unknown", True, False),
        ("unknown", False, True),
        ("", True, False),
        (None, True, False),
        ("yes", True, False),
    ],
)
def test_unknown_is_denied_where_a_site_has_to_ask(word, required, allowed):
    assert allowed_analytics(word, required) is allowed


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("word", ["denied", "unknown", "", None, "GRANTED", "true"])
def test_nothing_leaves_without_a_clear_yes(word, required):
    assert allowed_ads(word, required) is False
    assert allowed_ads("granted", required) is True


def test_a_later_answer_replaces_the_earlier_one():
    known = Consent("granted", "granted", "tcf")
    assert latest(known, Consent("denied", "granted", "cookiebot")) == Consent(
        "denied", "granted", "cookiebot"
    )
    assert latest(Consent(), known) == known


def test_not_knowing_takes_nothing_back():
    known = Consent("granted", "denied", "tcf")
    assert latest(known, None) == known
    assert latest(known, Consent(by="consent_mode")) == known
