"""What is asked of Asterisk: calls, transfers, hold, keys, recordings, supervisors."""

import base64
import json

import pytest
from asterisk_talk import BRIDGED, DIRECT, LOGIN, actions, ami, ari, hold_talk

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import AuthError, PbxError, Refused

asterisk = pbx_adapter.get("asterisk")
PEER = ari({"value": "PJSIP/trunk-00000002"})
#: None of these dials anything, whatever of the dialplan or of AMI it tries to say.
HOSTILE = [
    "",
    "100\r\nAction: Originate",
    "100\n",
    "100\r",
    '100"',
    "100'",
    "100,20,U(x)",
    "100&PJSIP/200",
    "100@other-context",
    "${SHELL(rm)}",
    "PJSIP/100",
    "SIP:100",
    "100;1",
    "100|200",
    "call-me",
    "0800FLOWERS",
    "1" * 200,
    "١٢٣٤٥",  # Arabic digits
    "１００",  # full-width digits
    "+4420376918²0",
    " 100",
    "100\0",
    None,
    100,
]


def originated(credentials=DIRECT, extension="100", number="+442037691880", **more):
    """Return the request by which a call is begun."""
    return next(asterisk.dial(credentials, extension, number, **more))


# -- dialling --------------------------------------------------------------------------


def test_the_agents_phone_rings_first_and_shows_whom_it_calls():
    request = originated(call_ref="odoo-5f0c")
    assert request.method == "POST"
    assert request.url == "https://pbx.example:8089/ari/channels"
    assert request.params["endpoint"] == "PJSIP/100"
    assert request.params["extension"] == "+442037691880"
    assert request.params["context"] == "from-internal"
    assert request.params["callerId"] == "+442037691880"
    assert request.params["channelId"] == "odoo-5f0c"
    assert json.loads(request.data)["variables"]["CALLERID(num)"] == "100"


def test_the_reference_of_the_call_is_known_before_there_is_one():
    ref = asterisk.call_ref("5f0c")
    assert originated(call_ref=ref).params["channelId"] == ref


def test_the_number_to_present_is_told_to_the_dialplan():
    found = json.loads(originated(caller_id="+442037691881").data)["variables"]
    assert found["__TELEPHONY_CALLER_ID"] == "+442037691881"
    assert found["__TRUNKCIDOVERRIDE"] == "442037691881"
    assert "__TELEPHONY_CALLER_ID" not in json.loads(originated().data)["variables"]


