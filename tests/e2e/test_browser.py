"""What an agent sees and does in a real browser, with the simulated PBX."""

import json

import pytest

from .bridge import until
from .browser import Browser
from .pbx import caller
from .tab import PATIENCE, shows

CARD = ".o_telephony_card"
LINE = ".o_telephony_line"
SERVICE = "odoo.__WOWL_DEBUG__.root.env.services.telephony"
SOUNDS = f"!!{SERVICE}.alert.ring.timer"
CONNECTED = f"{SERVICE}.link.connected && {SERVICE}.services.bus_service.isActive"
FOCUSED = "document.activeElement.closest('.o_field_widget')?.getAttribute('name')"


@pytest.fixture(scope="module")
def browser():
    with Browser() as running:
        yield running


@pytest.fixture
def maya(browser, stack):
    """Who has the extension 100, at a browser of her own."""
    with browser.person(stack.url, "maya", "maya") as person:
        yield person


@pytest.fixture
def customer(rpc):
    """A customer with an open deal, both Maya's: ``(name, number, lead's id)``."""
    number = "+" + caller()
    name = f"Olena {number[-4:]}"
    maya = rpc("admin", "res.users", "search", [["login", "=", "maya"]])[0]
    values = {"name": name, "phone": number, "user_id": maya}
    partner = rpc("admin", "res.partner", "create", [values])[0]
    deal = {
        "name": "Spring order",
        "type": "opportunity",
        "partner_id": partner,
        "user_id": maya,
    }
    return name, number, rpc("admin", "crm.lead", "create", [deal])[0]


def desk(person, path="/odoo/my-calls"):
    """Return a tab that has loaded and hears what the server says."""
    tab = person.open(path)
    tab.see(".o_action_manager .o_view_controller, .o_action_manager .o_action")
    tab.wait(CONNECTED)
    return tab


def test_a_call_is_shown_from_its_ringing_to_the_form_after_it(maya, stage, customer):
    name, number, _lead = customer
    tab = desk(maya)
    call = stage.call(number)
    call.rings()
    assert "Spring order" in tab.see(f"{CARD}.o_telephony_is_ringing", name)

    call.is_answered()
    timer = f"{CARD}.o_telephony_is_talking .o_telephony_timer"
    begun = tab.see(timer)
    text = f"document.querySelector({json.dumps(timer)}).innerText"
    tab.wait(f"{text} !== {json.dumps(begun)}")

    call.ends()
    assert "Interested" in tab.see(f"{CARD}.o_telephony_is_after", "Talked")
    tab.see_none(".o_telephony_timer")
    tab.click(f"{CARD} .o_telephony_done")
    tab.see_none(CARD)


def test_two_tabs_show_the_same_and_one_of_them_sounds(maya, stage, customer, query):
    name, number, _lead = customer
    tabs = desk(maya), desk(maya)
    call = stage.call(number)
    call.rings()
    for tab in tabs:
        tab.see(CARD, name)
    one, other = tabs
    one.wait(f"{SERVICE}.alert.isMain !== undefined")
    other.wait(f"{SERVICE}.alert.isMain !== undefined")
    until(
        lambda: [tab.evaluate(SOUNDS) for tab in tabs].count(True) == 1,
        PATIENCE,
        "none of the tabs sounds, or both do",
    )

    one.click(".o_telephony_minimise")
    other.see(LINE, name)
    other.see_none(CARD)
    other.click(".o_telephony_expand")
    one.see(CARD, name)

    other.click(f"{CARD} .o_telephony_close")
    for tab in tabs:
        tab.see_none(CARD)
        tab.wait(f"!({SOUNDS})")
    assert query(
        "SELECT state FROM telephony_call WHERE call_ref = %s", call.truth.ref
    ) == [("ringing",)]


def test_a_call_answered_elsewhere_leaves_both_tabs(maya, stage, customer):
    name, number, _lead = customer
    tabs = desk(maya), desk(maya)
    call = stage.call(number)
    call.rings("first", "second")
    for tab in tabs:
        tab.see(CARD, name)
    # It is said for some seconds only, in each tab.
    said = f"{shows(CARD, 'Answered by Bruno')} && !({SOUNDS})"
    seen = [tab.look_out(said) for tab in tabs]
    call.is_answered("second")
    for is_seen in seen:
        is_seen()
    for tab in tabs:
        tab.see_none(CARD)


def test_no_card_outlives_its_call_when_the_connection_was_lost(
    maya, stage, simulator, stack, pbx, customer
):
    name, number, _lead = customer
    tab = desk(maya)
    ended, begun = stage.call(number), stage.call("+" + caller())
    ended.rings()
    tab.see(CARD, name)

    stack.nginx.stop()
    proxy = simulator.poster.calls.url
    try:
        tab.see(CARD, "No connection")
        # The PBX has a way of its own to Odoo, which the browser has not.
        simulator.poster.calls.url = proxy.replace(
            f":{stack.port}/", f":{stack.http_port}/"
        )
        ended.is_missed()
        begun.rings()
        tab.see(CARD, name)
    finally:
        stack.start_nginx()
        simulator.poster.calls.url = proxy

    tab.see(f"{CARD}.o_telephony_is_ringing", "Not in your contacts")
    tab.wait(f"!document.body.innerText.includes({json.dumps(name)})")
    assert "No connection" not in tab.see(CARD)


def test_the_focus_stays_where_somebody_types(maya, stage, customer):
    name, number, lead = customer
    tab = desk(maya, f"/odoo/crm/{lead}")
    tab.click(".o_field_widget[name='email_from'] input")
    tab.wait(f"{FOCUSED} === 'email_from'")
    tab.type("olena@")
    stage.call(number).rings()
    tab.see(CARD, name)
    tab.type("example.com")
    assert tab.evaluate(FOCUSED) == "email_from"
    assert tab.evaluate("document.activeElement.value") == "olena@example.com"


def test_a_click_on_a_leads_number_calls_it_for_that_lead(
    maya, stage, simulator, customer, query
):
    name, number, lead = customer
    simulator.place = stage.place
    tab = desk(maya, f"/odoo/crm/{lead}")
    tab.click(".o_field_widget[name='phone'] .o_telephony_call")
    until(lambda: stage.scenes, PATIENCE, "the PBX was not asked")
    (placed,) = stage.scenes
    placed.rings_back()
    assert "Spring order" in tab.see(f"{CARD}.o_telephony_is_ringing", name)
    placed.is_taken()
    tab.see(CARD, "Calling")
    call = placed.truth
    assert (call.number, call.extension) == (number, "100")
    assert query(
        "SELECT direction, lead_id FROM telephony_call WHERE call_ref = %s", call.ref
    ) == [("outbound", lead)]
    assert query("SELECT state FROM telephony_dial WHERE lead_id = %s", lead) == [
        ("tied",)
    ]
    is_busy = tab.look_out(shows(CARD, "Busy"))  # for some seconds
    placed.finds_busy()
    is_busy()
