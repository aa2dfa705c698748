"""Calls that come together: transfers, conferences, and what is one call then."""

import json

from ami_script import (
    CUSTOMER,
    DID,
    START,
    Pbx,
    call_of,
    calls,
    clock,
    leg,
    legs,
    track,
)
from conftest import PAYLOADS

from telephony_crm.bridge.tracker import Tracker, TrackerConfig

TRUNK, ANNA, BORIS = "PJSIP/trunk-00000001", "PJSIP/100-00000002", "PJSIP/101-00000003"
ANNA_AGAIN, OUTSIDE = "PJSIP/100-00000004", "PJSIP/trunk-00000005"
OTHER = "33199001723"
CAROL = "PJSIP/102-00000006"


def talking(pbx=None):
    """Anna talks with a customer since the fifth second."""
    pbx = (pbx or Pbx()).incoming(TRUNK).at(1).dial(TRUNK, ANNA)
    return pbx.at(5).pick_up(TRUNK, ANNA).enter("b1", ANNA, TRUNK)


def asking(pbx, called, string=""):
    """Anna puts the customer on hold, and calls somebody on her second line."""
    pbx.at(20).about("Hold", ANNA).at(21).new(ANNA_AGAIN, "Ring")
    pbx.dial(ANNA_AGAIN, called, string).at(24).pick_up(ANNA_AGAIN, called)
    return pbx.enter("b2", called, ANNA_AGAIN)


def joined(pbx, called):
    """Anna joins both, and is gone."""
    pbx.at(30).leave("b2", called).enter("b1", called).leave("b1", ANNA)
    pbx.headers[called]["Linkedid"] = pbx.headers[TRUNK]["Linkedid"]
    pbx.say(
        "AttendedTransfer",
        Result="Success",
        DestType="Bridge",
        OrigTransfererChannel=ANNA,
        SecondTransfererChannel=ANNA_AGAIN,
    )
    return pbx.leave("b2", ANNA_AGAIN).hang_up(ANNA, ANNA_AGAIN)


def test_consultation_goes_into_the_call_of_the_customer():
    pbx = joined(asking(talking(), BORIS), BORIS)
    pbx.at(50).leave("b1", BORIS).hang_up(BORIS, TRUNK)
    _tracker, events, _stored = track(pbx.stream)
    told = [event for event in events if event["event"] == "merged"]
    assert [event["parent_ref"] for event in told] == [pbx.headers[TRUNK]["Linkedid"]]
    (call,) = calls(events).values()
    assert (call.direction, call.number, call.extension) == ("inbound", CUSTOMER, "101")
    assert legs(call) == {"100": "answered", "101": "answered"}
    assert (leg(call, "100").talk_seconds, leg(call, "100").hold_seconds) == (25, 10)
    assert leg(call, "101").ring_date == clock(21)
    assert leg(call, "101").answer_date == clock(30)
    assert (leg(call, "101").talk_seconds, call.talk_seconds) == (20, 45)


def test_customer_is_kept_who_came_after_the_colleagues_began_to_talk():
    """Asterisk would call all of it by the older, the internal call."""
    pbx = Pbx().new(ANNA_AGAIN, "Ring").dial(ANNA_AGAIN, BORIS).at(2)
    pbx.pick_up(ANNA_AGAIN, BORIS).enter("b2", BORIS, ANNA_AGAIN).at(9)
    older = pbx.headers[ANNA_AGAIN]["Linkedid"]
    pbx.incoming(TRUNK).dial(TRUNK, ANNA).at(12).pick_up(TRUNK, ANNA)
    pbx.enter("b1", ANNA, TRUNK)
    joined(pbx, BORIS)
    for channel in (TRUNK, BORIS):
        pbx.headers[channel]["Linkedid"] = older
    pbx.at(40).leave("b1", BORIS).dial(TRUNK, CAROL).hang_up(BORIS)
    pbx.at(43).pick_up(TRUNK, CAROL).enter("b1", CAROL)
    (call,) = calls(track(pbx.at(60).hang_up(CAROL, TRUNK).stream)[1]).values()
    assert (call.direction, call.number) == ("inbound", CUSTOMER)
    assert set(legs(call).values()) == {"answered"}
    assert set(legs(call)) == {"100", "101", "102"}


def test_who_is_asked_outside_stays_a_call_of_their_own():
    """Neither of the two customers loses the call from their history."""
    pbx = joined(asking(talking(), OUTSIDE, f"{OTHER}@trunk"), OUTSIDE)
    pbx.at(50).leave("b1", OUTSIDE).hang_up(OUTSIDE, TRUNK)
    first, second = calls(track(pbx.stream)[1]).values()
    assert (first.number, second.number) == (CUSTOMER, OTHER)
    assert (first.direction, second.direction) == ("inbound", "outbound")
    assert leg(first, OTHER).talk_seconds == 20
    assert leg(second, CUSTOMER).talk_seconds == 20
    assert (first.talk_seconds, second.talk_seconds) == (45, 26)
    assert {first.end_date, second.end_date} == {clock(50)}


