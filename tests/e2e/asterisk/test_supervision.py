"""Who hears whom when a supervisor listens, whispers or joins, measured at telephones.

Each of the three says a tone of their own, so what one hears tells of whom it is.
"""

from contextlib import ExitStack

import pytest

from setup.asterisk.ear import Ear
from setup.asterisk.play import JAMES

from ..own import database, query, stack  # noqa: F401
from .control import Hand, supervise, talking
from .office import LONDON, opened
from .sound import QUIET, Sound

TONES = {"customer": 440, "agent": 620, "supervisor": 880}  # Hz
PHONES = {"customer": "PJSIP/trunk-", "agent": "PJSIP/100-", "supervisor": "PJSIP/102-"}
TALK = {"customer": {"agent"}, "agent": {"customer"}}
BOTH = {"agent", "customer"}
HEARD = {
    "listen": {**TALK, "supervisor": BOTH},
    "whisper": {**TALK, "supervisor": BOTH, "agent": {"customer", "supervisor"}},
    "barge": {
        "supervisor": BOTH,
        "agent": {"customer", "supervisor"},
        "customer": {"agent", "supervisor"},
    },
}
LONG_ENOUGH = 0.3  # seconds that are listened to


@pytest.fixture(scope="module")
def office(programs, databases, stack, query):
    with opened(databases, stack, query) as found:
        supervise(found, "nadia", "100")
        yield found


class Room:
    """The ears of those who may hear each other."""

    def __init__(self, office, stack):
        self.office = office
        self.ears = {
            who: stack.enter_context(Ear(hertz)) for who, hertz in TONES.items()
        }

    def connect(self, *names):
        """Have them speak into the telephones that they have taken up."""
        lines = self.office.lab.cli("core show channels concise").splitlines()
        for who in names:
            [name] = [
                line.split("!")[0] for line in lines if line.startswith(PHONES[who])
            ]
            said = self.office.ami.action(
                "Getvar", Channel=name, Variable="CHANNEL(rtp,src)"
            )
            self.ears[who].turn_to(said["Value"])

    def heard(self, who):
        """Whom somebody hears now."""
        sound = Sound(self.ears[who].listen(LONG_ENOUGH))
        return {one for one, hertz in TONES.items() if sound.parts(hertz)[0] > QUIET}


@pytest.fixture(scope="module")
def call(office):
    """A customer talks with Petra; the hand on her call, and who hears whom."""
    with ExitStack() as stack:
        phones = stack.enter_context(office.phones())
        room = Room(office, stack)
        ears = room.ears
        phones.phone("100", answers=0.2, ear=ears["agent"])
        supervisor = phones.phone(
            "102", answers=0.2, stays=True, ear=ears["supervisor"]
        )
        phones.caller(JAMES, LONDON, ear=ears["customer"])
        hand = Hand(office, office.wait(lambda: talking(office)))
        room.connect("customer", "agent")
        yield hand, room
        hand("hang_up")
        supervisor.stop()
        phones.running.remove(supervisor)


def test_agent_and_customer_hear_each_other(call):
    _hand, room = call
    assert {who: room.heard(who) for who in TALK} == TALK


@pytest.mark.parametrize("mode", HEARD)
def test_each_hears_whom_they_should_and_nobody_else(office, call, mode):
    hand, room = call
    office.rpc("nadia", "telephony.call", f"action_{mode}", [hand.id])
    hand.until("ChanSpy")
    room.connect("supervisor")
    office.wait(lambda: room.heard("supervisor") == BOTH)
    assert {who: room.heard(who) for who in TONES} == HEARD[mode]
    office.ami.action("Hangup", Channel="/^PJSIP/102-.*$/")
    hand.until("ChanSpy", 0)
    assert {who: room.heard(who) for who in TALK} == TALK
