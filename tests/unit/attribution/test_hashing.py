"""Contacts are hashed as their receivers compare them."""

import pytest

from telephony_crm_tracking.attribution.hashing import (
    digest,
    google_email,
    google_phone,
    meta_email,
    meta_phone,
)


def test_one_telephone_has_two_hashes():
    assert digest(google_phone("+18005550100")) == (
        "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30"
    )
    assert digest(meta_phone("+16505551212")) == (
        "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"
    )


@pytest.mark.parametrize(
    "raw, google, meta",
    [
        (
            "cloudy.sanfrancisco+shopping@gmail.com",
            "cloudysanfrancisco@gmail.com",
            "cloudy.sanfrancisco+shopping@gmail.com",
        ),
        (" A.B@Googlemail.com", "ab@googlemail.com", "a.b@googlemail.com"),
        (
            "user.name+NYC@Example.com",
            "user.name+nyc@example.com",
            "user.name+nyc@example.com",
        ),
        ("Maya <Maya@Example.com>", "maya@example.com", "maya@example.com"),
        ("maya @example.com", "maya@example.com", ""),
        ("maya", "", ""),
        ("a@b", "", ""),
        ("a@x.com, b@x.com", "", ""),
        ("+x@gmail.com", "", "+x@gmail.com"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_addresses_are_normalised_as_each_receiver_does(raw, google, meta):
    assert (google_email(raw), meta_email(raw)) == (google, meta)


@pytest.mark.parametrize(
    "raw", ["", None, "101", "020 3769 1881", "+44", "+0123456789"]
)
def test_what_is_no_number_is_not_hashed(raw):
    assert digest(google_phone(raw)) == digest(meta_phone(raw)) == ""