def test_colleague_who_is_asked_and_does_not_take_over_has_missed_nothing():
    pbx = asking(talking(), BORIS)
    pbx.at(30).leave("b2", BORIS).hang_up(BORIS, ANNA_AGAIN).about("Unhold", ANNA)
    found = calls(track(pbx.at(40).hang_up(ANNA, TRUNK).stream)[1])
    call = found[pbx.headers[TRUNK]["Linkedid"]]
    assert (call.talk_seconds, leg(call, "100").hold_seconds) == (35, 10)
    asked = found[pbx.headers[ANNA_AGAIN]["Linkedid"]]
    assert (asked.direction, asked.talk_seconds) == ("internal", 6)


def test_two_customers_in_a_conference_are_two_calls():
    pbx = talking()
    pbx.at(10).incoming("PJSIP/trunk-00000009", number=OTHER)
    pbx.leave("b1", ANNA, TRUNK).at(11)
    pbx.enter("c", ANNA, TRUNK, "PJSIP/trunk-00000009", technology="softmix")
    pbx.at(12).new(CAROL, "Ring", Exten="620").enter("c", CAROL)
    pbx.at(30).hang_up(CAROL).at(31).hang_up(TRUNK).at(35)
    found = calls(track(pbx.hang_up("PJSIP/trunk-00000009", ANNA).stream)[1])
    assert {call.number for call in found.values()} == {CUSTOMER, OTHER}
    for call in found.values():
        assert leg(call, "102").talk_seconds == 18
        assert leg(call, "100").disposition == "answered"
    assert sorted(call.talk_seconds for call in found.values()) == [24, 26]


def test_colleagues_in_a_conference_without_a_customer_are_in_nobodys_call():
    pbx = talking().at(10).leave("b1", ANNA)
    pbx.enter("c", ANNA, technology="softmix").new(CAROL, "Ring").enter("c", CAROL)
    pbx.at(20).leave("c", ANNA).hang_up(CAROL).enter("b1", ANNA)
    call = call_of(pbx.at(30).hang_up(ANNA, TRUNK))
    assert set(legs(call)) == {"100"}
    assert leg(call, "100").hold_seconds == 10


def test_who_comes_back_after_another_took_over_has_a_second_leg():
    pbx = talking().at(20).leave("b1", ANNA)
    pbx.dial(TRUNK, BORIS).at(22).pick_up(TRUNK, BORIS).enter("b1", BORIS)
    pbx.at(30).enter("b1", ANNA).at(40).leave("b1", BORIS).hang_up(BORIS)
    call = call_of(pbx.at(50).hang_up(ANNA, TRUNK))
    talks = [one.talk_seconds for one in call.legs if one.extension == "100"]
    assert sorted(talks) == [17, 20]


def test_call_that_a_colleague_passes_on_to_a_customer_is_one_to_outside():
    pbx = Pbx().new(ANNA, "Ring").dial(ANNA, BORIS).at(3).pick_up(ANNA, BORIS)
    pbx.enter("b1", BORIS, ANNA).at(10)
    pbx.say("BlindTransfer", Result="Success", TransfererChannel=BORIS)
    pbx.leave("b1", BORIS, ANNA).hang_up(BORIS).at(11)
    pbx.dial(ANNA, OUTSIDE, f"{OTHER}@trunk").at(15).pick_up(ANNA, OUTSIDE)
    call = call_of(pbx.enter("b2", OUTSIDE, ANNA).at(35).hang_up(OUTSIDE, ANNA))
    assert (call.direction, call.number, call.extension[:2]) == (
        "outbound",
        OTHER,
        "10",
    )
    assert set(legs(call).values()) == {"answered"}
    assert call.answer_date == clock(15)


def test_mobile_of_a_colleague_who_is_rung_inside_is_no_customer():
    pbx = Pbx().new(ANNA, "Ring").dial(ANNA, BORIS).at(10)
    pbx.dialled(ANNA, BORIS, "NOANSWER").hang_up(BORIS)
    pbx.dial(ANNA, OUTSIDE, f"{OTHER}@trunk").at(15).pick_up(ANNA, OUTSIDE)
    call = call_of(pbx.enter("b2", OUTSIDE, ANNA).at(35).hang_up(OUTSIDE, ANNA))
    assert (call.direction, call.disposition) == ("internal", "answered")
    assert leg(call, OTHER).talk_seconds == 20


def test_local_channels_are_doors_and_no_telephones():
    one, two = "Local/100@from-queue-00000001;1", "Local/100@from-queue-00000001;2"
    pbx = Pbx().incoming(TRUNK).at(1).new(one, by=TRUNK).new(two, "Ring", by=TRUNK)
    pbx.dial(TRUNK, one, "100@from-queue", new=False).at(2).dial(two, ANNA)
    pbx.at(6).pick_up(two, ANNA).enter("b2", ANNA, two)
    pbx.pick_up(TRUNK, one).enter("b1", one, TRUNK)
    call = call_of(pbx.at(26).hang_up(ANNA, two, one, TRUNK))
    assert legs(call) == {"100": "answered"}
    assert (call.answer_date, call.talk_seconds) == (clock(6), 20)


