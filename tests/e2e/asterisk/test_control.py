"""What the buttons of a card do to the calls of a real Asterisk."""

from contextlib import contextmanager

import pytest

from setup.asterisk.phones import Phones
from setup.asterisk.play import JAMES

from ..own import database, query, stack  # noqa: F401
from .control import Hand, supervise, talking
from .office import LONDON, near, opened


@pytest.fixture(scope="module")
def office(programs, databases, stack, query):
    with opened(databases, stack, query) as found:
        yield found


@pytest.fixture(params=[True, False], ids=["directly", "by the bridge"])
def way(request, office):
    """Both ways to the PBX."""
    office.reach(request.param)
    return request.param


@contextmanager
def talk(office, *others):
    """A customer talks with Petra; her hand on the call, as her card has it.

    The customer does not hang up: however long it takes, somebody else has to.

    :param others: phones that are picked up, and put down after a second
    """
    with office.phones() as phones:
        phones.phone("100", answers=0.2)
        for number in others:
            phones.phone(number, answers=0.2, talks=1)
        phones.caller(JAMES, LONDON)
        yield Hand(office, office.wait(lambda: talking(office)))


def test_on_hold_the_customer_hears_music_and_is_taken_back(office, way):
    with talk(office) as hand:
        assert hand("hold")["held"]
        hand.until("MusicOnHold")
        assert not hand("resume")["held"]
        hand.until("MusicOnHold", 0)
        hand("hang_up")
    call = office.call()
    assert (call["disposition"], call["agent"]) == ("answered", "petra")
    [(_kind, _extension, _disposition, talked, _hold)] = office.legs(call)
    assert talked == call["talk_seconds"]


def test_where_the_dialplan_has_no_place_to_wait_the_talk_goes_on(office, way):
    with talk(office) as hand:
        office.lab.cli("dialplan remove context telephony-hold")
        try:
            card = office.rpc(
                "petra", "telephony.call", "control_call", hand.id, "hold"
            )
            assert "dialplan" in card["problem"]
            tested = office.admin("telephony.pbx", "action_test", [office.pbx])
            assert "telephony-hold" in tested["params"]["message"]
            assert hand.card()["can"]["hang_up"]
        finally:
            office.lab.cli("dialplan reload")
        hand("hang_up")
    assert office.call()["disposition"] == "answered"


def test_nobody_stays_with_the_music_when_the_agent_hangs_up(office):
    with talk(office) as hand:
        hand("hold")
        hand.until("MusicOnHold")
        hand("hang_up")
    assert office.call()["state"] == "ended"


def test_a_call_is_sent_to_a_colleague(office):
    office.reach(directly=False)
    with talk(office, "101") as hand:
        hand("transfer", "101")
    call = office.call()
    assert call["agent"] == "tomas"
    dialled = office.query(
        "SELECT state, e164 FROM telephony_dial WHERE call_id = %s", call["id"]
    )
    assert dialled == [("tied", "101")]


def test_a_colleague_is_asked_and_then_takes_the_call(office):
    office.reach(directly=True)
    with talk(office) as hand, Phones(office.lab) as phones:
        colleague = phones.phone("101", answers=0.2, talks=5)
        assert hand("consult", "101")["consultation"]["number"] == "101"
        office.wait(lambda: hand.card()["consultation"]["talking"])
        hand("complete")
        colleague.child.wait(30)
    call = office.call()
    assert (call["agent"], call["number_e164"]) == ("tomas", JAMES)
    assert {leg[1] for leg in office.legs(call)} == {"100", "101"}


def test_what_is_recorded_at_the_press_of_a_button_is_fetched(office):
    office.settings(recording_url=False)
    office.reach(directly=False)
    with talk(office) as hand:
        assert hand("record")["recording"]
        assert not hand("unrecord")["recording"]
        hand("hang_up")
    call = office.call()
    found = office.query(
        "SELECT ref FROM telephony_call_recording WHERE call_id = %s"
        " AND ref LIKE 'odoo-%%'",
        call["id"],
    )
    assert len(found) == 1
    assert (office.lab.recordings / found[0][0]).exists()


@pytest.fixture(scope="module")
def team(office):
    """Make Nadia the supervisor of Petra's team."""
    supervise(office, "nadia", "100")


def test_a_supervisor_joins_with_a_trace_and_is_no_call(office, team):
    modes = ["listen", "whisper", "barge"]
    with talk(office) as hand, Phones(office.lab) as phones:
        phones.phone("102", answers=0.2, stays=True)
        for count, mode in enumerate(modes, 1):
            said = office.rpc("nadia", "telephony.call", f"action_{mode}", [hand.id])
            assert said["params"]["type"] == "info", said
            hand.until("ChanSpy", count)
        hand("hang_up")
    call = office.call()  # the only one
    assert {leg[1] for leg in office.legs(call)} == {"100"}
    traces = office.query(
        "SELECT c.kind, c.state FROM telephony_call_control c"
        "  JOIN res_users u ON u.id = c.user_id"
        " WHERE c.call_id = %s AND u.login = 'nadia' ORDER BY c.id",
        call["id"],
    )
    assert traces == [(mode, "done") for mode in modes]
    [record] = [one for one in office.records() if one[5] == call["call_ref"]]
    assert near(call["talk_seconds"], record[3])


def test_the_number_of_the_line_is_shown_to_who_is_called(office):
    [did] = office.admin("telephony.did", "search", [["pbx_id", "=", office.pbx]])
    office.admin("telephony.did", "write", [did], {"is_presented": True})
    since = len(office.ami.messages)
    with office.phones() as phones:
        phones.phone("100", answers=0.2)
        phones.outside(answers=0.2, talks=1)
        office.rpc("petra", "telephony.dial", "dial", JAMES, "crm.lead", office.deal)
    office.call()
    shown = {
        message.get("ConnectedLineNum")
        for _at, message in office.ami.messages[since:]
        if message.get("Event") == "Newstate"
        and message["Channel"].startswith("PJSIP/trunk-")
    }
    assert shown == {LONDON}
