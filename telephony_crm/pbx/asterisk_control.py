"""What is done to a call that Asterisk carries.

Channels of an ordinary dialplan are in no Stasis application, so ARI can hang them up
and start new ones (``asterisk_originate``), while all else is AMI's (the manual of
``res_stasis``: "Channel not in Stasis application" is its answer to hold, redirect and
record). What ARI does, AMI does where there is no ARI. A channel is named by its
Uniqueid, which AMI takes for a name as well (``ast_channel_get_by_name``).

Hold and supervision use the contexts ``telephony-hold`` and ``telephony-spy`` of
``samples/asterisk/extensions_telephony.conf``.
"""

from __future__ import annotations

from urllib.parse import quote

from . import asterisk_values as values
from .answers import NONSENSE
from .asterisk_answers import read_ari
from .asterisk_requests import Ami, Steps, as_dialled, ask_ari, setting
from .errors import PbxError, Refused
from .messages import Credentials

HOLD = "telephony-hold"
OTHER = "TELEPHONY_OTHER"
#: Milliseconds that each key of the keypad sounds, and how many at a time.
KEY_MILLISECONDS = "160"
#: Q.850: hung up as people do.
NORMAL = "16"


def hang_up(credentials: Credentials, channel: str) -> Steps:
    """End the part of ``channel``; with it ends the talk."""
    path = f"/channels/{quote(values.channel(channel), safe='')}"
    answer = yield from ask_ari(credentials, "DELETE", path, {"reason": "normal"})
    if answer is not None:
        read_ari(answer)
        return
    yield from Ami(credentials).do("Hangup", Channel=channel, Cause=NORMAL)


def hold(credentials: Credentials, channel: str) -> Steps:
    """Have the other side hear music and ``channel`` silence.

    Each notes who the other is: by that they are brought together again, and by that
    nobody is left alone with the music when the other hangs up.

    Asterisk redirects into a context that is not there as well, and says that it
    succeeded; then both are hung up. So that is asked first.

    :raises Refused: ``no_hold``: the dialplan has no such context, or does not tell
    """
    ami = Ami(credentials)
    other = yield from other_of(credentials, channel, ami)
    if (yield from has_dialplan(ami, f"{HOLD},wait,1")) != "1":
        raise Refused("no_hold", f"The dialplan has no {HOLD}.")
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
    ami = Ami(credentials)
    other = yield from _variable(credentials, channel, OTHER, ami)
    if not other:
        raise Refused("alone", "Nobody is on hold.")
    other = values.channel(other)
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
        Exten=as_dialled(credentials, target),
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
        Exten=as_dialled(credentials, target),
    )


def cancel_consult(credentials: Credentials, channel: str) -> Steps:
    """Let go of who was asked, and go on with who waits."""
    yield from Ami(credentials).do("CancelAtxfer", Channel=values.channel(channel))


def press(credentials: Credentials, channel: str, keys: str) -> Steps:
    """Press keys for whoever is at the other end: a menu, a meeting."""
    keys, ami = values.keys(keys), Ami(credentials)
    other = yield from other_of(credentials, channel, ami)
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
    ami, stopped = Ami(credentials), False
    try:
        other = yield from other_of(credentials, channel, ami)
    except Refused:
        other = ""
    for one in filter(None, (channel, other)):
        try:
            yield from ami.do("StopMixMonitor", Channel=one)
            stopped = True
        except Refused:
            continue
    if not stopped:
        raise Refused("not_recorded", "The call is not being recorded.")


def has_dialplan(ami: Ami, place: str) -> Steps:
    """Return whether the dialplan has a context, or an extension in one.

    :param place: ``context`` or ``context,extension,1``
    :return: ``1`` or ``0``; empty: it does not tell, as without ``func_dialplan``
    """
    found = yield from ami.do("Getvar", Variable=f"DIALPLAN_EXISTS({place})")
    return found.get("value", "")


def other_of(credentials: Credentials, channel: str, ami: Ami) -> Steps:
    """Return the channel that ``channel`` talks with.

    :param ami: of the same conversation, asked where there is no ARI
    :raises Refused: ``alone``, when it talks with nobody, or with several
    """
    found = yield from _variable(credentials, channel, "BRIDGEPEER", ami)
    if not found or "," in found:
        raise Refused("alone", "Nobody is at the other end just now.")
    return values.channel(found)


def running(credentials: Credentials) -> Steps:
    """Return the ids of all channels that there are, and of the calls they are in.

    :rtype: frozenset[str]
    :raises PbxError: nobody can tell
    """
    try:
        items = yield from Ami(credentials).collect(
            "CoreShowChannels", "CoreShowChannel"
        )
    except PbxError as error:
        if not error.code.startswith("ami_"):
            raise
        answer = yield from ask_ari(credentials, "GET", "/channels")
        if answer is None:
            raise
        found = read_ari(answer).get("items")
        if not isinstance(found, list):
            raise PbxError("nonsense", NONSENSE) from error
        items = [{"uniqueid": one["id"]} for one in found]
    ids = (one.get(name) for one in items for name in ("uniqueid", "linkedid"))
    return frozenset(filter(None, ids))


def _variable(credentials, channel, name, ami):
    channel = values.channel(channel)
    path = f"/channels/{quote(channel, safe='')}/variable"
    answer = yield from ask_ari(credentials, "GET", path, {"variable": name})
    if answer is None:
        found = yield from ami.do("Getvar", Channel=channel, Variable=name)
        return found.get("value", "")
    try:
        value = read_ari(answer).get("value")
    except Refused as error:
        if answer.status == 404 and "variable" in error.message.lower():
            return ""
        raise
    return value if isinstance(value, str) else ""
