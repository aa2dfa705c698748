"""Which conversions a receiver takes, and when."""

import dataclasses
import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from conversion_files import KINDS

from telephony_crm_tracking.attribution import destination
from telephony_crm_tracking.attribution.conversion import Conversion, Event, Refusal
from telephony_crm_tracking.attribution.destination import Destination
from telephony_crm_tracking.attribution.destination_registry import (
    Registry,
    UnknownDestination,
)

NOW = datetime(2026, 1, 16, 12)
SETTINGS = {f"action_{event}": "7" for event in Event}
CALL = Conversion(
    key="c1-call",
    event=Event.CALL,
    at=NOW - timedelta(hours=5),
    ads="granted",
    click_at=NOW - timedelta(hours=7),
    gclid="Cj0",
    fbp="fb.1.1596403881668.1116446470",
    ga_client_id="1.2",
)
CLICKS = [
    kind
    for kind in KINDS
    if kind in ("google_upload", "google_feed", "google_data_manager")
]
google = pytest.mark.parametrize("kind", CLICKS)


def refusal(kind, now=NOW, settings=(), **changes):
    own = dataclasses.replace(CALL, **changes)
    return destination.get(kind).refusal(own, {**SETTINGS, **dict(settings)}, now)


def ago(**lengths):
    return NOW - timedelta(**lengths)


def test_who_counts_repeats_once_says_so():
    says = {kind: destination.get(kind).deduplicates for kind in KINDS}
    assert [kind for kind, does in says.items() if not does] == ["ga4", "meta"]


@google
def test_a_click_younger_than_six_hours_waits(kind):
    assert refusal(kind) is None
    click = NOW - timedelta(hours=5, minutes=30)
    assert refusal(kind, click_at=click) == Refusal(
        "too_recent", until=click + timedelta(hours=6)
    )
    assert refusal(kind, click_at=ago(hours=6)) is None


@google
def test_a_conversion_before_its_click_is_none(kind):
    assert refusal(kind, at=ago(hours=8)) == Refusal("before_click")


@google
@pytest.mark.parametrize(
    "window, days, code",
    [("90", 89, None), ("90", 91, "expired"), ("30", 31, "expired"), ("", 89, None),
     ("400", 91, "expired"), ("x", 89, None), ("0", 2, "expired")],
)  # fmt: skip
def test_a_click_outside_the_actions_window_is_expired(kind, window, days, code):
    found = refusal(kind, settings={"window_days": window}, click_at=ago(days=days))
    assert (found and found.code) == code


@google
def test_without_a_click_a_contact_goes_where_the_account_takes_them(kind):
    bare = {"gclid": "", "phone": "+442037691881"}
    assert refusal(kind, **bare) == Refusal("no_click")
    assert refusal(kind, settings={"contacts": "1"}, **bare) is None
    assert refusal(kind, settings={"contacts": "1"}, gclid="") == Refusal("no_click")
    old = {"at": ago(days=64), "click_at": None}
    assert refusal(kind, settings={"contacts": "1"}, **bare, **old) == Refusal(
        "expired"
    )


@google
def test_an_action_that_counts_one_a_click_takes_no_braid(kind):
    braid = {"gclid": "", "wbraid": "x"}
    assert refusal(kind, **braid) is None
    assert refusal(kind, settings={"one_per_click": "1"}, **braid) == Refusal("braid")
    assert refusal(kind, settings={"one_per_click": "1"}) is None


@google
def test_a_cancelled_sale_goes_another_road(kind):
    assert refusal(kind, event=Event.RETRACT) == Refusal("event")


@pytest.mark.parametrize(
    "kind, hours, taken",
    [("ga4", 72, True), ("ga4", 73, False), ("meta", 168, True), ("meta", 169, False)],
)
def test_ga4_takes_three_days_and_meta_seven(kind, hours, taken):
    found = refusal(kind, at=ago(hours=hours))
    assert found == (None if taken else Refusal("too_old"))


