"""The plain calls: in, out and inside, answered and not."""

from ami_script import (
    CUSTOMER,
    DID,
    Pbx,
    call_of,
    calls,
    clock,
    leg,
    legs,
    track,
)

TRUNK, ANNA, BORIS = "PJSIP/trunk-00000001", "PJSIP/100-00000002", "PJSIP/101-00000003"


def answered(pbx=None):
    """A caller rings two, the second answers after 7 s, and talks for 33."""
    pbx = pbx or Pbx()
    pbx.incoming(TRUNK).at(2).dial(TRUNK, ANNA).dial(TRUNK, BORIS)
    pbx.state(ANNA, "Ringing").state(BORIS, "Ringing")
    pbx.at(7).pick_up(TRUNK, BORIS).dialled(TRUNK, ANNA, "CANCEL")
    pbx.hang_up(ANNA, cause=26).state(TRUNK, "Up")
    pbx.enter("b1", TRUNK, BORIS)
    pbx.at(40).leave("b1", TRUNK).leave("b1", BORIS).hang_up(BORIS, TRUNK)
    return pbx


def placed(status="", cause=16):
    """100 calls outside; answered after 5 s, over after 25, unless told otherwise."""
    pbx = Pbx().new(ANNA, "Ring", CallerIDNum="100", Exten="9" + CUSTOMER)
    pbx.at(1).dial(ANNA, TRUNK, f"{CUSTOMER}@trunk").state(TRUNK, "Ringing")
    if status:
        pbx.at(9).dialled(ANNA, TRUNK, status).hang_up(TRUNK, cause=cause)
        return pbx.at(10).hang_up(ANNA)
    pbx.at(5).pick_up(ANNA, TRUNK).state(ANNA, "Up").enter("b1", TRUNK, ANNA)
    return pbx.at(25).leave("b1", TRUNK, ANNA).hang_up(TRUNK, ANNA)


def test_answered_call_from_outside():
    call = call_of(answered())
    assert (call.direction, call.disposition) == ("inbound", "answered")
    assert (call.number, call.did) == (CUSTOMER, DID)
    assert (call.start_date, call.end_date) == (clock(0), clock(40))
    assert call.answer_date == clock(7)
    assert (call.talk_seconds, call.wait_seconds, call.ring_seconds) == (33, 7, 5)
    assert (call.extension, call.confirmed, call.hangup_cause) == ("101", True, 16)
    assert legs(call) == {"100": "answered_elsewhere", "101": "answered"}
    assert leg(call, "101").talk_seconds == 33


def test_a_number_too_long_to_be_told_is_not_cut_to_another():
    endless = "442037691880" * 9
    pbx = Pbx().new(TRUNK, "Ring", CallerIDNum=endless, Exten=DID)
    call = call_of(pbx.at(1).hang_up(TRUNK))
    assert (call.direction, call.number, call.did) == ("inbound", "", DID)
    pbx = Pbx().new(TRUNK, "Ring", CallerIDNum=CUSTOMER, Exten=endless)
    call = call_of(pbx.at(1).hang_up(TRUNK))
    assert (call.number, call.did) == (CUSTOMER, "")
    pbx = Pbx().new(ANNA, "Ring", CallerIDNum="100", Exten=endless)
    pbx.at(1).dial(ANNA, TRUNK, f"{endless}@trunk")
    call = call_of(pbx.at(2).hang_up(TRUNK, ANNA))
    assert (call.direction, call.number) == ("outbound", "")


def test_call_is_told_while_it_goes_on():
    stream = answered().stream
    states = []
    for count in range(1, len(stream) + 1):
        _tracker, events, _stored = track(stream[:count])
        (call,) = calls(events).values()
        states.append(call.state)
    assert list(dict.fromkeys(states)) == ["ringing", "in_progress", "ended"]


def test_missed_call():
    pbx = Pbx().incoming(TRUNK).at(1).dial(TRUNK, ANNA)
    pbx.at(21).dialled(TRUNK, ANNA, "NOANSWER").hang_up(ANNA)
    call = call_of(pbx.at(22).hang_up(TRUNK))
    assert (call.disposition, legs(call)) == ("missed", {"100": "missed"})
    assert leg(call, "100").ring_seconds == 20


