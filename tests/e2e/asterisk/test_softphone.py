"""Telephones in real browsers, on a real Asterisk, with the bridge between it and Odoo.

The outer world is sipp, whose tone the browsers hear; they have a tone of their own.
The browsers are connected by TLS.
"""

import time

import pytest

from setup.asterisk.play import JAMES

from ..browser import Browser
from ..own import database, query, stack  # noqa: F401
from . import sound
from .office import near, opened, seconds
from .softphone import (
    CARD,
    DIALING,
    FLAGS,
    LINE,
    MENU,
    REGISTERED,
    RINGING,
    SOFTPHONE,
    does,
    seat,
    sits,
    talks,
)

ROW = ".o_telephony_transfer_row"
AUDIO = "odoo.__WOWL_DEBUG__.root.env.services.telephony_playback.audio"
ACTIONS = "odoo.__WOWL_DEBUG__.root.env.services.action"
THE_CALL = f"[...{SOFTPHONE}.line.calls.values()][0]"
MESSAGE = ".o_telephony_dialer_message"
READY = (".o_telephony_softphone_head", "ready on extension 110")


@pytest.fixture(scope="module")
def office(programs, databases, stack, query):
    with opened(databases, stack, query, RING=30) as found:
        found.door = seat(found)
        yield found
        found.door.shut()


@pytest.fixture(scope="module")
def chromium():
    with Browser(*FLAGS) as browser:
        yield browser


@pytest.fixture
def sofia(chromium, stack, office):
    with chromium.person(stack.url, "sofia", "sofia") as person:
        person.permit("microphone")
        yield person


@pytest.fixture
def victor(chromium, stack, office):
    with chromium.person(stack.url, "victor", "victor") as person:
        person.permit("microphone")
        yield person


@pytest.fixture(scope="module")
def handed(office, chromium, stack):
    """A call that Sofia answered, held and handed to Victor; and Asterisk's records."""
    people = [chromium.person(stack.url, name, name) for name in ("sofia", "victor")]
    with people[0] as sofia, people[1] as victor, office.phones() as phones:
        sofia.permit("microphone")
        victor.permit("microphone")
        mine, his = sits(sofia), sits(victor)
        phones.caller(JAMES, LINE)
        mine.see(RINGING, "James")
        does(mine, ".o_telephony_answer", ".o_telephony_hang_up")
        talks(mine)
        mine.see(CARD, "In conversation")

        does(mine, ".o_telephony_hold", ".o_telephony_hold", "Resume")
        time.sleep(1.2)  # a hold is told in whole seconds
        does(mine, ".o_telephony_hold", ".o_telephony_hold", "Hold")
        talks(mine)

        does(mine, ".o_telephony_transfer_open", ROW, "Victor")
        mine.type("Victor")
        mine.wait(f"document.querySelectorAll('{ROW}').length === 1")
        does(mine, ROW)
        does(mine, ".o_telephony_consult", ".o_telephony_consultation", "Calling")
        does(his, ".o_telephony_answer", ".o_telephony_hang_up")
        mine.see(".o_telephony_consultation", "You are asking Victor")
        talks(his)
        does(mine, ".o_telephony_complete")
        mine.see_none(".o_telephony_hang_up")
        his.see(CARD, "James")
        talks(his)
        does(his, f"{CARD} .o_telephony_hang_up")
    return office.call(), office.records()


def test_a_customer_is_answered_held_and_handed_to_a_colleague(office, handed):
    call, _records = handed  # no other: the question to Victor is no call of its own
    assert (call["direction"], call["disposition"]) == ("inbound", "answered")
    assert (call["partner_id"], call["lead_id"]) == (office.customer, office.deal)
    assert (call["number_e164"], call["agent"]) == (JAMES, "victor")
    legs = {leg[1]: leg for leg in office.legs(call) if leg[0] == "agent"}
    assert set(legs) == {"110", "111"}
    assert legs["110"][4] >= 1  # on hold


