"""The rows of a real Asterisk's CDR tell of the same calls as its news did."""

import json
from datetime import datetime

import pytest
from test_tracker_streams import EXPECTED, FOLDER

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import Account
from telephony_crm.pbx.call_state import fold

asterisk = pbx_adapter.get("asterisk")
LATER = datetime(2100, 1, 1)
#: What rows cannot tell, and why.
UNTOLD = {
    "clicked_away": "a call that the agent has not taken up has no row",
    "inbound_unknown_line": "nor has one that nobody was rung for",
    "customer_first": "the row does not say that it was begun from here",
    "conference": "who joins a meeting has a call of their own",
    "consulted_by_phone": "so has a colleague who is asked by the phone itself",
    "outbound_given_up": "a call that was given up is one that was not answered",
}


def told(name):
    """Return the calls of a stream, folded from their rows alone."""
    lines = json.loads((FOLDER / f"{name}.cdr.json").read_text())
    calls = {}
    for row in asterisk.statistics_rows({"rows": lines}):
        if row.call_ref:
            events = asterisk.events(row.payload, Account(), LATER)
            calls.setdefault(row.call_ref, []).extend(events)
    return [fold(events) for events in calls.values()]


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - set(UNTOLD)))
def test_a_call_is_found_from_its_rows(name):
    direction, disposition, number, legs = EXPECTED[name]
    (call,) = told(name)
    assert (call.direction, call.disposition, call.number) == (
        direction,
        disposition,
        number,
    )
    persons = {leg.extension or leg.number for leg in call.legs} - {""}
    assert persons == {one for one in legs if one.strip("+").isdigit()}


@pytest.mark.parametrize("name", sorted(UNTOLD))
def test_what_rows_cannot_tell_makes_no_nonsense(name):
    for call in told(name):
        assert call.end_date >= call.start_date
        assert call.talk_seconds <= (call.end_date - call.start_date).total_seconds()
