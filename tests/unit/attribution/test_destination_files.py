"""What every payload file of a destination promises by being there."""

import dataclasses
import json
from datetime import datetime, timedelta

import pytest
from conversion_files import KINDS, handed_over, load
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_crm_tracking.attribution import destination
from telephony_crm_tracking.attribution.conversion import Refusal, Result, State

HANDED = handed_over()
#: What is known of a visitor's browser.
VISITOR = (
    "gclid gbraid wbraid dclid fbclid fbc fbp ga_client_id ga_session_id channel"
).split()
ANSWERS = load("answers")
handed = pytest.mark.parametrize("own, said, conversions", HANDED.values(), ids=HANDED)


def now(said):
    return datetime.fromisoformat(said["now"])


def test_every_destination_has_files():
    assert {name.partition("/")[0] for name in HANDED} == set(KINDS)
    assert not destination.problems()


@handed
def test_file_names_its_source(own, said, conversions):
    assert len(said["source"]) > 20


@handed
def test_is_handed_over_as_the_file_says(own, said, conversions):
    settings, test = said["settings"], said.get("test", False)
    for conversion in conversions:
        assert own.refusal(conversion, settings, now(said)) is None
    if own.how != "request":
        text = own.file(conversions, settings, test)
        assert text.endswith("\n") and text.splitlines() == said["expects"]["file"]
        return
    request = own.request(conversions, settings, test)
    expected = said["expects"]["request"]
    assert json.loads(request.body) == expected.pop("json")
    assert {name: getattr(request, name) for name in expected} == expected


@handed
@pytest.mark.parametrize("ads", ["denied", "unknown", ""])
def test_nothing_leaves_without_consent(own, said, conversions, ads):
    for conversion in conversions:
        without = dataclasses.replace(conversion, ads=ads)
        found = own.refusal(without, said["settings"], now(said))
        assert found == Refusal("consent")


def test_a_visitor_is_taken_back_by_our_own_key_alone():
    own, said, [conversion] = HANDED["google_adjustments/retract"]
    known = dataclasses.replace(
        conversion,
        **{name: "of_the_visitor" for name in VISITOR},
        email="maya@example.com",
        phone="+442037691881",
    )
    text = own.file([known], {**said["settings"], "contacts": "1"})
    assert text == own.file([conversion], said["settings"])


@handed
def test_nothing_leaves_that_has_not_happened(own, said, conversions):
    for conversion in conversions:
        later = conversion.at + timedelta(hours=1)
        early = dataclasses.replace(conversion, at=later)
        found = own.refusal(early, said["settings"], conversion.at)
        assert (found.code, found.until, found.state) == ("future", later, "held")


@handed
def test_nothing_leaves_that_is_too_old(own, said, conversions):
    for conversion in conversions:
        for days in (91, 400):
            found = own.refusal(
                conversion, said["settings"], now(said) + timedelta(days=days)
            )
            assert found.state == "skipped"


@handed
def test_without_its_settings_nothing_leaves_by_mistake(own, said, conversions):
    empty = {setting.key: "" for setting in own.settings}
    for conversion in conversions:
        found = own.refusal(conversion, empty, now(said))
        assert found == Refusal("no_action")


@handed
def test_printing_shows_no_secret_and_no_contact(own, said, conversions):
    if own.how != "request":
        return
    request = own.request(conversions, said["settings"], said.get("test", False))
    shown = f"{request!r} {conversions!r}"
    secrets = {setting.key for setting in own.settings if setting.secret}
    for key in secrets | {"access_token"}:
        assert said["settings"].get(key, "none") not in shown
    for conversion in conversions:
        for contact in (conversion.email, conversion.phone):
            assert not contact or contact not in shown


@handed
def test_no_contact_leaves_as_it_is(own, said, conversions):
    settings = {**said["settings"], "contacts": "1"}
    for conversion in conversions:
        conversion = dataclasses.replace(
            conversion, email="maya@example.com", phone="+442037691881"
        )
        if own.how == "request":
            text = own.request([conversion], settings).body.decode()
        else:
            text = own.file([conversion], settings)
        assert "maya" not in text and "2037691881" not in text


@pytest.mark.parametrize("own, said", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_means_what_the_file_says(own, said):
    body, expected = said["body"], said["expects"]
    body = (body if isinstance(body, str) else json.dumps(body)).encode()
    if said["to"] == "token":
        if "fails" in expected:
            with pytest.raises(ValueError, match=expected["fails"]):
                own.read_token(said["status"], body)
        else:
            token = (expected["token"], expected["seconds"])
            assert own.read_token(said["status"], body) == token
        return
    if said["to"] == "request":
        found = own.read(said["status"], {}, body, said.get("test", False))
    else:
        found = own.read_asked(said["status"], body, said.get("settings", {}))
    faults = {int(place): why for place, why in expected.pop("faults", {}).items()}
    assert found == Result(**expected, faults=faults)


WORDS = (
    "error message details fieldViolations field description code requestId "
    "validationMessages events_received fbtrace_id requestStatus errorInfo "
    "requestStatusPerDestination errorCounts reason error_user_msg"
).split()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=10,
)
bodies = st.binary(max_size=60) | json_values.map(json.dumps).map(str.encode)
ASKED = [kind for kind in KINDS if destination.get(kind).how == "request"]
statuses = st.sampled_from([200, 204, 302, 400, 401, 429, 500])


@settings(max_examples=80)
@given(st.sampled_from(ASKED), statuses, bodies, st.booleans())
def test_whatever_is_answered_it_is_read(kind, status, body, test):
    own = destination.get(kind)
    found = own.read(status, {}, body, test)
    assert found.state in State and len(found.reason) <= 250
    if status >= 500:
        assert found.state == "unknown"
    if own.ask("x", {}) is not None:
        assert own.read_asked(status, body, {}).state in State
