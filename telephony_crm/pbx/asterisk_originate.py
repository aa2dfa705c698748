"""Calls that Asterisk begins for us: a user's click, and a supervisor who joins.

ARI says at once when a phone is not there. Where there is no ARI, AMI originates; it
answers before anything has been tried, so the phone is asked after first.

Sources: Asterisk 22, ``rest-api/api-docs/channels.json``; ``action_originate`` in
``main/manager.c``; "Variable" of the AMI action Originate is read with commas between
variables, and brackets keep theirs (``ast_app_separate_args``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import asterisk_values as values
from .asterisk_answers import read_ari
from .asterisk_requests import Ami, Steps, as_dialled, ask_ari, setting
from .errors import Refused
from .messages import Credentials

#: Seconds that a phone rings before a call that nobody takes is given up.
RING_SECONDS = 45
#: Begins the ids of channels that we start: click-to-call; a supervisor, who is no
#: part of any call. What comes after the first is the reference of the call.
CALL = "odoo-"
SUPERVISOR_CHANNEL = "odoo-spy-"
SPY = "telephony-spy"
#: What the INVITE to the agent's telephone carries: the reference of the call, so that
#: one in the browser takes up this call by itself, and no other.
HEADER = "PJSIP_HEADER(add,X-Telephony-Call)"
PJSIP = "PJSIP/"
#: States of a telephone that cannot be rung (``ast_devstate_str``).
AWAY = ("UNAVAILABLE", "INVALID")


@dataclass(frozen=True)
class Wanted:
    """A call that is to begin: whose telephone is rung, and where it goes on."""

    endpoint: str
    extension: str
    context: str
    caller_id: str
    channel: str = ""
    variables: dict[str, str] = field(default_factory=dict)


def dial(
    credentials: Credentials, extension: str, number: str, caller_id: str, call_ref: str
) -> Steps:
    """Ring the phone of ``extension``, then let the dialplan connect ``number``.

    The phone shows the number that will be called. ``TELEPHONY_CALLER_ID`` and
    FreePBX's ``TRUNKCIDOVERRIDE`` hold the number to be presented to the customer.
    """
    wanted = _wanted(credentials, extension, number, caller_id, call_ref)
    answer = yield from ask_ari(credentials, *_for_ari(wanted))
    if answer is not None:
        read_ari(answer)
        return
    yield from _by_ami(credentials, wanted)


def announces(credentials: Credentials) -> bool:
    """Tell whether the agent's telephone is told the reference of the call."""
    return setting(credentials, "endpoint").upper().startswith(PJSIP)


def supervise(
    credentials: Credentials, channel: str, extension: str, mode: str, unique: str
) -> Steps:
    """Ring a supervisor, who then hears the talk of ``channel``.

    :param mode: ``listen``, ``whisper`` (the agent hears) or ``barge`` (both hear)
    :raises Refused: ``no_ari``: only by ARI
    """
    if mode not in ("listen", "whisper", "barge"):
        raise Refused("refused", "There is no such way to join a call.")
    wanted = Wanted(
        endpoint=values.endpoint(setting(credentials, "endpoint"), extension),
        extension=mode,
        context=SPY,
        caller_id=values.extension(extension),
        channel=values.channel(f"{SUPERVISOR_CHANNEL}{unique[:20]}"),
        variables={"TELEPHONY_SPY": values.channel(channel)},
    )
    answer = yield from ask_ari(credentials, *_for_ari(wanted))
    if answer is None:
        raise Refused("no_ari", "To join a call takes ARI.")
    read_ari(answer)


def _wanted(credentials, extension, number, caller_id, call_ref):
    endpoint = values.endpoint(setting(credentials, "endpoint"), extension)
    channel = values.channel(call_ref) if call_ref else ""
    variables = {"CALLERID(num)": values.extension(extension)}
    if presented := values.caller_id(caller_id):
        variables["__TELEPHONY_CALLER_ID"] = presented
        variables["__TRUNKCIDOVERRIDE"] = presented.lstrip("+")
    if channel and announces(credentials):
        variables[HEADER] = channel
    return Wanted(
        endpoint=endpoint,
        extension=as_dialled(credentials, number),
        context=values.context(setting(credentials, "context")),
        caller_id=values.number(number),
        channel=channel,
        variables=variables,
    )


def _for_ari(wanted):
    """Return what is to be asked of ARI."""
    params = {
        "endpoint": wanted.endpoint,
        "extension": wanted.extension,
        "context": wanted.context,
        "priority": "1",
        "callerId": wanted.caller_id,
        "timeout": str(RING_SECONDS),
    }
    if wanted.channel:
        params["channelId"] = wanted.channel
    return "POST", "/channels", params, {"variables": wanted.variables}


def _by_ami(credentials, wanted):
    ami = Ami(credentials)
    asked = f"DEVICE_STATE({wanted.endpoint})"
    try:
        state = (yield from ami.do("Getvar", Variable=asked)).get("value", "")
    except Refused:
        state = ""  # nobody can say
    if state in AWAY:
        raise Refused("phone_away", "The phone is not connected to the PBX.")
    fields = {
        "Channel": wanted.endpoint,
        "Context": wanted.context,
        "Exten": wanted.extension,
        "Priority": "1",
        "CallerID": wanted.caller_id,
        "Timeout": str(RING_SECONDS * 1000),
        "Async": "true",
        "Variable": ",".join(
            f"{name}={value}" for name, value in wanted.variables.items()
        ),
    }
    if wanted.channel:
        fields["ChannelId"] = wanted.channel
    try:
        yield from ami.do("Originate", **fields)
    except Refused as error:
        if error.code == "gone":  # "Extension does not exist."
            raise Refused("number", "The dialplan knows no such number.") from error
        raise
