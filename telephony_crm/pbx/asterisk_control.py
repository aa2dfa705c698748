"""What is done to a call that Asterisk carries.

Channels of an ordinary dialplan are in no Stasis application, so ARI can hang them up
and start new ones, while all else is AMI's (the manual of ``res_stasis``: "Channel not
in Stasis application" is its answer to hold, redirect and record). A channel is named
by its Uniqueid, which AMI takes for a name as well (``ast_channel_get_by_name``).

Hold and supervision use the contexts ``telephony-hold`` and ``telephony-spy`` of
``samples/asterisk/extensions_telephony.conf``.
"""

from __future__ import annotations

from urllib.parse import quote

from . import asterisk_values as values
from .asterisk_answers import read_ari
from .asterisk_requests import Ami, Steps, ari, setting
from .errors import Refused
from .messages import Credentials, HttpRequest

#: Seconds that a phone rings before a call that nobody takes is given up.
RING_SECONDS = 45
#: Begins the ids of channels that we start: click-to-call; a supervisor, who is no
#: part of any call. What comes after the first is the reference of the call.
CALL = "odoo-"
SUPERVISOR_CHANNEL = "odoo-spy-"
HOLD = "telephony-hold"
#: Digits of the shortest number that is no extension.
SHORTEST = 7
SPY = "telephony-spy"
OTHER = "TELEPHONY_OTHER"
#: Milliseconds that each key of the keypad sounds, and how many at a time.
KEY_MILLISECONDS = "160"


def originate(
    credentials: Credentials, extension: str, number: str, caller_id: str, call_ref: str
) -> HttpRequest:
    """Ring the phone of ``extension``, then let the dialplan connect ``number``.

    The phone shows the number that will be called. ``TELEPHONY_CALLER_ID`` and
    FreePBX's ``TRUNKCIDOVERRIDE`` hold the number to be presented to the customer.
    """
    dialled = values.number(number)
    variables = {"CALLERID(num)": values.extension(extension)}
    if presented := values.caller_id(caller_id):
        variables["__TELEPHONY_CALLER_ID"] = presented
        variables["__TRUNKCIDOVERRIDE"] = presented.lstrip("+")
    params = {
        "endpoint": values.endpoint(setting(credentials, "endpoint"), extension),
        "extension": _as_dialled(credentials, number),
        "context": values.context(setting(credentials, "context")),
        "priority": "1",
        "callerId": dialled,
        "timeout": str(RING_SECONDS),
    }
    if call_ref:
        params["channelId"] = values.channel(call_ref)
    return ari(credentials, "POST", "/channels", params, {"variables": variables})


def supervise(
    credentials: Credentials, channel: str, extension: str, mode: str, unique: str
) -> HttpRequest:
    """Ring a supervisor, who then hears the talk of ``channel``.

    :param mode: ``listen``, ``whisper`` (the agent hears) or ``barge`` (both hear)
    """
    if mode not in ("listen", "whisper", "barge"):
        raise Refused("refused", "There is no such way to join a call.")
    params = {
        "endpoint": values.endpoint(setting(credentials, "endpoint"), extension),
        "extension": mode,
        "context": SPY,
        "priority": "1",
        "callerId": values.extension(extension),
        "timeout": str(RING_SECONDS),
        "channelId": values.channel(f"{SUPERVISOR_CHANNEL}{unique[:20]}"),
    }
    variables = {"TELEPHONY_SPY": values.channel(channel)}
    return ari(credentials, "POST", "/channels", params, {"variables": variables})


def hang_up(credentials: Credentials, channel: str) -> Steps:
    """End the part of ``channel``; with it ends the talk."""
    path = f"/channels/{quote(values.channel(channel), safe='')}"
    read_ari((yield ari(credentials, "DELETE", path, {"reason": "normal"})))


def hold(credentials: Credentials, channel: str) -> Steps:
    """Have the other side hear music and ``channel`` silence.

    Each notes who the other is: by that they are brought together again, and by that
    nobody is left alone with the music when the other hangs up.
    """
    other = yield from other_of(credentials, channel)
    ami = Ami(credentials)
    for one, two in ((channel, other), (other, channel)):
        yield from ami.do("Setvar", Channel=one, Variable=OTHER, Value=two)
    yield from ami.do(
        "Redirect",
        Channel=channel,
        Context=HOLD,
        Exten="wait",
        Priority="1",
        ExtraChannel=other,
        ExtraContext=HOLD,
        ExtraExten="music",
        ExtraPriority="1",
    )


