"""What is recorded of a call, and when it is told."""

import pytest
from ami_script import START, Pbx, call_of, track

TRUNK, ANNA = "PJSIP/trunk-00000001", "PJSIP/100-00000002"


def test_recording_is_asked_for_at_once_and_told_when_it_is_finished():
    pbx = Pbx().incoming(TRUNK).dial(TRUNK, ANNA).pick_up(TRUNK, ANNA)
    pbx.enter("b1", TRUNK, ANNA).about("MixMonitorStart", TRUNK)
    (query,) = tracker_queries(pbx.stream)
    assert query["Variable"] == "MIXMONITOR_FILENAME"
    file = "/var/spool/asterisk/monitor/2026/01/15/in-1.wav"
    answer(pbx, query, file, Variable="MIXMONITOR_FILENAME")
    assert not refs(pbx)
    pbx.at(40).leave("b1", TRUNK, ANNA).hang_up(ANNA, TRUNK)
    assert refs(pbx) == ["2026/01/15/in-1.wav"]


def test_call_in_which_nobody_was_heard_has_no_recording():
    pbx = Pbx().incoming(TRUNK).about("MixMonitorStart", TRUNK).at(1).dial(TRUNK, ANNA)
    (query,) = tracker_queries(pbx.stream[:2])
    answer(pbx, query, "1.wav")
    pbx.at(9).hang_up(ANNA, TRUNK)
    call = call_of(pbx)
    assert (call.disposition, call.recordings) == ("missed", ())


@pytest.mark.parametrize("told_by", ["Newexten", "Cdr"])
def test_message_on_a_mailbox_is_heard(told_by):
    pbx = Pbx().incoming(TRUNK).about("MixMonitorStart", TRUNK)
    (query,) = tracker_queries(pbx.stream)
    answer(pbx, query, "1.wav")
    if told_by == "Newexten":
        pbx.about("Newexten", TRUNK, Application="VoiceMail")
    pbx.at(9).about("MixMonitorStop", TRUNK).hang_up(TRUNK)
    record = {"LastApplication": "VoiceMail", "Disposition": "ANSWERED"}
    pbx.say("Cdr", UniqueID=pbx.headers[TRUNK]["Uniqueid"], **record)
    call = call_of(pbx)
    assert (call.disposition, call.recordings) == ("voicemail", ("1.wav",))


def test_recording_whose_name_nobody_tells_is_known_to_be_there():
    pbx = Pbx().incoming(TRUNK).about("MixMonitorStart", TRUNK).dial(TRUNK, ANNA)
    pbx.pick_up(TRUNK, ANNA).enter("b1", ANNA, TRUNK).at(9).hang_up(ANNA, TRUNK)
    assert call_of(pbx).recordings == ("",)


def tracker_queries(stream):
    """Return the queries of the last message of a stream."""
    tracker = track(stream[:-1])[0]
    at, message = stream[-1]
    return tracker.feed(message, at).queries


def answer(pbx, query, file, **more):
    """The PBX tells what a file is called."""
    told = {"Response": "Success", "ActionID": query["ActionID"], "Value": file}
    pbx.stream.append((START + pbx.now, told | more))


def refs(pbx):
    """Return the recordings that Odoo is told of."""
    told = track(pbx.stream)[1]
    return [one["recording_ref"] for one in told if one["event"] == "recording"]