def test_its_times_are_those_of_the_pbx(handed):
    call, records = handed
    start, end, _duration, talk, *_rest = records[0]
    last = max(record[1] for record in records)
    assert near(call["start_date"], start)
    assert near(call["answer_date"], end - seconds(talk))
    assert near(call["end_date"], last)
    assert near(seconds(call["talk_seconds"]), last - call["answer_date"])


def test_both_are_heard_in_its_recording_which_plays_in_the_form(
    office, handed, victor
):
    call, _records = handed
    # the other one is of the question to Victor
    sounds = [sound.listen(office, "victor", one) for one in sound.stored(office, call)]
    found = max(sounds, key=lambda one: one.seconds)
    assert near(int(found.seconds), call["talk_seconds"])  # whole ones
    caller, agents = found.parts()
    assert caller > sound.QUIET and agents > sound.QUIET
    tab = victor.open(f"/odoo/my-calls/{call['id']}")
    place = f".o_telephony_recordings > :nth-child({sounds.index(found) + 1})"
    does(tab, f".o_form_view {place} .o_telephony_play")
    heard = tab.wait(f"{AUDIO}.currentTime > 0.5 && {AUDIO}.currentTime")
    tab.wait(f"{AUDIO}.currentTime > {heard} + 0.5")
    assert near(tab.evaluate(f"Math.floor({AUDIO}.duration)"), call["talk_seconds"])


def test_a_click_on_a_lead_rings_the_desk_phone_and_then_the_customer(
    office, chromium, stack
):
    since = len(office.ami.messages)
    with (
        chromium.person(stack.url, "petra", "petra") as petra,
        office.phones() as phones,
    ):
        tab = petra.open(f"/odoo/crm/{office.deal}")
        tab.see(".o_field_widget[name='phone'] .o_telephony_call")
        phones.phone("100", answers=1)
        phones.outside(answers=1, talks=5)
        tab.click(".o_field_widget[name='phone'] .o_telephony_call")
        tab.see(CARD, "In conversation")
    call = office.call()
    assert (call["direction"], call["disposition"]) == ("outbound", "answered")
    assert (call["agent"], call["number_e164"]) == ("petra", JAMES)
    assert (call["partner_id"], call["lead_id"]) == (office.customer, office.deal)
    assert office.up(since) == ["PJSIP/100", "PJSIP/trunk"]


def test_a_click_on_a_number_rings_the_own_browser_which_answers(office, sofia):
    with office.phones() as phones:
        tab = sits(sofia)
        phones.outside(answers=1.0)
        tab.evaluate(f"{DIALING}.dial('{JAMES}')")
        tab.see(CARD, "James")
        talks(tab)
        # known by its reference, which the INVITE carried, and not by the number
        told = tab.evaluate(f"[...{SOFTPHONE}.line.calls.values()][0].session.callRef")
        does(tab, ".o_telephony_hang_up")
    call = office.call()
    assert (call["direction"], call["disposition"]) == ("outbound", "answered")
    assert (call["agent"], call["call_ref"]) == ("sofia", told)


def test_keys_that_are_pressed_in_the_dialler_reach_the_pbx(office, sofia):
    since = len(office.ami.messages)
    tab = sits(sofia)
    tab.evaluate(f"{DIALING}.dial('{MENU}')")
    tab.see(f"{CARD} .o_telephony_hang_up")
    tab.click(".o_telephony_systray")
    for key in "42":
        does(tab, f".o_telephony_dialer [data-key='{key}']")
    tab.type("7#")
    tab.see(".o_telephony_dialer .o_telephony_pressed", "427#")
    said = office.ami.wait("UserEvent", since=since)
    assert (said["UserEvent"], said["Pressed"]) == ("Keys", "427")


