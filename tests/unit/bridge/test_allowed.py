"""All that Odoo asks of Asterisk is what the bridge does for it."""

from urllib.parse import urlsplit

import pytest

from telephony_crm.bridge import allowed
from telephony_crm.bridge.tracker_config import TrackerConfig
from telephony_crm.pbx import asterisk_control as control
from telephony_crm.pbx import asterisk_originate as begin
from telephony_crm.pbx import asterisk_recordings as recordings
from telephony_crm.pbx.adapter import Credentials, HttpRequest, HttpResponse
from telephony_crm.pbx.adapters.asterisk import ADAPTER

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
                if "Variable" in found[-1].params:
                    body = b"Response: Success\r\nValue: %s\r\n\r\n" % PEER.encode()
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
        (control.hold(BY_BRIDGE, CHANNEL), ["Getvar", "Setvar", "Setvar", "Redirect"]),
        (control.press(BY_BRIDGE, CHANNEL, "1"), ["Getvar", "PlayDTMF"]),
    ],
)
def test_what_odoo_asks_of_a_bridge_without_ari_is_allowed(steps, actions):
    assert look(asked(steps, has_ari=False)) == actions


ORIGINATE = {
    "Channel": "PJSIP/100",
    "Context": "from-internal",
    "Exten": "+442079460017",
    "Priority": "1",
    "Async": "true",
    "CallerID": "+442079460017",
    "Timeout": "45000",
    "ChannelId": "odoo-5",
    "Variable": "CALLERID(num)=100,PJSIP_HEADER(add,X-Telephony-Call)=odoo-5",
}


def test_a_call_is_begun_by_ami():
    allowed.check_ami("Originate", ORIGINATE, REACH)
    by_local = {**ORIGINATE, "Channel": "Local/100@from-internal"}
    allowed.check_ami("originate", by_local, REACH)
    elsewhere = {**ORIGINATE, "Context": "sales"}
    allowed.check_ami("Originate", elsewhere, allowed.Reach({"from-internal", "sales"}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"Application": "System", "Data": "rm"},
        {"Application": "System"},
        {"Data": "rm"},
        {"Context": "sales"},
        {"Context": "telephony-spy", "Exten": "listen"},
        {"Context": "telephony-hold", "Exten": "wait"},
        {"Context": ""},
        {"Context": None},
        {"Exten": "s"},
        {"Exten": "*97"},
        {"Exten": "${SHELL(rm)}"},
        {"Exten": "100&200"},
        {"Exten": "+"},
        {"Exten": "1" * 21},
        {"Exten": "\u0661\u0662"},
        {"Exten": None},
        {"Priority": "2"},
        {"Priority": "label"},
        {"Priority": None},
        {"Channel": "Local/100@sales"},
        {"Channel": "Local/100@from-internal/n"},
        {"Channel": "Local/s@from-internal"},
        {"Channel": "PJSIP/88216555@trunk"},
        {"Channel": "PJSIP/100@trunk"},
        {"Channel": "SIP/100@evil.example"},
        {"Channel": "IAX2/guest@evil.example"},
        {"Channel": "SIP/evil.example"},
        {"Channel": "DAHDI/g0"},
        {"Channel": "PJSIP/trunk"},
        {"Channel": "PJSIP/reception"},
        {"Channel": "PJSIP/"},
        {"Channel": "PJSIP/100&PJSIP/200"},
        {"Channel": "PJSIP/100/sip:x@y"},
        {"Channel": "UnicastRTP/192.0.2.1:1"},
        {"Channel": "100"},
        {"Channel": "/.*/"},
        {"Channel": None},
        {"ChannelId": "1700000000.1"},
        {"OtherChannelId": "odoo-6"},
        {"CallerID": "Bank <100>"},
        {"Async": "false"},
        {"Async": None},
        {"Account": "x"},
        {"EarlyMedia": "true"},
        {"Codecs": "ulaw"},
        {"PreDialGoSub": "x^s^1"},
        {"Variable": "SHELL(rm)=1"},
        {"Variable": "CALLERID(num)=100,SHELL(rm)=1"},
        {"Variable": "CALLERID(num)=100, SHELL(rm)=1"},
        {"Variable": "CALLERID(num)=${SHELL(rm)}"},
        {"Variable": "PJSIP_HEADER(add,Route)=x"},
        {"Variable": "PJSIP_HEADER(add,X-Telephony-Call)=a,b"},
        {"Variable": "TELEPHONY_SPY=1.2"},
        {"Variable": "LIMIT"},
        {"variable": "SHELL(rm)=1"},
        {"exten": "s"},
    ],
)
def test_a_call_by_ami_is_a_number_dialled_and_no_application(wrong):
    fields = {k: v for k, v in {**ORIGINATE, **wrong}.items() if v is not None}
    with pytest.raises(allowed.NotAllowed):
        allowed.check_ami("Originate", fields, REACH)


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("Hangup", {"Channel": "/.*/"}),
        ("Bridge", {"Channel1": "1.2", "Channel2": "/^PJSIP/"}),
        ("Redirect", {**ORIGINATE, "Channel": "1.2", "Exten": "101"}),
        ("BlindTransfer", {"Channel": "1.2", "Context": "sales", "Exten": "101"}),
        ("BlindTransfer", {"Channel": "1.2", "Exten": "101"}),
        ("Atxfer", {"Channel": "1.2", "Context": "from-internal", "Exten": "s"}),
        ("CoreShowChannels", {"Channel": "x"}),
        ("Getvar", {"Variable": "DEVICE_STATE(Local/1@sales)"}),
        ("Getvar", {"Variable": "DEVICE_STATE(${SHELL(rm)})"}),
        ("Getvar", {"Variable": "DEVICE_STATE(SIP/x@evil.example)"}),
        ("Getvar", {"Variable": "DB(x/y)"}),
    ],
)
def test_calls_go_to_numbers_of_the_contexts_named_and_nowhere_else(action, fields):
    with pytest.raises(allowed.NotAllowed):
        allowed.check_ami(action, fields, REACH)


def test_what_ami_may_not_begin_ari_may_not_either():
    params = {
        "endpoint": "PJSIP/100",
        "extension": "101",
        "context": "from-internal",
        "priority": "1",
    }
    allowed.check_ari("POST", "/ari/channels", params, None, REACH)
    for wrong in (
        {"context": "sales"},
        {"extension": "s"},
        {"extension": "wait", "context": "telephony-hold"},
        {"priority": "2"},
        {"endpoint": "Local/100@sales"},
        {"endpoint": "PJSIP/88216555@trunk"},
        {"endpoint": "SIP/x@evil.example"},
        {"endpoint": "DAHDI/g0"},
        {"endpoint": "PJSIP/trunk"},
        {"channelId": "1.2"},
    ):
        with pytest.raises(allowed.NotAllowed):
            asked_for = {**params, **wrong}
            allowed.check_ari("POST", "/ari/channels", asked_for, None, REACH)


def test_telephones_are_rung_as_the_file_of_the_bridge_has_them():
    by_name = TrackerConfig(r"\d{3}|\d{3}-web", {"PJSIP/reception": "100"})
    reach = allowed.Reach({"from-internal"}, by_name)
    for channel in ("PJSIP/reception", "pjsip/100", "SIP/100-web", "PJSIP/101"):
        allowed.check_ami("Originate", {**ORIGINATE, "Channel": channel}, reach)
    for channel in ("SIP/reception", "PJSIP/1000", "PJSIP/100-trunk"):
        with pytest.raises(allowed.NotAllowed, match="extensions and devices"):
            allowed.check_ami("Originate", {**ORIGINATE, "Channel": channel}, reach)