def resume(credentials: Credentials, channel: str) -> Steps:
    """Bridge the two sides again that `hold` has parted.

    Not before that do they forget each other: who hangs up meanwhile takes the other
    along.
    """
    other = yield from _variable(credentials, channel, OTHER)
    if not other:
        raise Refused("alone", "Nobody is on hold.")
    other, ami = values.channel(other), Ami(credentials)
    yield from ami.do("Bridge", Channel1=other, Channel2=channel, Tone="no")
    try:
        for one in (channel, other):
            yield from ami.do("Setvar", Channel=one, Variable=OTHER, Value="")
    except Refused:
        return  # the talk is over already


def transfer(credentials: Credentials, channel: str, target: str) -> Steps:
    """Connect the other side of ``channel`` with ``target``, and let go of it."""
    yield from Ami(credentials).do(
        "BlindTransfer",
        Channel=values.channel(channel),
        Context=values.context(setting(credentials, "context")),
        Exten=_as_dialled(credentials, target),
    )


def consult(credentials: Credentials, channel: str, target: str) -> Steps:
    """Ring ``target`` for ``channel``, while the other side waits.

    Asterisk presses the feature code for it, so the talk must have been dialled with
    the options ``t`` or ``T``, and ``atxfer`` be set in ``features.conf``.
    """
    yield from Ami(credentials).do(
        "Atxfer",
        Channel=values.channel(channel),
        Context=values.context(setting(credentials, "context")),
        Exten=_as_dialled(credentials, target),
    )


def cancel_consult(credentials: Credentials, channel: str) -> Steps:
    """Let go of who was asked, and go on with who waits."""
    yield from Ami(credentials).do("CancelAtxfer", Channel=values.channel(channel))


def press(credentials: Credentials, channel: str, keys: str) -> Steps:
    """Press keys for whoever is at the other end: a menu, a meeting."""
    keys = values.keys(keys)
    other, ami = (yield from other_of(credentials, channel)), Ami(credentials)
    for key in keys:
        yield from ami.do(
            "PlayDTMF",
            Channel=other,
            Digit=key,
            Duration=KEY_MILLISECONDS,
        )


def start_recording(credentials: Credentials, channel: str, name: str) -> Steps:
    """Record what ``channel`` and the other side say; return the file's name."""
    file = f"{values.file(name)}.wav"
    yield from Ami(credentials).do(
        "MixMonitor",
        Channel=values.channel(channel),
        File=file,
        options="b",
    )
    return file


def stop_recording(credentials: Credentials, channel: str) -> Steps:
    """Stop all recordings of the talk, on whichever side each was begun.

    :raises Refused: when there is none
    """
    try:
        other = yield from other_of(credentials, channel)
    except Refused:
        other = ""
    ami, stopped = Ami(credentials), False
    for one in filter(None, (channel, other)):
        try:
            yield from ami.do("StopMixMonitor", Channel=one)
            stopped = True
        except Refused:
            continue
    if not stopped:
        raise Refused("not_recorded", "The call is not being recorded.")


def other_of(credentials: Credentials, channel: str) -> Steps:
    """Return the channel that ``channel`` talks with.

    :raises Refused: ``alone``, when it talks with nobody, or with several
    """
    found = yield from _variable(credentials, channel, "BRIDGEPEER")
    if not found or "," in found:
        raise Refused("alone", "Nobody is at the other end just now.")
    return values.channel(found)


def _as_dialled(credentials, number):
    """Return a number as the dialplan expects it; an extension stays as it is."""
    number = values.number(number)
    digits = number.lstrip("+")
    if len(digits) < SHORTEST:
        return number
    shape = setting(credentials, "number")
    return values.number(shape.replace("{number}", number).replace("{digits}", digits))


def _variable(credentials, channel, name):
    path = f"/channels/{quote(values.channel(channel), safe='')}/variable"
    answer = yield ari(credentials, "GET", path, {"variable": name})
    try:
        value = read_ari(answer).get("value")
    except Refused as error:
        if answer.status == 404 and "variable" in error.message.lower():
            return ""
        raise
    return value if isinstance(value, str) else ""
