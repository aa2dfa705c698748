"""An Asterisk without ARI: calls are begun, ended and known of by AMI over HTTP."""

import dataclasses

import pytest
from asterisk_talk import BRIDGED, DIRECT, LOGIN, actions, ami, ari, hold_talk

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import HttpResponse, PbxError, Problem, Refused

asterisk = pbx_adapter.get("asterisk")
ALONE = dataclasses.replace(DIRECT, settings={**DIRECT.settings, "ari_user": ""})
#: What a bridge without an address of ARI answers for it.
NO_ARI = ari({"message": "The bridge has no address of ARI."}, 501)
IDLE = ami(Variable="x", Value="NOT_INUSE")
COMMANDS = {
    name: "does it (Priv: call,all)"
    for name in (
        "Redirect",
        "Setvar",
        "BlindTransfer",
        "Atxfer",
        "Bridge",
        "PlayDTMF",
        "MixMonitor",
        "Hangup",
        "CoreShowChannels",
    )
}
CHANNELS = (
    "Response: Success\r\nEventList: start\r\nMessage: Channels will follow\r\n\r\n"
    "Event: CoreShowChannel\r\nChannel: PJSIP/trunk-1\r\nUniqueid: 1.1\r\n"
    "Linkedid: 1.1\r\n\r\n"
    "Event: CoreShowChannel\r\nChannel: PJSIP/100-1\r\nUniqueid: 1.2\r\n"
    "Linkedid: 1.1\r\n\r\n"
)
END = "Event: CoreShowChannelsComplete\r\nEventList: Complete\r\nListItems: 2\r\n\r\n"


def dialled(credentials, *answers):
    steps = asterisk.dial(
        credentials, "100", "+442037691880", "+442037691881", "odoo-5"
    )
    return hold_talk(steps, *answers)[0]


@pytest.mark.parametrize(
    ("credentials", "before"), [(ALONE, [LOGIN]), (BRIDGED, [NO_ARI])]
)
def test_a_call_is_begun_by_ami_with_our_id(credentials, before):
    *_state, asked = actions(dialled(credentials, *before, IDLE, ami()))
    assert asked == {
        "action": "Originate",
        "Channel": "PJSIP/100",
        "ChannelId": "odoo-5",
        "Context": "from-internal",
        "Exten": "+442037691880",
        "Priority": "1",
        "CallerID": "+442037691880",
        "Timeout": "45000",
        "Async": "true",
        "Variable": "CALLERID(num)=100,__TELEPHONY_CALLER_ID=+442037691881,"
        "__TRUNKCIDOVERRIDE=442037691881,"
        "PJSIP_HEADER(add,X-Telephony-Call)=odoo-5",
    }


def test_with_ari_nothing_is_asked_of_ami():
    for credentials in (DIRECT, BRIDGED):
        [asked] = dialled(credentials, ari({"id": "odoo-5"}))
        assert asked.url.endswith("/ari/channels")
    with pytest.raises(Refused):
        dialled(DIRECT, NO_ARI)  # the PBX itself has no such answer


@pytest.mark.parametrize("state", ["UNAVAILABLE", "INVALID"])
def test_a_phone_that_is_not_there_is_said_to_be_away(state):
    with pytest.raises(Refused) as error:
        dialled(ALONE, LOGIN, ami(Value=state))
    assert error.value.code == "phone_away"


def test_where_nobody_knows_how_the_phone_is_it_is_rung():
    unknown = ami("Error", Message="No such function")
    assert actions(dialled(ALONE, LOGIN, unknown, ami()))[-1]["action"] == "Originate"


def test_a_number_that_the_dialplan_does_not_know_is_said_to_be_none():
    with pytest.raises(Refused) as error:
        dialled(ALONE, LOGIN, IDLE, ami("Error", Message="Extension does not exist."))
    assert error.value.code == "number"


def test_a_refusal_without_a_reason_is_told_apart():
    with pytest.raises(Refused) as error:
        dialled(ALONE, LOGIN, IDLE, ami("Error"))
    assert error.value.code == "unsaid"


def test_hanging_up_and_the_other_end_are_asked_of_ami():
    asked, _ = hold_talk(asterisk.hang_up(ALONE, "1.2"), LOGIN, ami())
    assert actions(asked) == [{"action": "Hangup", "Channel": "1.2", "Cause": "16"}]
    asked, _ = hold_talk(asterisk.hang_up(BRIDGED, "1.2"), NO_ARI, ami())
    assert actions(asked)[0]["action"] == "Hangup"
    peer = ami(Variable="BRIDGEPEER", Value="PJSIP/trunk-1")
    asked, _ = hold_talk(asterisk.press(ALONE, "1.2", "1"), LOGIN, peer, ami())
    assert [one["action"] for one in actions(asked)] == ["Getvar", "PlayDTMF"]
    with pytest.raises(Refused) as error:
        over = ami("Error", Message="No such channel")
        hold_talk(asterisk.hang_up(ALONE, "1.2"), LOGIN, over)
    assert error.value.code == "gone"


