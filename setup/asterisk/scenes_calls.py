"""Plain calls: who rings whom, and who picks up.

A scene lets telephones ring and talk; it need not wait for their end.
"""

import time

from . import telephones
from .play import CLAIRE, JAMES, scene

LONDON, GROUP, SUPPORT, SERVICE = (f"+44207946010{line}" for line in range(4))
MAILBOX, TWIN, RECEPTION, ELSEWHERE = (f"+44207946010{line}" for line in range(4, 8))
PARIS = "+33199001100"


# -- from outside -------------------------------------------------------------


@scene
def inbound_answered(play):
    """A customer calls, the phone is picked up, the customer hangs up."""
    play.phones.phone("100", answers=1)
    play.phones.caller(JAMES, LONDON, name="James Whitfield", talks=2)


@scene
def inbound_ended_by_agent(play):
    """The agent hangs up."""
    play.phones.phone("100", answers=0.5, talks=1)
    play.phones.caller(CLAIRE, LONDON)


@scene
def inbound_hidden(play):
    """Who calls does not say who it is."""
    play.phones.phone("100", answers=0.5)
    play.phones.caller("", LONDON, hidden=True, talks=1)


@scene
def inbound_missed(play):
    """Nobody picks up until the PBX gives up."""
    play.phones.phone("100", answers=None)
    play.phones.caller(JAMES, LONDON, fails=True)


@scene
def inbound_given_up(play):
    """The customer does not wait."""
    play.phones.phone("100", answers=None)
    play.phones.caller(JAMES, LONDON, gives_up=1.5)


@scene
def inbound_busy(play):
    """The only phone is busy."""
    play.phones.phone("103", busy=True)
    play.phones.caller(JAMES, RECEPTION, fails=True)


@scene
def inbound_unknown_line(play):
    """A number that nobody has."""
    play.phones.caller(JAMES, "+442079460999", fails=True)


@scene
def ring_group(play):
    """Three phones ring, the second picks up."""
    play.phones.phone("100", answers=None)
    play.phones.phone("101", answers=1)
    play.phones.phone("102", answers=None)
    play.phones.caller(JAMES, GROUP, talks=2)


@scene
def ring_group_missed(play):
    """Three phones ring, one is busy, nobody picks up."""
    play.phones.phone("100", answers=None)
    play.phones.phone("101", busy=True)
    play.phones.phone("102", answers=None)
    play.phones.caller(JAMES, GROUP, fails=True)


@scene
def mobile_answers(play):
    """A phone and a mobile ring, the mobile picks up."""
    play.phones.phone("100", answers=None)
    play.phones.outside(answers=1)
    play.phones.caller(JAMES, TWIN, talks=2)


@scene
def then_mobile(play):
    """The phone rings for a while, then the mobile instead."""
    play.phones.phone("100", answers=None)
    play.phones.outside(answers=1)
    play.phones.caller(JAMES, ELSEWHERE, talks=2)


@scene
def forwarded(play):
    """The phone sends the call to a colleague's."""
    play.phones.phone("100", forwards="sip:101@127.0.0.1")
    play.phones.phone("101", answers=1)
    play.phones.caller(JAMES, LONDON, talks=1.5)


@scene
def queue(play):
    """A queue rings one agent in vain, then the next."""
    play.phones.phone("100", answers=None)
    play.phones.phone("101", answers=1)
    play.phones.caller(JAMES, SUPPORT, talks=6)


@scene
def queue_abandoned(play):
    """The customer leaves the queue before anybody picks up."""
    play.phones.phone("100", answers=None)
    play.phones.caller(JAMES, SUPPORT, talks=1.5)


@scene
def queue_behind_dialplan(play):
    """The queue's agents are channels of the dialplan, as with FreePBX."""
    play.phones.phone("100", answers=None)
    play.phones.phone("101", answers=1)
    play.phones.caller(JAMES, SERVICE, talks=3)


@scene
def menu(play):
    """A menu, a key, a ring group."""
    for number in ("100", "102"):
        play.phones.phone(number, answers=None)
    play.phones.phone("101", answers=1)
    keys = ((1, telephones.presses, "1"),)
    play.phones.caller(JAMES, PARIS, does=keys, talks=3)


@scene
def menu_left(play):
    """The customer hangs up in the menu."""
    play.phones.caller(JAMES, PARIS, talks=1)


@scene
def voicemail(play):
    """Nobody picks up, the customer leaves a message."""
    play.phones.phone("100", answers=None)
    play.phones.caller(JAMES, MAILBOX, talks=3)


@scene
def two_at_once(play):
    """Two customers call at the same time."""
    play.phones.phone("100", answers=1)
    play.phones.phone("103", answers=0.5)
    play.phones.caller(JAMES, LONDON, talks=1.5)
    play.phones.caller(CLAIRE, RECEPTION, talks=1.5)


# -- to the outside, and among colleagues --------------------------------------


@scene
def outbound_answered(play):
    """An agent dials on the phone, the customer picks up."""
    play.phones.outside(answers=1)
    play.phones.caller("100", JAMES, talks=2)


@scene
def outbound_busy(play):
    """The customer is busy."""
    play.phones.outside(busy=True)
    play.phones.caller("100", JAMES, fails=True)


@scene
def outbound_given_up(play):
    """The agent does not wait."""
    play.phones.outside(answers=None)
    play.phones.caller("100", JAMES, gives_up=1.5)


@scene
def internal(play):
    """Two colleagues."""
    play.phones.phone("101", answers=0.5)
    play.phones.caller("100", "101", talks=1)


@scene
def clicked(play):
    """Click-to-call: the agent's phone first, then the customer's."""
    play.phones.phone("100", answers=0.5)
    play.phones.outside(answers=1, talks=2)
    play.dial("100", JAMES)


@scene
def clicked_away(play):
    """Click-to-call, and the agent does not pick up."""
    play.phones.phone("100", answers=None)
    channel = play.dial("100", JAMES)
    time.sleep(1)
    play.lab.ari("DELETE", f"channels/{channel}")


@scene
def clicked_busy(play):
    """Click-to-call, and the customer is busy."""
    play.phones.phone("100", answers=0.5)
    play.phones.outside(busy=True)
    play.dial("100", JAMES)