def test_the_key_of_ari_goes_to_the_pbx_and_never_to_the_bridge():
    sent = originated().headers["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"odoo:ari password"
    request = originated(BRIDGED)
    assert request.url == "bridge:/ari/channels"
    assert "Authorization" not in request.headers


def test_numbers_are_dialled_as_the_dialplan_expects_them():
    settings = {**DIRECT.settings, "number": "00{digits}"}
    credentials = pbx_adapter.Credentials(api_url="https://x", settings=settings)
    assert originated(credentials).params["extension"] == "00442037691880"
    assert originated(credentials, number="101").params["extension"] == "101"


@pytest.mark.parametrize("value", HOSTILE)
def test_what_is_no_number_dials_nothing(value):
    for asked in (
        {"number": value},
        {"extension": value},
        {"caller_id": value} if value else {"number": value},
    ):
        with pytest.raises(Refused):
            originated(**asked)


@pytest.mark.parametrize(
    "settings",
    [
        {"endpoint": "PJSIP/100"},
        {"endpoint": "PJSIP/{extension}&PJSIP/200"},
        {"endpoint": "PJSIP/{extension}/{x}"},
        {"endpoint": "Local/{extension}@x,y"},
        {"context": "from internal"},
        {"context": "a,b"},
        {"number": "{number},1"},
        {"number": "${EVIL}"},
    ],
)
def test_a_setting_that_is_wrong_dials_nothing(settings):
    credentials = pbx_adapter.Credentials(api_url="https://x", settings=settings)
    with pytest.raises(Refused):
        originated(credentials)


# -- a call that goes on ---------------------------------------------------------------


def test_hanging_up_ends_the_own_channel():
    asked, _ = hold_talk(asterisk.hang_up(DIRECT, "1700000000.12"), ari(status=204))
    assert (asked[0].method, asked[0].url) == (
        "DELETE",
        "https://pbx.example:8089/ari/channels/1700000000.12",
    )


def test_a_call_that_is_over_is_said_to_be():
    with pytest.raises(Refused) as error:
        answer = ari({"message": "Channel not found"}, 404)
        hold_talk(asterisk.hang_up(DIRECT, "1700000000.12"), answer)
    assert error.value.code == "gone"
    with pytest.raises(Refused) as error:
        answer = ami("Error", Message="No such channel")
        hold_talk(asterisk.transfer(BRIDGED, "1700000000.12", "101"), answer)
    assert error.value.code == "gone"


def test_a_phone_that_is_switched_off_is_said_to_be():
    with pytest.raises(Refused) as error:
        asterisk.answer(ari({"error": "Allocation failed"}, 500))
    assert error.value.code == "phone_away"


@pytest.mark.parametrize(
    "words",
    [
        "No such channel",
        "Channel specified does not exist",
        "Channel not found",
        "Provided channel was not found",
    ],
)
def test_each_of_its_words_for_a_call_that_is_over_is_known(words):
    with pytest.raises(Refused) as error:
        answer = ami("Error", Message=words)
        hold_talk(asterisk.transfer(BRIDGED, "1.2", "101"), answer)
    assert error.value.code == "gone"


def test_a_blind_transfer_is_one_action():
    asked, _ = hold_talk(asterisk.transfer(BRIDGED, "1.2", "101"), ami())
    assert asked[0].url == "bridge:/rawman"
    assert actions(asked) == [
        {
            "action": "BlindTransfer",
            "Channel": "1.2",
            "Context": "from-internal",
            "Exten": "101",
        }
    ]


def test_an_attended_transfer_begins_ends_and_is_broken_off():
    begun, _ = hold_talk(asterisk.consult(BRIDGED, "1.2", "101"), ami())
    assert actions(begun)[0]["action"] == "Atxfer"
    broken, _ = hold_talk(asterisk.cancel_consult(BRIDGED, "1.2"), ami())
    assert actions(broken) == [{"action": "CancelAtxfer", "Channel": "1.2"}]
    ended, _ = hold_talk(asterisk.complete_consult(BRIDGED, "1.2"), ari(status=204))
    assert ended[0].method == "DELETE"


def test_on_hold_one_hears_music_and_both_know_each_other():
    there, done = ami(Value="1"), (ami(), ami(), ami())
    asked, _ = hold_talk(asterisk.hold(BRIDGED, "1.2"), PEER, there, *done)
    _looked, one, two, moved = actions(asked)
    assert (one["Channel"], one["Value"]) == ("1.2", "PJSIP/trunk-00000002")
    assert (two["Channel"], two["Value"]) == ("PJSIP/trunk-00000002", "1.2")
    assert (moved["Exten"], moved["ExtraExten"]) == ("wait", "music")
    assert moved["ExtraChannel"] == "PJSIP/trunk-00000002"
    asked, _ = hold_talk(asterisk.resume(BRIDGED, "1.2"), PEER, ami(), ami(), ami())
    together, *forgotten = actions(asked)
    assert together["Channel1"] == "PJSIP/trunk-00000002"
    assert [one["Value"] for one in forgotten] == ["", ""]


@pytest.mark.parametrize(
    "answer", [ami(Value="0"), ami(Value=""), ami("Error", Message="Unknown")]
)
def test_nobody_is_sent_where_the_dialplan_has_no_place_to_wait(answer):
    with pytest.raises(Refused):
        hold_talk(asterisk.hold(BRIDGED, "1.2"), PEER, answer)


@pytest.mark.parametrize("peer", ["", "A/1-1,B/2-1"])
def test_nobody_or_a_conference_is_not_put_on_hold(peer):
    with pytest.raises(Refused) as error:
        hold_talk(asterisk.hold(BRIDGED, "1.2"), ari({"value": peer}))
    assert error.value.code == "alone"


def test_keys_sound_at_the_other_end():
    asked, _ = hold_talk(asterisk.press(BRIDGED, "1.2", "4#"), PEER, ami(), ami())
    assert [one["Digit"] for one in actions(asked)] == ["4", "#"]
    assert {one["Channel"] for one in actions(asked)} == {"PJSIP/trunk-00000002"}


def test_a_recording_is_known_by_the_name_it_was_begun_with():
    steps = asterisk.start_recording(BRIDGED, "1.2", "odoo-77-1")
    asked, ref = hold_talk(steps, ami())
    assert ref == actions(asked)[0]["File"] == "odoo-77-1.wav"


def test_a_recording_is_stopped_on_whichever_side_it_was_begun():
    none = ami("Error", Message="Could not stop monitoring channel")
    steps = asterisk.stop_recording(BRIDGED, "1.2")
    asked, _ = hold_talk(steps, PEER, none, ami())
    assert [one["Channel"] for one in actions(asked)][1:] == ["PJSIP/trunk-00000002"]
    with pytest.raises(Refused) as error:
        hold_talk(asterisk.stop_recording(BRIDGED, "1.2"), PEER, none, none)
    assert error.value.code == "not_recorded"


@pytest.mark.parametrize("mode", ["listen", "whisper", "barge"])
def test_a_supervisor_is_rung_and_is_no_call(mode):
    steps = asterisk.supervise(BRIDGED, "1.2", "109", mode, "5f0c")
    asked, _ = hold_talk(steps, ari({}))
    assert asked[0].params["extension"] == mode
    assert asked[0].params["channelId"] == "odoo-spy-5f0c"
    assert json.loads(asked[0].data)["variables"] == {"TELEPHONY_SPY": "1.2"}


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_says_more_than_it_is(value):
    for steps in (
        asterisk.transfer(BRIDGED, "1.2", value),
        asterisk.consult(BRIDGED, "1.2", value),
        asterisk.press(BRIDGED, "1.2", value),
        asterisk.start_recording(BRIDGED, "1.2", f"../{value}"),
        asterisk.supervise(BRIDGED, "1.2", value, "listen", "5f0c"),
        asterisk.supervise(BRIDGED, "1.2", "100", value, "5f0c"),
    ):
        with pytest.raises(PbxError):
            next(steps)


@pytest.mark.parametrize(
    "value", ["", "1.2\r\nX: y", "a,b", "x y", None, "é", '"', "&"]
)
def test_a_channel_is_a_name_and_nothing_else(value):
    for steps in (
        asterisk.hang_up(BRIDGED, value),
        asterisk.hold(BRIDGED, value),
        asterisk.transfer(BRIDGED, value, "101"),
        asterisk.supervise(BRIDGED, value, "100", "listen", "5f0c"),
    ):
        with pytest.raises(PbxError):
            next(steps)


def test_what_the_pbx_calls_the_other_end_is_looked_at_as_well():
    with pytest.raises(PbxError):
        evil = ari({"value": "PJSIP/x\r\nAction: Originate"})
        hold_talk(asterisk.hold(BRIDGED, "1.2"), evil)


# -- ami over http ---------------------------------------------------------------------


def test_a_call_that_ends_while_it_is_resumed_is_no_error():
    gone = ami("Error", Message="No such channel")
    hold_talk(asterisk.resume(BRIDGED, "1.2"), PEER, ami(), gone)


def test_a_conversation_logs_in_once_and_the_password_is_no_parameter():
    steps = asterisk.transfer(DIRECT, "1.2", "101")
    (login, action), _ = hold_talk(steps, LOGIN, ami())
    assert login.method == "POST" and not login.params
    assert login.data["secret"] == "ami password"
    assert action.headers == {"Cookie": 'mansession_id="1a2b3c4d"'}
    assert "ami password" not in repr((login, action))
    steps = asterisk.press(DIRECT, "1.2", "12")
    asked, _ = hold_talk(steps, PEER, LOGIN, ami(), ami())
    assert [one.method for one in asked] == ["GET", "POST", "GET", "GET"]


@pytest.mark.parametrize(
    "message, code",
    [
        ("Authentication failed", "ami_auth"),
        ("Permission denied", "ami_permission"),
    ],
)
def test_who_is_not_let_in_is_told_why(message, code):
    with pytest.raises(AuthError) as error:
        answer = ami("Error", Message=message)
        hold_talk(asterisk.transfer(DIRECT, "1.2", "101"), LOGIN, answer)
    assert error.value.code == code