def test_caller_who_is_refused_before_anybody_is_rung():
    call = call_of(Pbx().incoming(TRUNK).at(1).hang_up(TRUNK, cause=21))
    assert call.disposition == "rejected"


def test_caller_who_gives_up_before_anybody_is_rung():
    call = call_of(Pbx().incoming(TRUNK).at(9).hang_up(TRUNK, cause=16))
    assert (call.disposition, call.wait_seconds) == ("abandoned", 9)


def test_call_that_an_agent_declines_is_missed():
    pbx = Pbx().incoming(TRUNK).at(1).dial(TRUNK, ANNA)
    pbx.at(3).dialled(TRUNK, ANNA, "BUSY").hang_up(ANNA, cause=21)
    call = call_of(pbx.hang_up(TRUNK, cause=21))
    assert (call.disposition, legs(call)) == ("missed", {"100": "rejected"})


def test_hidden_caller():
    for number in ("<unknown>", "anonymous", ""):
        call = call_of(Pbx().incoming(TRUNK, number=number).at(5).hang_up(TRUNK))
        assert (call.hidden, call.number) == (True, "")


def test_answered_call_to_outside():
    call = call_of(placed())
    assert (call.direction, call.disposition) == ("outbound", "answered")
    assert (call.number, call.extension) == (CUSTOMER, "100")
    assert (call.answer_date, call.talk_seconds) == (clock(5), 20)
    assert call.ring_seconds == 4 or call.wait_seconds == 5
    assert legs(call) == {"100": "answered", CUSTOMER: "answered"}


def test_call_to_outside_that_is_not_answered():
    found = {}
    for status, cause in (("BUSY", 17), ("NOANSWER", 19), ("CONGESTION", 34)):
        call = call_of(placed(status, cause))
        found[status] = call.disposition
        assert call.talk_seconds == 0
    assert found == {"BUSY": "busy", "NOANSWER": "no_answer", "CONGESTION": "failed"}
    assert call_of(placed("CANCEL")).disposition == "cancelled"


def test_second_line_is_tried_when_the_first_fails():
    second = "PJSIP/other-00000009"
    pbx = Pbx().new(ANNA, "Ring", CallerIDNum="100", Exten=CUSTOMER)
    pbx.at(1).dial(ANNA, TRUNK, f"{CUSTOMER}@trunk")
    pbx.dialled(ANNA, TRUNK, "CONGESTION").hang_up(TRUNK, cause=34)
    pbx.at(2).dial(ANNA, second, f"{CUSTOMER}@other")
    pbx.at(6).pick_up(ANNA, second).enter("b1", second, ANNA)
    call = call_of(pbx.at(16).leave("b1", second, ANNA).hang_up(second, ANNA))
    assert (call.disposition, call.talk_seconds) == ("answered", 10)


def test_call_between_extensions():
    pbx = Pbx().new(ANNA, "Ring", CallerIDNum="100", Exten="101")
    pbx.at(1).dial(ANNA, BORIS).at(4).pick_up(ANNA, BORIS).enter("b1", BORIS, ANNA)
    call = call_of(pbx.at(14).leave("b1", BORIS, ANNA).hang_up(BORIS, ANNA))
    assert (call.direction, call.disposition) == ("internal", "answered")
    assert (call.number, call.talk_seconds) == ("101", 10)


def test_channel_that_rings_nobody_is_no_call():
    pbx = Pbx().new(ANNA, "Ring", Exten="*97").state(ANNA, "Up").at(9).hang_up(ANNA)
    tracker, events, stored = track(pbx.stream)
    assert (events, stored, tracker.book.calls) == ([], {}, {})


