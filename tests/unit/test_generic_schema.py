"""The schema of our event format, and the adapter, allow the same events."""

import itertools
import json
import subprocess
from pathlib import Path

import pytest
from conftest import PAYLOADS, load
from node_package import environment

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx import event_format
from telephony_crm.pbx.adapter import PayloadError, Request

generic = pbx_adapter.get("generic")
SCHEMA = json.loads(
    (PAYLOADS.parents[1] / "pbx" / "event.schema.json").read_text(encoding="utf-8")
)
FIELDS = SCHEMA["properties"]
#: An event that may have any other field besides, so that one at a time can be tried.
WHOLE = {
    "id": "1",
    "event": "record",
    "call_ref": "7",
    "occurred_at": "2026-01-15T10:15:00Z",
    "direction": "inbound",
    "number": "+442037691880",
    "extension": "100",
}
BARE = {name: WHOLE[name] for name in event_format.REQUIRED}
#: What some events have to say, in each combination.
TOGETHER = {
    "direction": [None, "outbound"],
    "leg_ref": [None, "", "x"],
    "extension": [None, "", "100"],
    "leg_kind": [None, "agent"],
    "recording_ref": [None, "", "x"],
    "parent_ref": [None, "", "x"],
    "disposition": [None, "answered", "answered_elsewhere"],
}


def is_taken(found):
    try:
        generic.read(Request(body=json.dumps(found).encode()))
    except PayloadError:
        return False
    return True


def edges(rule):
    """Return values at the edges of what the schema allows, and whether it does."""
    if "enum" in rule:
        words = [(word, True) for word in rule["enum"]]
        return [*words, ("nonsense", False), (1, False)]
    if rule["type"] == "boolean":
        return [(True, True), (False, True), ("true", False), (1, False)]
    if rule["type"] == "integer":
        low, high = rule["minimum"], rule["maximum"]
        found = [(low, True), (high, True), (low - 1, False), (high + 1, False)]
        return [*found, (5.0, True), (5.5, False), (True, False), ("5", False)]
    if rule.get("format") == "date-time":
        found = [("2026-01-15T10:15:00Z", True), ("2026-01-15 10:15:00+23:59", True)]
        return [*found, ("2026-01-15", False), ("2026-01-15T10:15:00", False)]
    least, most = rule.get("minLength", 0), rule["maxLength"]
    found = [("x" * most, True), ("x" * (most + 1), False), (1, False)]
    found += [("", not least), ("a\0b", False)]
    if "A-Za-z" in rule["pattern"]:
        return [*found, ("1_2.3*4#5-a", True), ("a b", False), ("a\n", False)]
    return [*found, ("Олена 📞\n", True)]


def of_one_field():
    """Return events of which one field is tried, and whether they are allowed."""
    needs = {"recording": {"recording_ref": "x"}, "merged": {"parent_ref": "x"}}
    for name, rule in FIELDS.items():
        for value, allowed in edges(rule):
            if value == "answered_elsewhere":
                yield {**WHOLE, "event": "left", name: value}, allowed
            more = needs.get(value, {}) if name == "event" else {}
            yield {**WHOLE, **more, name: value}, allowed
    for name in event_format.REQUIRED:
        yield {key: value for key, value in WHOLE.items() if key != name}, False
    yield {**WHOLE, "other": "x"}, False


def together():
    """Return events in which some fields are there, empty or not."""
    for event in FIELDS["event"]["enum"]:
        for values in itertools.product(*TOGETHER.values()):
            named = zip(TOGETHER, values, strict=True)
            there = {name: value for name, value in named if value is not None}
            yield {**BARE, "event": event, **there}


def allowed_by_schema(events):
    """Return for each of the events whether the schema allows it, as others read it."""
    script = Path(__file__).with_name("schema_check.js")
    run = subprocess.run(
        ["node", script],
        input=json.dumps([SCHEMA, *events]),
        env=environment("ajv@8.17.1"),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return json.loads(run.stdout)


def test_adapter_takes_what_the_schema_is_meant_to_allow():
    for found, allowed in of_one_field():
        assert is_taken(found) is allowed, found


def test_validator_of_others_allows_what_the_adapter_takes():
    events = [*(found for found, _allowed in of_one_field()), *together()]
    for found, allowed in zip(events, allowed_by_schema(events), strict=True):
        assert is_taken(found) is allowed, found


@pytest.mark.parametrize(
    "event, values, taken",
    [
        ("started", {}, False),
        ("started", {"direction": "internal"}, True),
        ("ringing", {"leg_ref": "", "extension": ""}, False),
        ("left", {"leg_kind": "agent"}, True),
        ("recording", {"recording_ref": ""}, False),
        ("merged", {}, False),
        ("ended", {"disposition": "answered_elsewhere"}, False),
        ("left", {"extension": "1", "disposition": "answered_elsewhere"}, True),
        ("ended", {"talk_seconds": 5.0}, True),
    ],
)
def test_what_an_event_needs_besides(event, values, taken):
    assert is_taken({**BARE, "event": event, **values}) is taken


def test_whole_number_is_one_however_it_is_written():
    found = event_format.check({**WHOLE, "talk_seconds": 5.0})
    assert repr(found["talk_seconds"]) == "5"


def test_schema_and_adapter_know_the_same_fields():
    assert set(FIELDS) == set(event_format.FIELDS)
    assert SCHEMA["required"] == list(event_format.REQUIRED)
    assert SCHEMA["additionalProperties"] is False


def test_payload_files_are_what_the_schema_describes():
    paths = sorted((PAYLOADS / "generic").glob("*.json"))
    allowed = allowed_by_schema([load(path).fields for path in paths])
    assert paths and allowed == [True] * len(paths)
