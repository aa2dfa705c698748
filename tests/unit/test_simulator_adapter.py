"""The addon's reading of the protocol against the simulator's, which shares no code.

What the protocol leaves open is not compared: whether a machine answered, whether
the other number rang at all, and how long each of two talked (which only the
statistics tell).
"""

from datetime import datetime

import pytest
from simulator_odoo import StandIn

from setup.simulator import SCENARIOS, Simulator
from telephony_crm.pbx import adapter
from telephony_crm.pbx.adapters.zadarma import Zadarma
from telephony_crm.pbx.call_state import fold

TZ = "Europe/Kyiv"
ACCOUNT = adapter.Account(tz=TZ, country="GB")
CREDENTIALS = adapter.Credentials(
    api_url="",
    api_key="d0e1a2b3c4d5e6f70819",
    api_secret="5ec2e7f00dba5eba11ca",
    settings={},
)
MACHINES = {"voicemail", "menu_only"}
# a call placed over REST is told as one leg or as two
TOLD = [(name, 1) for name in SCENARIOS if name not in MACHINES]
TOLD += [(name, 2) for name in SCENARIOS if SCENARIOS[name].placed]
SPELLINGS = {
    "usual": {},
    "without plus": {"plus": False, "hidden": ""},
    "long extensions": {"internal": "long", "internal_end": True},
    "bare answers": {"answer": "extension"},
}


def read(posts, bodies):
    """Each post through the adapter: verified and read; payloads as stored."""
    for (_fields, headers), body in zip(posts, bodies, strict=True):
        request = adapter.Request(
            method="POST",
            query={},
            form=_fields,
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
            remote_addr="185.45.152.42",
        )
        Zadarma().verify(request, CREDENTIALS)
        yield Zadarma().read(request)


def played(scene, **options):
    """The truth of a scene's calls, and the notifications received."""
    spelling = options.pop("spelling", {})
    with StandIn() as odoo:
        with Simulator(speed=0, tz=TZ, webhook_url=odoo.url, **options) as pbx:
            for name, value in spelling.items():
                setattr(pbx.spelling, name, value)
            refs = pbx.play(scene)
        calls = [pbx.calls[ref] for ref in ([refs] if isinstance(refs, str) else refs)]
        return calls, list(read(odoo.posts, odoo.bodies))


def folded(call):
    """The call as the addon sees it when every webhook arrives as it happens."""
    events = []
    for delivery in call.deliveries:
        arrival = datetime.fromisoformat(delivery["at"]).replace(tzinfo=None)
        events += Zadarma().events(delivery["fields"], ACCOUNT, arrival)
    return fold(events)


@pytest.mark.parametrize("content", ["urlencoded", "multipart"])
@pytest.mark.parametrize("encoding", ["hex", "raw"])
def test_the_adapter_accepts_every_signature(encoding, content):
    for scene in ("transfer", "click_answered", "menu_answered", "hidden"):
        (call,), notifications = played(scene, encoding=encoding, content=content)
        assert [one.event for one in notifications] == [
            delivery["event"] for delivery in call.deliveries
        ]
        assert {one.call_ref for one in notifications} == {call.ref}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(("scene", "legs"), TOLD)
def test_a_call_is_read_as_it_truly_was(scene, legs, spelling):
    calls, _ = played(scene, spelling=SPELLINGS[spelling], callback_legs=legs)
    for call in calls:
        state = folded(call)
        assert state.state.value == "ended"
        assert state.direction.value == call.direction
        assert state.disposition.value == call.disposition
        assert state.talk_seconds == call.talk_seconds
        assert state.start_date == call.start.replace(tzinfo=None)
        assert state.hidden == call.hidden
        if scene != "click_not_taken":
            assert state.number.lstrip("+") == call.number.lstrip("+")


@pytest.mark.parametrize(
    "scene",
    ["answered", "missed", "busy", "ring_group", "ring_group_won", "ring_group_missed",
     "transfer", "hidden", "forward", "outgoing_handset", "outgoing_busy",
     "outgoing_failed", "click_answered", "click_no_answer", "internal"],
)  # fmt: skip
def test_the_legs_are_read_as_they_truly_were(scene):
    ((call,), _) = played(scene)
    read_legs = [
        (leg.kind.value, leg.extension, leg.disposition.value)
        for leg in folded(call).legs
    ]
    true_legs = [(leg.kind, leg.extension, leg.disposition) for leg in call.legs]
    assert sorted(read_legs) == sorted(true_legs)