def test_one_tab_is_the_telephone_and_another_takes_over(office, sofia):
    first, second = sits(sofia), sits(sofia, "/odoo/crm")
    is_telephone = f"Boolean({SOFTPHONE}.line)"
    assert [tab.evaluate(is_telephone) for tab in (first, second)] == [True, False]
    # That of a page before is taken back as soon as its end is noticed.
    shown = "pjsip show contacts"
    office.wait(lambda: (office.lab.cli(shown) or "").count(" 110/") == 1)
    with office.phones() as phones:
        phones.caller(JAMES, LINE)
        does(second, ".o_telephony_answer", ".o_telephony_hang_up")
        talks(first)
        does(second, ".o_telephony_hang_up")
    first.send("Page.navigate", url="about:blank")
    second.wait(f"{is_telephone} && {REGISTERED}")
    with office.phones() as phones:
        phones.caller(JAMES, LINE)
        does(second, ".o_telephony_answer", ".o_telephony_hang_up")
        talks(second)
        does(second, ".o_telephony_hang_up")


def test_a_talk_goes_on_while_the_user_moves_about_and_another_tab_loads_anew(
    office, sofia
):
    first, second = sits(sofia), sits(sofia, "/odoo/crm")
    with office.phones() as phones:
        phones.caller(JAMES, LINE, talks=55)  # on a busy machine a page takes long
        does(first, ".o_telephony_answer", ".o_telephony_hang_up")
        talks(first)
        held = first.evaluate(f"window.heldCall = {THE_CALL}; heldCall.session.callRef")
        second.send("Page.reload")
        first.evaluate(f"{ACTIONS}.doAction('crm.crm_lead_action_pipeline')")
        first.see(".o_opportunity_kanban")
        talks(first)
        first.evaluate("history.back()")
        first.see(".o_breadcrumb", "Contacts")
        second.wait(f"Boolean({SOFTPHONE}) && !{SOFTPHONE}.line && {REGISTERED}")
        second.see(f"{CARD} .o_telephony_hang_up")
        talks(first)
        assert first.evaluate(f"{THE_CALL} === heldCall && {THE_CALL}.session.callRef")
        does(second, ".o_telephony_hang_up")
    call = office.call()  # no other
    assert (call["call_ref"], call["disposition"]) == (held, "answered")


def test_a_refused_microphone_is_said_and_the_call_rings_on(office, sofia):
    sofia.permit("microphone", "denied")
    tab = sits(sofia)
    tab.click(".o_telephony_systray")
    tab.see(MESSAGE, "The browser does not let Odoo use the microphone")
    tab.click(".o_telephony_systray")
    with office.phones() as phones:
        phones.caller(JAMES, LINE)
        does(tab, ".o_telephony_answer")
        tab.see(f"{RINGING} .o_telephony_problem", "Allow it in the site settings")
        sofia.permit("microphone")
        does(tab, ".o_telephony_answer", ".o_telephony_hang_up")
        talks(tab)
        tab.see_none(".o_telephony_problem")
        does(tab, ".o_telephony_hang_up")


def test_a_lost_connection_is_said_while_the_talk_goes_on(office, sofia):
    tab = sits(sofia)
    with office.phones() as phones:
        phones.caller(JAMES, LINE)
        does(tab, ".o_telephony_answer", ".o_telephony_hang_up")
        tab.click(".o_telephony_systray")
        office.door.shut()
        tab.see(MESSAGE, "no connection to the PBX")
        talks(tab)
        office.door.open()
        tab.see(*READY)
        tab.click(".o_telephony_systray")
        does(tab, ".o_telephony_hang_up")


def test_a_wrong_password_is_said(office, sofia):
    tab = sits(sofia)
    domain = [["pbx_id", "=", office.pbx], ["number", "=", "110"]]
    extension = office.admin("telephony.extension", "search", domain)
    right = office.lab.settings["SIP_PASSWORD"]
    tab.click(".o_telephony_systray")
    for password, words in (
        ("wrong", (MESSAGE, "not accept the password")),
        (right, READY),
    ):
        values = {"sip_password": password}
        office.admin("telephony.extension", "write", extension, values)
        tab.evaluate(f"{SOFTPHONE}.act('', 'restart')")
        tab.see(*words)