def test_local_channels_can_stand_for_telephones():
    config = TrackerConfig(local_endpoints={"lab": "extension", "line": "trunk"})
    phone, dialplan = "Local/100@lab-00000002;1", "Local/100@lab-00000002;2"
    world, line = "Local/1@line-00000001;1", "Local/1@line-00000001;2"
    pbx = Pbx().new(world).new(line, "Ring", by=world, Exten=DID)
    pbx.about("NewCallerid", line, CallerIDNum=CUSTOMER)
    pbx.new(phone, by=line).new(dialplan, "Ring", by=line)
    pbx.dial(line, phone, "100@lab", new=False).at(4).pick_up(line, phone)
    pbx.enter("b1", phone, line).at(9).hang_up(dialplan, phone, line, world)
    call = call_of(pbx, config=config)
    assert (call.number, call.did, call.talk_seconds) == (CUSTOMER, DID, 5)
    assert legs(call) == {"100": "answered"}


def test_devices_have_the_extension_that_they_are_given():
    devices = {"PJSIP/trunk": "100", "99101": "101"}
    for channel, extension in ((TRUNK, "100"), ("PJSIP/99101-1", "101")):
        pbx = Pbx().new(channel, "Ring").dial(channel, OUTSIDE.replace("trunk", "x"))
        call = call_of(pbx.hang_up(channel), config=TrackerConfig(devices=devices))
        assert (call.direction, call.extension) == ("outbound", extension)


def test_call_that_began_before_the_bridge_is_told_from_now_on():
    channels = [
        {"Channel": TRUNK, "Uniqueid": "1.1", "Linkedid": "1.1", "ChannelState": "6"},
        {"Channel": ANNA, "Uniqueid": "1.2", "Linkedid": "1.1", "ChannelState": "6"},
        {"Channel": BORIS, "Uniqueid": "2.1", "Linkedid": "2.1", "ChannelState": "6"},
    ]
    channels[0] |= {"CallerIDNum": CUSTOMER, "Exten": DID, "Duration": "00:10:00"}
    channels[1] |= {"Application": "AppDial", "Duration": "00:09:50"}
    for one in channels[:2]:
        one["BridgeId"] = "b1"
    tracker = Tracker()
    output = tracker.resync({"channels": channels, "bridges": []}, START)
    assert {query["Variable"] for query in output.queries} == {"MIXMONITOR_FILENAME"}
    events = output.events
    (call,) = calls(events).values()
    assert (call.state, call.direction, call.number) == (
        "in_progress",
        "inbound",
        CUSTOMER,
    )
    assert call.start_date == clock(-600)
    events += tracker.resync({"channels": [], "bridges": []}, START + 60).events
    (call,) = calls(events).values()
    assert (call.state, call.disposition) == ("ended", "answered")
    assert (call.confirmed, call.extension) == (False, "100")


def test_pbx_that_was_restarted_has_new_channels_of_old_names():
    tracker, events, _stored = track(talking().stream)
    again = {
        "Channel": TRUNK,
        "Uniqueid": "9.1",
        "Linkedid": "9.1",
        "ChannelState": "4",
    }
    snapshot = {"channels": [{**again, "CallerIDNum": OTHER, "Duration": "00:00:01"}]}
    events += tracker.resync(snapshot, START + 60).events
    first, second = calls(events).values()
    assert (first.state, first.disposition) == ("ended", "answered")
    assert (second.state, second.number) == ("ringing", OTHER)


def test_what_a_real_pbx_says_is_going_on_is_taken_in():
    """Asterisk 22: a talk, a queue, a mobile that rings, a click; from its answers."""
    path = PAYLOADS / "asterisk" / "snapshots" / "several_calls.json"
    snapshot = json.loads(path.read_text())
    output = Tracker().resync(snapshot, snapshot["at"])
    found = {
        call.number: (call.direction, call.state, legs(call))
        for call in calls(output.events).values()
        if call.state == "ringing"
    }
    talks, rings = "in_progress", "ringing"
    queue = {"101": rings, "support": talks}
    assert found.pop("+33199001723") == ("inbound", rings, queue)
    mobile = {"100": rings, "+447400123410": rings}
    assert found == {"+442079460017": ("inbound", rings, mobile)}
    talking = [
        (call.direction, call.number, legs(call))
        for call in calls(output.events).values()
        if call.state == talks
    ]
    click = {"100": talks, "+442079460017": talks}
    assert ("outbound", "+442079460017", click) in talking
    assert ("inbound", "+442079460017", {"100": talks}) in talking
    assert len(talking) == 2
