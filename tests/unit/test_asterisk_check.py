"""The test button, recordings and the preview of extensions of an Asterisk."""

import dataclasses

import pytest
from asterisk_talk import BRIDGED, DIRECT, LOGIN, ami, ari, hold_talk

from telephony_crm.pbx import adapter as pbx_adapter
from telephony_crm.pbx.adapter import HttpResponse, PbxError, Problem

asterisk = pbx_adapter.get("asterisk")
INFO = ari({"system": {"version": "22.10.0"}})
WRITTEN = ari(status=204)
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
    )
}
THERE = ami(Variable="x", Value="1")


def problems(*answers, credentials=DIRECT):
    return hold_talk(asterisk.examine(credentials), *answers)[1]


def test_nothing_is_wrong_with_what_works():
    dialplan = (THERE,) * 3
    assert problems(INFO, WRITTEN, LOGIN, ami(**COMMANDS), *dialplan) == []


@pytest.mark.parametrize(
    "answer, code",
    [
        (ari({"message": "Authentication required"}, 401), "ari_auth"),
        (HttpResponse(404, {}, b"<html>Not found</html>"), "ari_off"),
        (HttpResponse(200, {}, b"<html>A router</html>"), "not_asterisk"),
        (ari([1]), "not_asterisk"),
        (ari({"system": {"version": "13.38.3"}}), "version"),
    ],
)
def test_what_ari_shows_to_be_wrong_is_named(answer, code):
    rest = [WRITTEN] if code == "version" else []
    denied = ami("Error", Message="Authentication failed")
    found = problems(answer, *rest, denied)
    assert [one.code for one in found] == [code, "ami_auth"]


def test_a_user_who_may_only_read_is_named():
    denied = ari({"message": "Write access denied"}, 403)
    lacking = ami(Redirect="x", Setvar="x")
    found = problems(INFO, denied, LOGIN, lacking)
    assert found == [
        Problem("ari_read_only", "odoo"),
        Problem("ami_permission", "call, system"),
    ]


def test_ami_that_is_not_served_or_not_set_is_named():
    (found,) = problems(INFO, WRITTEN, HttpResponse(404, {}, b"<html></html>"))
    assert found.code == "ami_off"
    settings = {**DIRECT.settings, "ami_user": ""}
    unset = dataclasses.replace(DIRECT, settings=settings)
    (found,) = problems(INFO, WRITTEN, credentials=unset)
    assert found.code == "ami_unset"


def test_what_the_dialplan_lacks_is_named():
    absent = ami(Variable="x", Value="0")
    looked = (absent,) * 3
    found = problems(INFO, WRITTEN, LOGIN, ami(**COMMANDS), *looked)
    assert [(one.code, one.detail) for one in found] == [
        ("context", "from-internal"),
        ("dialplan", "telephony-hold"),
        ("dialplan", "telephony-spy"),
    ]


def test_what_the_dialplan_lacks_is_named_through_the_bridge_as_well():
    well, absent = ari({"problems": []}), ami(Variable="x", Value="0")
    found = problems(well, THERE, absent, absent, credentials=BRIDGED)
    assert [one.detail for one in found] == ["telephony-hold", "telephony-spy"]


def test_a_pbx_that_does_not_tell_of_its_dialplan_is_named():
    found = problems(ari({"problems": []}), ami(Value=""), credentials=BRIDGED)
    assert [one.code for one in found] == ["dialplan_unsaid"]


def test_the_bridge_says_itself_what_is_wrong():
    answer = ari({"problems": ["ARI refuses the password.", "", 7]})
    assert problems(answer, credentials=BRIDGED) == [
        Problem("bridge", "ARI refuses the password.")
    ]


# -- recordings ------------------------------------------------------------------------


def sound(ref, credentials=DIRECT, **settings):
    settings = {**credentials.settings, **settings}
    credentials = dataclasses.replace(credentials, settings=settings)
    ((name, request),) = asterisk.recording_sounds(credentials, ref, "1.1", {})
    assert name == ref
    return request


def test_a_recording_is_fetched_from_where_it_lies():
    assert sound("ari:voice/1").url == (
        "https://pbx.example:8089/ari/recordings/stored/voice%2F1/file"
    )
    assert sound("2026/01/x-1.wav").url == "bridge:/bridge/recording/2026/01/x-1.wav"
    served = sound(
        "2026/x 1.wav".replace(" ", "-"),
        recording_url="https://files.example/{ref}",
        recording_token="t",
    )
    assert served.url == "https://files.example/2026/x-1.wav"
    assert served.headers == {"Authorization": "Bearer t"}
    assert sound("https://files.example/a.wav").headers == {}


@pytest.mark.parametrize(
    "ref",
    ["", "../x.wav", "a/../b", "/etc/passwd", "a\r\nb", "a?b", "a//b", "ari:../x"],
)
def test_a_recording_lies_nowhere_else(ref):
    with pytest.raises(PbxError):
        sound(ref)


def test_recordings_are_removed_only_where_that_is_wanted():
    assert asterisk.recording_removal(DIRECT, "x.wav") is None
    settings = {**DIRECT.settings, "remove_recordings": "Yes"}
    wanted = dataclasses.replace(DIRECT, settings=settings)
    request = asterisk.recording_removal(wanted, "x.wav")
    assert (request.method, request.url) == ("DELETE", "bridge:/bridge/recording/x.wav")
    assert asterisk.recording_removal(wanted, "ari:x").method == "DELETE"
    assert asterisk.recording_removal(wanted, "https://x.example/x.wav") is None


def test_the_password_goes_to_the_pbx_and_to_no_other_place():
    assert asterisk.recording_home(DIRECT, "ari:x") == DIRECT.api_url
    settings = {**DIRECT.settings, "recording_url": "https://files.example/{ref}"}
    apart = dataclasses.replace(DIRECT, settings=settings)
    assert asterisk.recording_home(apart, "ari:x") == DIRECT.api_url
    assert asterisk.recording_home(apart, "x.wav") == "https://files.example/{ref}"


# -- extensions ------------------------------------------------------------------------


def test_extensions_are_the_endpoints_with_such_names():
    names = ["101", "100", "trunk-london", "1000", "anonymous", "100"]
    answer = asterisk.answer(ari([{"resource": name} for name in names]))
    assert asterisk.read_extensions(answer) == ["100", "101", "1000"]


def test_an_answer_that_makes_no_sense_is_said_to_make_none():
    for answer in (HttpResponse(200, {}, b"<html>"), HttpResponse(200, {}, b"7")):
        with pytest.raises(PbxError):
            asterisk.answer(answer)
    with pytest.raises(PbxError):
        asterisk.read_extensions({})
