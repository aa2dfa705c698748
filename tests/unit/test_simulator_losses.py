"""Whatever is lost: with the PBX's statistics a call is read as it truly was."""

import random
from datetime import datetime, timedelta, timezone
from itertools import combinations

import pytest

from setup.simulator import SCENARIOS, Simulator
from setup.simulator.call_statistics import Statistics
from setup.simulator.notebook import Notebook
from telephony_crm.pbx import adapter
from telephony_crm.pbx.adapters.zadarma import Zadarma
from telephony_crm.pbx.call_state import fold

TZ = "Europe/Kyiv"
ACCOUNT = adapter.Account(tz=TZ, country="GB")
START = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
# A machine answers, and the protocol does not say which: a menu, or voicemail.
MACHINES = {"voicemail", "menu_only"}
PERSONS = ("agent", "external", "customer")
SCENES = [name for name in SCENARIOS if not SCENARIOS[name].parts]
SPELLINGS = {
    "as specified": {},
    "as seen": {"statistics": "seen"},
    "with the line": {"sip": "did"},
    "long extensions": {"internal": "long", "answer": "extension", "plus": False},
}


@pytest.fixture(scope="module")
def pbx():
    simulator = Simulator(tz=TZ)
    yield simulator
    simulator.server.close()


def imagined(pbx, scene):
    """A call, and the statistics' rows of it as events."""
    call = pbx.player.imagine(
        scene, start=START, poster=Notebook(), luck=random.Random(1)
    )
    found = Statistics(pbx.settings, pbx.book).legs(
        {"start": "2026-03-02 00:00:00", "end": "2026-03-03 00:00:00"}
    )
    rows = []
    for row in Zadarma().statistics_rows(found):
        if row.call_ref == call.ref:
            later = START.replace(tzinfo=None) + timedelta(hours=1)
            rows += Zadarma().events(row.payload, ACCOUNT, later)
    return call, rows


def read(call, rows, arrivals):
    """The call as it is read.

    :param arrivals: ``{index of the event: arrival}`` of those that were not lost
    """
    events = list(rows)
    for index, arrival in arrivals.items():
        fields = call.deliveries[index]["fields"]
        events += Zadarma().events(fields, ACCOUNT, arrival.replace(tzinfo=None))
    return fold(events)


def check(call, rows, arrivals):
    """Compare the call as it is read with how it was."""
    state = read(call, rows, arrivals)
    fields = [call.deliveries[index]["fields"] for index in arrivals]
    begun = any("call_start" in each for each in fields)
    heard = {index: (fields["event"], arrivals[index])
             for index, fields in zip(arrivals, fields, strict=True)}  # fmt: skip
    assert told(state, call) == truth(call, begun), heard
    # the row of who did not pick up names the customer, who was never rung
    if call.scenario != "click_not_taken":
        assert legs_told(state, call) == legs(call), heard


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("scene", SCENES)
def test_statistics_make_up_for_any_events(pbx, scene, spelling):
    for name, value in SPELLINGS[spelling].items():
        setattr(pbx.spelling, name, value)
    try:
        call, rows = imagined(pbx, scene)
    finally:
        pbx.settings.spelling = type(pbx.spelling)()
    at = [datetime.fromisoformat(entry["at"]) for entry in call.deliveries]
    for count in range(len(at) + 1):
        for kept in combinations(range(len(at)), count):
            check(call, rows, {index: at[index] for index in kept})


@pytest.mark.parametrize("scene", SCENES)
def test_statistics_make_up_for_any_delay(pbx, scene):
    luck = random.Random(scene)
    call, rows = imagined(pbx, scene)
    for _time in range(100):
        check(
            call,
            rows,
            {
                index: call.end
                + timedelta(seconds=luck.choice((3, 120)) * luck.random())
                for index in range(len(call.deliveries))
                if luck.random() < 0.75
            },
        )


def told(state, call):
    """What is compared of a call as it was read."""
    return (
        state.state.value,
        state.direction.value,
        call.disposition if call.scenario in MACHINES else state.disposition.value,
        state.talk_seconds,
        state.start_date,
        state.number.lstrip("+"),
    )


def truth(call, begun):
    """The same of a call as it was; rows know no more than when the first leg rang."""
    start = call.start if begun or not call.legs else call.legs[0].ring
    if not begun and call.placed:
        start = call.legs[-1].ring
    return (
        "ended",
        call.direction,
        call.disposition,
        call.talk_seconds,
        start.replace(tzinfo=None),
        call.number.lstrip("+"),
    )


def legs_told(state, call):
    """Each person's leg as it was read."""
    return sorted(
        (leg.kind.value, leg.extension, leg.disposition.value, talk(call, leg))
        for leg in state.legs
        if leg.kind.value in PERSONS
    )


def legs(call):
    """Each person's leg as it was."""
    return sorted(
        (leg.kind, leg.extension, leg.disposition, talk(call, leg))
        for leg in call.legs
        if leg.kind in PERSONS
    )


def talk(call, leg):
    """A leg's talk; of who placed the call nobody says how long it waited."""
    if call.direction != "inbound" and leg.extension == call.extension:
        return None
    return leg.talk_seconds
