"""All that Odoo asks of Asterisk is what the bridge does for it."""

from urllib.parse import urlsplit

import pytest

from telephony_crm.bridge import allowed
from telephony_crm.pbx import asterisk_check as check
from telephony_crm.pbx import asterisk_control as control
from telephony_crm.pbx import asterisk_originate as begin
from telephony_crm.pbx import asterisk_recordings as recordings
from telephony_crm.pbx.adapter import Credentials, HttpRequest, HttpResponse
from telephony_crm.pbx.adapters.asterisk import ADAPTER
from telephony_crm.pbx.asterisk_requests import Ami

BY_BRIDGE = Credentials(settings={"remove_recordings": "yes"})
BY_LOCAL = Credentials(settings={"endpoint": "Local/{extension}@from-internal"})
REACH = allowed.Reach({"from-internal"})
CHANNEL = "1768472100.12"
PEER = "PJSIP/trunk-0000001a"


def asked(steps, has_ari=True):
    """Return the requests of a conversation in which all succeeds.

    :param has_ari: whether the bridge has an address of ARI
    """
    if isinstance(steps, HttpRequest):
        return [steps]
    found, answer = [], None
    try:
        while True:
            found.append(steps.send(answer))
            body = b'{"value": "%s"}' % PEER.encode()
            status = 200
            if found[-1].url.endswith("/rawman"):
                body = b"Response: Success\r\nEventList: Complete\r\n\r\n"
                if variable := found[-1].params.get("Variable"):
                    value = "1" if variable.startswith("DIALPLAN") else PEER
                    body = b"Response: Success\r\nValue: %s\r\n\r\n" % value.encode()
            elif not has_ari:
                status = 501
            answer = HttpResponse(status, {}, body)
    except StopIteration:
        return found


@pytest.mark.parametrize(
    "steps",
    [
        begin.dial(BY_BRIDGE, "100", "+442079460017", "+442079460018", "odoo-5"),
        begin.dial(BY_BRIDGE, "100", "+442079460017", "", ""),
        begin.dial(BY_LOCAL, "100", "101", "", "odoo-5"),
        begin.supervise(BY_BRIDGE, CHANNEL, "100", "whisper", "5f0c"),
        check._dialplan(BY_BRIDGE, Ami(BY_BRIDGE)),
        control.running(BY_BRIDGE),
        control.hang_up(BY_BRIDGE, "Local/100@from-internal-0001;2"),
        control.hold(BY_BRIDGE, CHANNEL),
        control.resume(BY_BRIDGE, CHANNEL),
        control.transfer(BY_BRIDGE, CHANNEL, "+442079460017"),
        control.consult(BY_BRIDGE, CHANNEL, "101"),
        control.cancel_consult(BY_BRIDGE, CHANNEL),
        control.press(BY_BRIDGE, CHANNEL, "12*#"),
        control.start_recording(BY_BRIDGE, CHANNEL, "2026/01/15/odoo-5"),
        control.stop_recording(BY_BRIDGE, CHANNEL),
        recordings.sound(BY_BRIDGE, "ari:2026/odoo-5"),
        recordings.removal(BY_BRIDGE, "ari:2026/odoo-5"),
        ADAPTER.extensions(BY_BRIDGE),
    ],
)
def test_what_odoo_asks_is_allowed(steps):
    look(asked(steps))


def look(requests):
    """Have each request looked at; return the actions of AMI among them."""
    assert requests
    actions = []
    for request in requests:
        path = urlsplit(request.url.removeprefix("bridge:")).path
        if path.startswith("/ari/"):
            params, data = request.params, request.data
            allowed.check_ari(request.method, path, params, data, REACH)
        else:
            assert path == "/rawman"
            fields = dict(request.params)
            actions.append(fields.pop("action"))
            allowed.check_ami(actions[-1], fields, REACH)
    return actions


@pytest.mark.parametrize(
    ("steps", "actions"),
    [
        (
            begin.dial(BY_BRIDGE, "100", "+442079460017", "+442079460018", "odoo-5"),
            ["Getvar", "Originate"],
        ),
        (begin.dial(BY_LOCAL, "100", "101", "", ""), ["Getvar", "Originate"]),
        (control.hang_up(BY_BRIDGE, CHANNEL), ["Hangup"]),
        (
            control.hold(BY_BRIDGE, CHANNEL),
            ["Getvar", "Getvar", "Setvar", "Setvar", "Redirect"],
        ),
        (control.press(BY_BRIDGE, CHANNEL, "1"), ["Getvar", "PlayDTMF"]),
    ],
)
def test_what_odoo_asks_of_a_bridge_without_ari_is_allowed(steps, actions):
    assert look(asked(steps, has_ari=False)) == actions


def test_where_ami_may_not_list_the_channels_ari_is_asked_for_them():
    steps = control.running(BY_BRIDGE)
    first = steps.send(None)
    refused = b"Response: Error\r\nMessage: Permission denied\r\n\r\n"
    second = steps.send(HttpResponse(200, {}, refused))
    assert second.url.endswith("/ari/channels")
    look([first, second])
