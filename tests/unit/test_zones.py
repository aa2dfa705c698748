"""An account's local times, as naive UTC."""

from datetime import datetime, timedelta, timezone

import pytest

from telephony_crm.pbx.zones import agrees as agree
from telephony_crm.pbx.zones import fixed, to_utc, zone

LATER = datetime(2030, 1, 1)


@pytest.mark.parametrize(
    "name, hours",
    [
        ("UTC", 0),
        ("", 0),
        ("UTC+0", 0),
        ("UTC+2", 2),
        ("utc-5", -5),
        ("UTC+5:30", 5.5),
        ("UTC+0545", 5.75),
        ("GMT+3", 3),
        ("+02:00", 2),
    ],
)
def test_zone_as_the_account_names_it(name, hours):
    assert zone(name) == timezone(timedelta(hours=hours))


@pytest.mark.parametrize(
    "name", ["Mars/Phobos", "UTC+99", "../etc/passwd", "UTC+2x", "\0", "a" * 500]
)
def test_zone_that_does_not_exist(name):
    with pytest.raises(ValueError):
        zone(name)


@pytest.mark.parametrize(
    "local, tz, utc",
    [
        ("2026-01-15 10:15:00", "Europe/Kyiv", "2026-01-15 08:15:00"),
        ("2026-07-15 10:15:00", "Europe/Kyiv", "2026-07-15 07:15:00"),
        ("2026-07-15 10:15:00", "UTC+2", "2026-07-15 08:15:00"),
        ("2026-01-01 00:30:00", "America/New_York", "2026-01-01 05:30:00"),
    ],
)
def test_local_time_in_utc(local, tz, utc):
    assert str(to_utc(local, tz, LATER)) == utc


def test_repeated_hour_of_autumn_is_the_later_one_that_has_been():
    """In Paris 2:30 comes at 0:30 and again at 1:30 UTC on 25 October 2026."""
    local = "2026-10-25 02:30:00"
    first, second = datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30)
    assert to_utc(local, "Europe/Paris", first + timedelta(seconds=2)) == first
    assert to_utc(local, "Europe/Paris", second + timedelta(seconds=2)) == second
    assert to_utc(local, "Europe/Paris", second - timedelta(minutes=1)) == second


def test_hour_that_spring_leaves_out_is_read_by_the_old_clock():
    utc = to_utc("2026-03-29 02:30:00", "Europe/Paris", LATER)
    assert utc == datetime(2026, 3, 29, 1, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-15",
        "2026-01-15T10:15:00",
        "2026-01-15 10:15:00Z",
        "2026-02-30 10:15:00",
        "2026-01-15 25:00:00",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "٢٠٢٦-01-15 10:15:00",
    ],
)
def test_what_is_no_time(text):
    with pytest.raises(ValueError):
        to_utc(text, "UTC+2" if text < "5" else "UTC-2", LATER)


@pytest.mark.parametrize(
    ("name", "said", "month", "agrees"),
    [
        ("Europe/Kyiv", "UTC+2", 1, True),
        ("Europe/Kyiv", "UTC+2", 7, False),
        ("Europe/Berlin", "UTC+2", 7, True),
        ("Etc/GMT-2", "UTC+2", 7, True),
        ("Asia/Kathmandu", "UTC+5:45", 1, True),
        ("Nowhere/Land", "UTC+2", 1, False),
        ("Europe/Kyiv", "nonsense", 1, False),
    ],
)
def test_a_fixed_offset_agrees_with_a_zone_only_at_a_moment(name, said, month, agrees):
    assert agree(name, said, datetime(2026, month, 15, 12)) is agrees


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("UTC+2", "Etc/GMT-2"),
        ("UTC-11", "Etc/GMT+11"),
        ("UTC+0", "Etc/GMT"),
        ("UTC", "Etc/GMT"),
        ("UTC+14", "Etc/GMT-14"),
        ("UTC-13", ""),
        ("UTC+5:30", ""),
        ("Europe/Kyiv", ""),
    ],
)
def test_a_fixed_offset_has_a_name_with_its_sign_turned(said, name):
    assert fixed(said) == name