def test_what_only_ari_can_do_is_said():
    for credentials, answers in ((ALONE, []), (BRIDGED, [NO_ARI])):
        with pytest.raises(Refused) as error:
            steps = asterisk.supervise(credentials, "1.2", "109", "listen", "5f0c")
            hold_talk(steps, *answers)
        assert error.value.code == "no_ari"
    with pytest.raises(Refused) as error:
        asterisk.extensions(ALONE)
    assert error.value.code == "no_ari"
    with pytest.raises(Refused) as error:
        asterisk.answer(NO_ARI)
    assert error.value.code == "no_ari"


# -- what goes on ----------------------------------------------------------------------


def text(*parts):
    return HttpResponse(200, {}, "".join(parts).encode())


@pytest.mark.parametrize(
    ("credentials", "before"), [(ALONE, [LOGIN]), (DIRECT, [LOGIN]), (BRIDGED, [])]
)
def test_all_channels_and_their_calls_are_known(credentials, before):
    steps = asterisk.running(credentials)
    asked, found = hold_talk(steps, *before, text(CHANNELS, END))
    assert found == {"1.1", "1.2"}
    assert actions(asked) == [{"action": "CoreShowChannels"}]


def test_without_ami_ari_tells_what_goes_on():
    settings = {**DIRECT.settings, "ami_user": ""}
    no_ami = dataclasses.replace(DIRECT, settings=settings)
    answer = ari([{"id": "1.1"}, {"id": "1.2"}])
    assert hold_talk(asterisk.running(no_ami), answer)[1] == {"1.1", "1.2"}
    with pytest.raises(PbxError):
        hold_talk(asterisk.running(no_ami), ari({}))


@pytest.mark.parametrize(
    "answer",
    [
        text(CHANNELS),
        text(CHANNELS[:-40]),
        text("Response: Success\r\n\r\n"),
        text("<html>"),
        HttpResponse(502, {}, b"{}"),
        HttpResponse(507, {}, b'{"message": "The answer is too long."}'),
    ],
)
def test_half_a_list_is_none(answer):
    with pytest.raises(PbxError):
        hold_talk(asterisk.running(BRIDGED), answer)


def test_nothing_going_on_is_an_answer():
    begin = "Response: Success\r\nEventList: start\r\n\r\n"
    assert hold_talk(asterisk.running(BRIDGED), text(begin, END))[1] == frozenset()


# -- the test button -------------------------------------------------------------------


def problems(credentials, *answers):
    return hold_talk(asterisk.examine(credentials), *answers)[1]


VERSION = ami(AsteriskVersion="22.10.0")
THERE = (ami(Variable="x", Value="1"),) * 3


def test_it_works_without_ari_and_what_is_missing_is_said():
    allowed = ami(**COMMANDS, Originate="x")
    found = problems(ALONE, LOGIN, allowed, VERSION, *THERE)
    assert found == [Problem("no_ari", is_note=True)]
    answer = ari({"problems": [], "ari": False})
    assert problems(BRIDGED, answer, *THERE) == [Problem("no_ari", is_note=True)]
    assert problems(BRIDGED, ari({"problems": [], "ari": True}), *THERE) == []


def test_the_right_to_begin_calls_is_named_where_there_is_no_ari():
    found = problems(ALONE, LOGIN, ami(**COMMANDS))
    assert found == [Problem("ami_permission", "originate")]


def test_which_of_the_two_is_missing_is_named():
    settings = {**ALONE.settings, "ami_user": ""}
    neither = dataclasses.replace(ALONE, settings=settings)
    assert problems(neither) == [Problem("nothing_set")]
    off = HttpResponse(404, {}, b"<html></html>")
    assert problems(ALONE, off) == [Problem("ami_off"), Problem("ari_unset")]
    router = HttpResponse(200, {}, b"<html></html>")
    assert problems(ALONE, router)[0] == Problem("not_asterisk")
    denied = ami("Error", Message="Authentication failed")
    assert problems(ALONE, denied)[0] == Problem("ami_auth", "odoo")
    allowed = ami(**COMMANDS, Originate="x")
    old = ami(AsteriskVersion="13.38.3")
    found = problems(ALONE, LOGIN, allowed, old, *THERE)
    assert found == [Problem("version", "13.38.3")]