def test_a_retraction_waits_a_day_and_comes_within_fifty_four():
    def retract(**age):
        return refusal(
            "google_adjustments",
            event=Event.RETRACT,
            original="c1-won",
            original_at=ago(**age),
        )

    assert retract(hours=24) is None
    assert retract(days=54) is None
    assert retract(days=54, hours=1) == Refusal("too_old")
    assert retract(hours=1) == Refusal(
        "too_recent", until=ago(hours=1) + timedelta(days=1)
    )
    nothing = refusal("google_adjustments", event=Event.RETRACT)
    assert nothing == Refusal("no_original")
    assert refusal("google_adjustments") == Refusal("event")


@pytest.mark.parametrize("kind", ["google_adjustments", "google_data_manager"])
def test_a_new_value_waits_a_day_and_comes_within_fifty_four(kind):
    def restate(amount="100", **age):
        return refusal(
            kind,
            event=Event.RESTATE,
            at=NOW,
            amount=Decimal(amount),
            currency="EUR",
            original="c1-won",
            original_at=ago(**age),
            click_at=ago(**age) - timedelta(days=29),
            settings={"window_days": "30"},
        )

    assert restate(hours=24) is None
    assert restate(days=54) is None
    assert restate(days=54, hours=1) == Refusal("too_old")
    assert restate(hours=1).until == ago(hours=1) + timedelta(days=1)
    assert restate(amount="0", days=2) == Refusal("no_amount")
    assert refusal(kind, event=Event.RESTATE) == Refusal("no_original")


def test_ga4_needs_the_browser_that_it_knows():
    assert refusal("ga4", ga_client_id="") == Refusal("no_client")
    assert refusal("ga4", analytics="denied") == Refusal("consent")
    assert refusal("ga4", analytics="unknown") is None


@pytest.mark.parametrize(
    "name", ["", "1st", "ga_x", "_x", "firebase_x", "a b", "x" * 41]
)
def test_ga4_is_sent_no_name_that_it_keeps_or_refuses(name):
    assert refusal("ga4", settings={"name_call": name}) == Refusal("no_action")


def test_meta_needs_a_person_and_a_purchase_its_amount():
    assert refusal("meta", fbp="") == Refusal("no_person")
    assert refusal("meta", event=Event.WON) == Refusal("no_amount")
    money = {"amount": Decimal("9"), "currency": "EUR"}
    assert refusal("meta", event=Event.WON, **money) is None
    renamed = {"name_won": "Subscribe"}
    assert refusal("meta", event=Event.WON, settings=renamed) is None


def test_meta_is_never_sent_a_test_that_counts():
    with pytest.raises(ValueError):
        destination.get("meta").request([CALL], {}, test=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "amount, currency",
    [
        ("-1", "EUR"),
        ("NaN", "EUR"),
        ("Infinity", "EUR"),
        ("1", ""),
        ("1", "eur"),
        ("1", "€"),
    ],
)
def test_an_amount_is_some_of_a_currency(kind, amount, currency):
    event = Event.RETRACT if kind == "google_adjustments" else Event.CALL
    money = {"amount": Decimal(amount), "currency": currency}
    assert refusal(kind, event=event, **money) == Refusal("amount")


@pytest.mark.parametrize("kind", ["ga4", "meta"])
def test_what_is_not_compared_goes_alone(kind):
    own = destination.get(kind)
    assert own.batch == 1
    for several in ([], [CALL, CALL]):
        with pytest.raises(ValueError):
            own.request(several, SETTINGS)


def test_one_request_to_google_is_about_one_action():
    own = destination.get("google_data_manager")
    other = dataclasses.replace(CALL, event=Event.WON)
    settings = {**SETTINGS, "action_won": "8"}
    for several in ([], [CALL, other], [CALL] * 2001):
        with pytest.raises(ValueError):
            own.request(several, settings)
    assert len(json.loads(own.request([CALL] * 2000, SETTINGS).body)["events"]) == 2000


def test_other_addons_add_a_destination_of_their_own():
    class Own(Destination):
        kind = "own"
        title = "Own"

    registry = Registry()
    own = registry.register(Own())
    assert registry.get("own") is own and registry.all() == [own]
    with pytest.raises(UnknownDestination, match="nothing"):
        registry.get("nothing")
    with pytest.raises(ValueError):
        registry.register(Destination())
