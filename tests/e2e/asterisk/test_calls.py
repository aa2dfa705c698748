"""Calls of a real Asterisk, played by sipp, as Odoo knows them a moment later."""

import pytest

from setup.asterisk.play import JAMES

from ..own import database, query, stack  # noqa: F401
from . import sound
from .office import LONDON, near, opened, seconds


@pytest.fixture(scope="module")
def office(programs, databases, stack, query):
    with opened(databases, stack, query) as found:
        yield found


@pytest.fixture(scope="module")
def answered(office):
    """An inbound call that was answered; and Asterisk's record of it."""
    office.play("inbound_answered")
    [record] = office.records()
    return office.call(), record


def test_who_called_whom_about_what(office, answered):
    call, _record = answered
    assert call["direction"] == "inbound"
    assert call["disposition"] == "answered"
    assert (call["number_e164"], call["did"]) == (JAMES, LONDON)
    assert call["agent"] == "petra"
    assert (call["partner_id"], call["lead_id"]) == (office.customer, office.deal)
    [(kind, extension, disposition, talk, hold)] = office.legs(call)
    assert (kind, extension, disposition, hold) == ("agent", "100", "answered", 0)
    assert talk == call["talk_seconds"]


def test_the_times_are_those_of_the_pbx(answered):
    call, (start, end, _duration, talk, result, linkedid, _phone) = answered
    assert (call["call_ref"], result) == (linkedid, "ANSWERED")
    assert near(call["start_date"], start)
    assert near(call["answer_date"], end - seconds(talk))
    assert near(call["end_date"], end)
    assert near(call["talk_seconds"], talk)


@pytest.mark.parametrize("way", ["served by the PBX", "handed out by the bridge"])
def test_the_recording_is_stored_with_its_sound(office, answered, way):
    call, _record = answered
    served = way == "served by the PBX"
    url = f"{office.lab.url}/static/monitor/{{ref}}" if served else False
    office.settings(recording_url=url)
    [recording] = sound.stored(office, call)
    found = sound.listen(office, "petra", recording)
    assert near(found.seconds, call["talk_seconds"])
    assert found.strength > sound.QUIET


def test_of_a_ring_group_who_picked_up_is_the_agent(office):
    office.play("ring_group")
    call = office.call()
    assert (call["disposition"], call["agent"]) == ("answered", "tomas")
    found = {leg[1]: leg[2] for leg in office.legs(call)}
    assert found == {
        "100": "answered_elsewhere",
        "101": "answered",
        "102": "answered_elsewhere",
    }


def test_a_queue_rings_one_agent_in_vain_and_the_next_one_talks(office):
    office.play("queue")
    call = office.call()
    assert (call["disposition"], call["agent"]) == ("answered", "tomas")
    legs = [leg[:3] for leg in office.legs(call) if leg[0] == "agent"]
    assert legs == [("agent", "100", "missed"), ("agent", "101", "answered")]
    record = max(office.records(), key=lambda record: record[1])
    assert near(call["end_date"], record[1])
    assert call["talk_seconds"] < record[3]  # in the queue nobody talked yet


def test_a_message_on_the_mailbox_is_no_talk_and_can_be_heard(office):
    office.play("voicemail")
    call = office.call()
    assert (call["disposition"], call["talk_seconds"]) == ("voicemail", 0)
    office.settings(recording_url=False)  # by the bridge
    [recording] = sound.stored(office, call)
    found = sound.listen(office, "petra", recording)
    record = max(office.records())
    assert near(found.seconds, record[3])
    assert found.parts()[0] > sound.QUIET


@pytest.mark.parametrize("scene", ["transferred", "consulted", "consulted_by_phone"])
def test_a_transferred_call_is_one_call_of_both_agents(office, scene):
    office.play(scene)
    call = office.call()
    assert (call["number_e164"], call["disposition"]) == (JAMES, "answered")
    assert call["agent"] == "tomas"  # who talked last
    talks = {leg[1]: leg[3] for leg in office.legs(call) if leg[0] == "agent"}
    assert set(talks) == {"100", "101"} and talks["101"]
    records = office.records()
    assert near(call["start_date"], min(record[0] for record in records))
    assert near(call["end_date"], max(record[1] for record in records))


@pytest.mark.parametrize("directly", [True, False], ids=["directly", "by the bridge"])
def test_click_to_call_rings_the_agent_first_and_then_the_customer(office, directly):
    office.reach(directly)
    since = len(office.ami.messages)
    with office.phones() as phones:
        phones.phone("100", answers=1)
        phones.outside(answers=1, talks=2)
        said = office.rpc(
            "petra", "telephony.dial", "dial", JAMES, "crm.lead", office.deal
        )
        assert said["status"] == "calling", said
    call = office.call()
    assert (call["direction"], call["disposition"]) == ("outbound", "answered")
    assert (call["agent"], call["number_e164"]) == ("petra", JAMES)
    assert call["lead_id"] == office.deal
    assert call["call_ref"].startswith("odoo-")
    ties = "SELECT state, lead_id FROM telephony_dial WHERE call_id = %s"
    assert office.query(ties, call["id"]) == [("tied", office.deal)]
    assert office.up(since) == ["PJSIP/100", "PJSIP/trunk"]
    [(_start, end, _duration, talk, _result, linkedid, _phone)] = office.records()
    assert linkedid == call["call_ref"]
    assert near(call["talk_seconds"], talk) and near(call["end_date"], end)
