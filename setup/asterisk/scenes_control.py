"""The calls in which somebody does something: hold, transfer, park, pick up, listen."""

import time
import uuid

from . import telephones
from .play import CLAIRE, JAMES, scene
from .scenes_calls import LONDON, RECEPTION


@scene
def held(play):
    """The agent puts the customer on hold for a while."""
    play.phones.phone("100", answers=0.5, does=((0.5, telephones.holds, 1),))
    play.phones.caller(JAMES, LONDON, talks=3)


@scene
def held_from_screen(play):
    """Odoo has the customer hear music, and brings both together again."""
    play.phones.phone("100", answers=0.5)
    play.phones.caller(JAMES, LONDON, talks=4)
    agent = play.talking("100")
    customer = play.talking("trunk")
    time.sleep(0.5)
    for one, two in ((agent, customer), (customer, agent)):
        play.ami.action("Setvar", Channel=one, Variable="TELEPHONY_OTHER", Value=two)
    play.ami.action(
        "Redirect",
        Channel=agent,
        Context="telephony-hold",
        Exten="wait",
        Priority="1",
        ExtraChannel=customer,
        ExtraContext="telephony-hold",
        ExtraExten="music",
        ExtraPriority="1",
    )
    time.sleep(1)
    play.ami.action("Bridge", Channel1=customer, Channel2=agent, Tone="no")
    for one in (agent, customer):
        play.ami.action("Setvar", Channel=one, Variable="TELEPHONY_OTHER", Value="")


@scene
def recorded_from_screen(play):
    """A part of the talk is recorded when the agent wants it."""
    play.phones.phone("100", answers=0.5)
    play.phones.caller(JAMES, LONDON, talks=3)
    agent = play.talking("100")
    time.sleep(0.5)
    play.ami.action("MixMonitor", Channel=agent, File="wanted.wav", options="b")
    time.sleep(1)
    play.ami.action("StopMixMonitor", Channel=agent)


@scene
def transferred_by_phone(play):
    """The agent's phone gives the customer to a colleague, unasked."""
    give = ((1, telephones.transfers, "101"),)
    play.phones.phone("100", answers=0.5, does=give, talks=1.5)
    play.phones.phone("101", answers=1)
    play.phones.caller(JAMES, LONDON, talks=4)


@scene
def transferred(play):
    """The PBX is asked to give the customer to a colleague."""
    play.phones.phone("100", answers=0.5)
    play.phones.phone("101", answers=1)
    play.phones.caller(JAMES, LONDON, talks=4)
    channel = play.talking("100")
    time.sleep(0.5)
    play.ami.action(
        "BlindTransfer", Channel=channel, Context="from-internal", Exten="101"
    )


@scene
def transferred_outside(play):
    """The customer is given to a number outside."""
    play.phones.phone("100", answers=0.5)
    play.phones.outside(answers=1)
    play.phones.caller(JAMES, LONDON, talks=4)
    channel = play.talking("100")
    time.sleep(0.5)
    play.ami.action(
        "BlindTransfer", Channel=channel, Context="from-internal", Exten="+33199001723"
    )


@scene
def transferred_in_vain(play):
    """The colleague does not pick up, and the customer is lost."""
    play.phones.phone("100", answers=0.5)
    play.phones.phone("101", answers=None)
    play.phones.caller(JAMES, LONDON)
    channel = play.talking("100")
    time.sleep(0.5)
    play.ami.action(
        "BlindTransfer", Channel=channel, Context="from-internal", Exten="101"
    )


@scene
def consulted(play):
    """The colleague is asked first, and takes the customer."""
    play.phones.phone("100", answers=0.5)
    play.phones.phone("101", answers=1)
    play.phones.caller(JAMES, LONDON, talks=6)
    channel = play.talking("100")
    time.sleep(0.5)
    play.ami.action("Atxfer", Channel=channel, Context="from-internal", Exten="101")
    play.talking("101")
    time.sleep(1)
    play.hang_up(channel)


@scene
def consulted_by_phone(play):
    """The agent's phone asks the colleague in a second call, and joins both."""
    ask = ((1, telephones.consults, "101", 1),)
    play.phones.phone("100", answers=0.5, does=ask, talks=0.5)
    play.phones.phone("101", answers=1)
    play.phones.caller(JAMES, LONDON, talks=6)


@scene
def consulted_in_vain(play):
    """The colleague is asked, and the agent goes on with the customer."""
    play.phones.phone("100", answers=0.5)
    play.phones.phone("101", answers=0.5)
    play.phones.caller(JAMES, LONDON, talks=5)
    channel = play.talking("100")
    time.sleep(0.5)
    play.ami.action("Atxfer", Channel=channel, Context="from-internal", Exten="101")
    play.talking("101")
    time.sleep(1)
    play.ami.action("CancelAtxfer", Channel=channel)


@scene
def parked(play):
    """The customer is parked and taken back by a colleague."""
    play.phones.phone("100", answers=0.5)
    play.phones.caller(JAMES, LONDON, talks=6)
    channel = play.talking("100")
    time.sleep(0.5)
    play.ami.action(
        "BlindTransfer", Channel=channel, Context="from-internal", Exten="700"
    )
    place = play.wait("ParkedCall")["ParkingSpace"]
    time.sleep(1)
    play.phones.caller("101", place)


@scene
def picked_up(play):
    """A colleague picks up the phone that rings beside them."""
    play.phones.phone("100", answers=None)
    play.phones.caller(JAMES, LONDON, talks=3)
    play.wait("DialBegin", DestChannel="PJSIP/100-")
    time.sleep(0.5)
    play.phones.caller("101", "*8")


@scene
def listened(play):
    """A supervisor listens to the talk."""
    play.phones.phone("100", answers=0.5)
    play.phones.phone("102", answers=0.3)
    play.phones.caller(JAMES, LONDON, talks=4)
    channel = play.talking("100")
    time.sleep(0.3)
    play.ami.action(
        "Originate",
        Channel="PJSIP/102",
        Application="ChanSpy",
        Data=f"{channel},qE",
        ChannelId=f"odoo-spy-{uuid.uuid4().hex[:20]}",
        Async="true",
    )


@scene
def consulted_unanswered(play):
    """The colleague is to be asked and does not pick up; the customer comes back."""
    play.phones.phone("100", answers=0.5)
    play.phones.phone("101", answers=None)
    play.phones.caller(JAMES, LONDON, talks=8)
    channel = play.talking("100")
    time.sleep(0.5)
    play.ami.action("Atxfer", Channel=channel, Context="from-internal", Exten="101")


@scene
def asked_meanwhile(play):
    """One call is talked, one rings, and the PBX is asked what is going on."""
    play.phones.phone("100", answers=0.5)
    play.phones.phone("103", answers=2)
    play.phones.caller(JAMES, LONDON, talks=3)
    play.talking("100")
    play.phones.caller(CLAIRE, RECEPTION, talks=1)
    play.wait("DialState", DestChannel="PJSIP/103-")
    for action, complete in (
        ("CoreShowChannels", "CoreShowChannelsComplete"),
        ("Status", "StatusComplete"),
        ("BridgeList", "BridgeListComplete"),
    ):
        play.ami.action(action)
        play.wait(complete)