def test_who_is_answered_and_heard_by_nobody_has_not_talked():
    """A Dial may ask its callee whether he takes the call; here he does not."""
    pbx = Pbx().incoming(TRUNK).at(1).dial(TRUNK, ANNA)
    pbx.at(5).pick_up(TRUNK, ANNA).at(9).hang_up(ANNA)
    call = call_of(pbx.at(12).hang_up(TRUNK))
    assert (call.disposition, call.talk_seconds) == ("missed", 0)


def test_hold_is_part_of_the_talk():
    pbx = Pbx().incoming(TRUNK).at(1).dial(TRUNK, ANNA).at(5).pick_up(TRUNK, ANNA)
    pbx.enter("b1", ANNA, TRUNK).at(10).about("Hold", ANNA).at(18).about("Unhold", ANNA)
    call = call_of(pbx.at(30).leave("b1", ANNA).hang_up(ANNA).hang_up(TRUNK))
    assert (call.talk_seconds, leg(call, "100").hold_seconds) == (25, 8)


def test_click_rings_the_user_first():
    ref = "odoo-0123456789abcdef0123456789abcdef"
    pbx = Pbx().new(ANNA, ref=ref).dial("", ANNA, "100", new=False)
    pbx.at(1).state(ANNA, "Ringing").at(4).pick_up("", ANNA)
    pbx.at(5).dial(ANNA, TRUNK, f"{CUSTOMER}@trunk")
    pbx.at(9).pick_up(ANNA, TRUNK).enter("b1", TRUNK, ANNA)
    _tracker, events, _stored = track(pbx.at(29).hang_up(TRUNK, ANNA).stream)
    assert events[0]["call_ref"] == ref
    (call,) = calls(events).values()
    assert (call.direction, call.disposition) == ("outbound", "answered")
    assert (call.number, call.extension) == (CUSTOMER, "100")
    assert (call.answer_date, call.talk_seconds) == (clock(9), 20)


def test_supervisor_who_listens_is_in_no_call():
    pbx = answered()
    spy = Pbx().new("PJSIP/102-00000009", ref="odoo-spy-1").at(1)
    spy.dial("", "PJSIP/102-00000009", new=False).pick_up("", "PJSIP/102-00000009")
    spy.hang_up("PJSIP/102-00000009")
    stream = pbx.stream[:8] + spy.stream + pbx.stream[8:]
    (call,) = calls(track(stream)[1]).values()
    assert set(legs(call)) == {"100", "101"}


def test_channel_of_the_same_name_is_another_after_a_restart_of_the_pbx():
    pbx = Pbx().incoming(TRUNK).at(60).incoming(TRUNK, number="33199001723")
    first, second = calls(track(pbx.stream)[1]).values()
    assert (first.state, first.confirmed) == ("ended", False)
    assert (second.state, second.number) == ("ringing", "33199001723")


def test_restart_after_every_message_changes_nothing():
    for pbx in (answered(), placed(), placed("BUSY", 17)):
        plain, again = track(pbx.stream), track(pbx.stream, restart=True)
        assert plain[1:] == again[1:]


def test_every_message_twice_changes_nothing():
    for pbx in (answered(), placed(), placed("BUSY", 17)):
        twice = [one for one in pbx.stream for _again in range(2)]
        assert track(pbx.stream)[1] == track(twice)[1]


def test_ended_calls_are_forgotten():
    tracker, _events, stored = track(answered().stream)
    assert len(stored) == 1
    later = Pbx().at(200).say("Newstate", Channel="PJSIP/9-1", Uniqueid="9.9")
    output = tracker.feed(later, answered().stream[-1][0] + 200)
    assert list(output.changed.values()).count(None) == 1
    assert len(tracker.book.calls) == 1


def test_the_end_of_a_call_that_has_lost_events_is_not_confirmed():
    stream = answered().stream
    half = len(stream) // 2
    tracker, [first, *_rest], _stored = track(stream[:half])
    tracker.doubt({first["call_ref"], "another"})
    events = [
        one for at, said in stream[half:] for one in tracker.feed(said, at).events
    ]
    assert "ended" in {one["event"] for one in events}
    assert not any(one.get("confirmed") for one in events)
    assert any(one.get("confirmed") for one in track(stream)[1])
