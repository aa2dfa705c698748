"""Keyed hashes, compared so that the time tells nothing; freshness."""

from datetime import datetime, timedelta

import pytest

from telephony_crm.pbx import signing

START = "4420376918804420376918812026-01-15 10:15:00"
NOW = datetime(2026, 1, 15, 10, 15)


def test_both_encodings_of_a_hash():
    assert signing.base64_of_hex("testsecret", START) == (
        "M2Y4NDQ0NzU4ZmMzZjczMTgzMDYzYmNiNjY4NjUyN2RhOGU0OGI1Ng=="
    )
    assert signing.base64_of_digest("testsecret", START) == (
        "P4REdY/D9zGDBjvLZoZSfajki1Y="
    )


@pytest.mark.parametrize(
    "given, found",
    [
        ("a", True),
        ("b", True),
        ("c", False),
        ("", False),
        ("ä", False),
        ("\udcff", False),
        ("\ud800", False),
    ],
)
def test_any_of_several_is_taken(given, found):
    assert signing.is_any_of(given, ["a", "b"]) is found
    assert signing.is_any_of(given, []) is False


@pytest.mark.parametrize(
    "age, fresh", [(0, True), (300, True), (301, False), (-300, True), (-301, False)]
)
def test_freshness_is_a_window_around_now(age, fresh):
    assert signing.is_fresh(NOW - timedelta(seconds=age), NOW) is fresh


def test_what_has_no_time_is_not_fresh():
    assert signing.is_fresh(None, NOW) is False
