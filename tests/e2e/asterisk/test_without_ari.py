"""A real Asterisk of which only AMI is served, over HTTP: for Odoo and the bridge."""

import pytest

from setup.asterisk.play import JAMES

from ..own import database, query, stack  # noqa: F401
from .office import LONDON, near, opened


@pytest.fixture(scope="module")
def office(programs, databases, stack, query):
    with opened(databases, stack, query, has_ari=False) as found:
        found.settings(ari_user=False, ari_password=False)
        yield found


def card(office):
    """The card of Petra's call, as soon as she talks."""
    cards = office.rpc("petra", "telephony.call", "get_cards")
    return next((one for one in cards if one["my_leg"] == "in_progress"), None)


def dial(office):
    """Have Petra click on the number of the deal."""
    record = ("crm.lead", office.deal)
    return office.rpc("petra", "telephony.dial", "dial", JAMES, *record)


@pytest.mark.parametrize("directly", [True, False], ids=["directly", "by the bridge"])
def test_a_click_rings_the_agent_first_and_then_the_customer(office, directly):
    office.reach(directly)
    since = len(office.ami.messages)
    with office.phones() as phones:
        phones.phone("100", answers=0.5)
        phones.outside(answers=0.5)
        said = dial(office)
        assert said["status"] == "calling", said
        up = ["PJSIP/100", "PJSIP/trunk"]
        office.wait(lambda: office.up(since) == up)
        call_id = office.wait(lambda: card(office))["id"]
        done = office.rpc("petra", "telephony.call", "control_call", call_id, "hang_up")
        assert not done["problem"], done
    call = office.call()
    assert (call["direction"], call["disposition"]) == ("outbound", "answered")
    assert (call["agent"], call["number_e164"]) == ("petra", JAMES)
    assert (call["id"], call["call_ref"]) == (call_id, said["call_ref"])
    assert call["lead_id"] == office.deal
    ties = "SELECT state, lead_id FROM telephony_dial WHERE call_id = %s"
    assert office.query(ties, call["id"]) == [("tied", office.deal)]
    [(_start, end, _duration, talk, _result, linkedid, _phone)] = office.records()
    assert linkedid == call["call_ref"]
    assert near(call["talk_seconds"], talk) and near(call["end_date"], end)


def test_the_test_button_says_that_there_is_no_ari(office):
    for directly in (True, False):
        office.reach(directly)
        said = office.admin("telephony.pbx", "action_test", [office.pbx])["params"]
        assert said["type"] == "success", said
        assert "no ARI, so calls are dialled over AMI" in said["message"]


def test_a_call_of_which_the_end_was_lost_is_ended_when_the_pbx_is_asked(office):
    """The last one: from here on there is no bridge."""
    office.reach(directly=True)
    with office.phones() as phones:
        phones.phone("100", answers=0.2)
        phones.caller(JAMES, LONDON)
        call_id = office.wait(lambda: card(office))["id"]
        office.bridge.stop()
        assert state(office, call_id) == "in_progress", "it goes on, says the PBX"
        office.lab.cli("channel request hangup all")
    office.wait(lambda: "0 active calls" in office.lab.cli("core show channels count"))
    assert state(office, call_id) == "ended"


def state(office, call_id):
    """How a call is after the job that looks after those nobody has heard of."""
    office.query(
        "UPDATE telephony_call SET write_date = write_date - interval '5 minutes'"
        " WHERE id = %s",
        call_id,
    )
    name = ("telephony_crm", "ir_cron_call_stale")
    job = office.admin("ir.model.data", "check_object_reference", *name)[1]
    office.admin("ir.cron", "method_direct_trigger", [job])
    [found] = office.query("SELECT state FROM telephony_call WHERE id = %s", call_id)
    return found[0]
