"""All that Odoo asks of Asterisk is what the bridge does for it."""

from urllib.parse import urlsplit

import pytest

from telephony_crm.bridge import allowed
from telephony_crm.pbx import asterisk_control as control
from telephony_crm.pbx import asterisk_recordings as recordings
from telephony_crm.pbx.adapter import Credentials, HttpRequest, HttpResponse
from telephony_crm.pbx.adapters.asterisk import ADAPTER

BY_BRIDGE = Credentials(settings={"remove_recordings": "yes"})
CHANNEL = "1768472100.12"
PEER = "PJSIP/trunk-0000001a"


def asked(steps):
    """Return the requests of a conversation in which all succeeds."""
    if isinstance(steps, HttpRequest):
        return [steps]
    found, answer = [], None
    try:
        while True:
            found.append(steps.send(answer))
            body = b'{"value": "%s"}' % PEER.encode()
            if found[-1].url.endswith("/rawman"):
                body = b"Response: Success\r\n\r\n"
            answer = HttpResponse(200, {}, body)
    except StopIteration:
        return found


@pytest.mark.parametrize(
    "steps",
    [
        control.originate(BY_BRIDGE, "100", "+442079460017", "+442079460018", "odoo-5"),
        control.originate(BY_BRIDGE, "100", "+442079460017", "", ""),
        control.supervise(BY_BRIDGE, CHANNEL, "100", "whisper", "5f0c"),
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
    requests = asked(steps)
    assert requests
    for request in requests:
        path = urlsplit(request.url.removeprefix("bridge:")).path
        if path.startswith("/ari/"):
            allowed.check_ari(request.method, path, request.params, request.data)
        else:
            assert path == "/rawman"
            fields = dict(request.params)
            allowed.check_ami(fields.pop("action"), fields)
