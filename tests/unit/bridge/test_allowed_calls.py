"""Which calls the bridge begins for Odoo, and where calls go: to nowhere else."""

import pytest

from telephony_crm.bridge import allowed
from telephony_crm.bridge.tracker_config import TrackerConfig

REACH = allowed.Reach({"from-internal"})
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
        {"Channel": "DAHDI/12"},
        {"Channel": "dahdi/12"},
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
        ("Getvar", {"Variable": "DIALPLAN_EXISTS(sales)"}),
        ("Getvar", {"Variable": "DIALPLAN_EXISTS(from-internal,100,1)"}),
        ("Getvar", {"Variable": "DIALPLAN_EXISTS(telephony-hold,${SHELL(rm)},1)"}),
        ("Getvar", {"Variable": "DIALPLAN_EXISTS(telephony-spy,listen,1)x"}),
        ("Getvar", {"Channel": "1.2", "Variable": "DIALPLAN_EXISTS(telephony-hold)"}),
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


def test_a_supervisor_hears_one_talk_and_never_all_of_them():
    params = {
        "endpoint": "PJSIP/109",
        "extension": "listen",
        "context": "telephony-spy",
        "priority": "1",
    }

    def ask(data):
        allowed.check_ari("POST", "/ari/channels", params, data, REACH)

    ask('{"variables": {"TELEPHONY_SPY": "1768472100.12"}}')
    for data in (
        None,
        '{"variables": {}}',
        '{"variables": {"TELEPHONY_SPY": ""}}',
        '{"variables": {"TELEPHONY_SPY": "/.*/"}}',
        '{"variables": {"CALLERID(num)": "100"}}',
    ):
        with pytest.raises(allowed.NotAllowed):
            ask(data)
