"""The calls in which three take part, and those that begin in an unusual way."""

import time
import uuid

from .play import CLAIRE, JAMES, scene
from .scenes_calls import LONDON


def both(play):
    """The channels of agent 100 and of the customer, when they talk."""
    agent = play.talking("100")
    return agent, play.wait("BridgeEnter", Channel="PJSIP/trunk-")["Channel"]


@scene
def held_by_odoo(play):
    """Odoo parts the two for a while, and brings them together again."""
    play.phones.phone("100", answers=0.5)
    play.phones.caller(JAMES, LONDON, talks=6)
    agent, customer = both(play)
    time.sleep(0.7)
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
    time.sleep(2)
    play.ami.action("Bridge", Channel1=customer, Channel2=agent, Tone="no")
    for one in (agent, customer):
        play.ami.action("Setvar", Channel=one, Variable="TELEPHONY_OTHER", Value="")


@scene
def conference(play):
    """Customer and agent go into a conference, and a colleague joins them."""
    play.phones.phone("100", answers=0.5)
    play.phones.caller(JAMES, LONDON, talks=11)
    agent, customer = both(play)
    time.sleep(0.7)
    play.ami.action(
        "Redirect",
        Channel=customer,
        Context="from-internal",
        Exten="620",
        Priority="1",
        ExtraChannel=agent,
        ExtraContext="from-internal",
        ExtraExten="620",
        ExtraPriority="1",
    )
    time.sleep(4)
    play.phones.caller("101", "620", talks=2)
    time.sleep(6)
    play.hang_up(agent)


@scene
def consulted_outside(play):
    """The agent asks somebody outside first, in the same call, and lets go."""
    play.phones.phone("100", answers=0.5)
    play.phones.outside(answers=1)
    play.phones.caller(JAMES, LONDON, talks=7)
    agent, _customer = both(play)
    time.sleep(0.5)
    number = f"00{CLAIRE[1:]}"
    play.ami.action("Atxfer", Channel=agent, Context="from-internal", Exten=number)
    play.wait("BridgeEnter", Channel=f"Local/{number}@")
    time.sleep(2.5)
    play.hang_up(agent)


@scene
def outbound_transferred(play):
    """Who called a customer gives them to a colleague, unasked."""
    play.phones.outside(answers=0.5)
    play.phones.phone("101", answers=1)
    play.phones.caller("100", JAMES, talks=6)
    agent = play.talking("100")
    time.sleep(1)
    play.ami.action(
        "BlindTransfer", Channel=agent, Context="from-internal", Exten="101"
    )
    colleague = play.talking("101")
    time.sleep(2)
    play.hang_up(colleague)


@scene
def outbound_consulted(play):
    """Who called a customer asks a colleague first, and lets go."""
    play.phones.outside(answers=0.5)
    play.phones.phone("101", answers=1)
    play.phones.caller("100", JAMES, talks=9)
    agent = play.talking("100")
    time.sleep(1)
    play.ami.action("Atxfer", Channel=agent, Context="from-internal", Exten="101")
    colleague = play.talking("101")
    time.sleep(1)
    play.hang_up(agent)
    time.sleep(2)
    play.hang_up(colleague)


@scene
def customer_first(play):
    """The PBX rings the customer first, then the agent: a dialler."""
    play.phones.phone("100", answers=0.7)
    play.phones.outside(answers=0.5)
    play.ami.action(
        "Originate",
        Channel=f"PJSIP/{JAMES}@trunk",
        Context="from-internal",
        Exten="100",
        Priority="1",
        Async="true",
    )
    agent = play.talking("100")
    time.sleep(2)
    play.hang_up(agent)


@scene
def clicked_through_dialplan(play):
    """Click-to-call where the agent's telephone is rung by the dialplan."""
    play.phones.phone("100", answers=0.5)
    play.phones.outside(answers=1)
    play.lab.ari(
        "POST",
        "channels",
        endpoint="Local/100@from-internal",
        extension=JAMES,
        context="from-internal",
        callerId=JAMES,
        channelId=f"odoo-{uuid.uuid4().hex[:20]}",
    )
    customer = play.wait("BridgeEnter", Channel="PJSIP/trunk-")["Channel"]
    time.sleep(2)
    play.hang_up(customer)


@scene
def clicked_colleague(play):
    """Click-to-call of a colleague."""
    play.phones.phone("100", answers=0.5)
    play.phones.phone("101", answers=1)
    play.dial("100", "101")
    colleague = play.talking("101")
    time.sleep(1)
    play.hang_up(colleague)
