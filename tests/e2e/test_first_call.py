"""The README's Zadarma page, followed by hand: from nothing to a call that is heard.

What is clicked is what the README names, in its order, and the test fails where it does
not name it. What it leaves out is the address of the simulated account, in place of the
vendor's.
"""

import os
import re
import time
from pathlib import Path

import pytest

from setup.lib.stack import Stack
from setup.simulator import Settings, Simulator
from setup.simulator.settings import Did, Extension

from .access import Query, Rpc
from .browser import Browser
from .stage import Stage

ROOT = Path(__file__).resolve().parents[2]
CALLER = "+442079460017"
LINE = "+442079460100"
SHOWN = "+44 20 7946 0017"
TALK = 5  # seconds
PATIENCE = 90  # seconds for a recording
PICTURES = os.environ.get("TELEPHONY_CRM_PICTURES")
PLAYBACK = "odoo.__WOWL_DEBUG__.root.env.services.telephony_playback"
CARD = ".o_telephony_card"


@pytest.fixture(scope="module")
def empty(databases, bare):
    """A database in which nothing was entered yet."""
    name = f"telephony_test_{os.getpid()}_empty"
    databases.copy(bare, name)
    yield name
    databases.drop(name)


@pytest.fixture(scope="module")
def running(databases, empty):
    with Stack(databases, empty, workers=2) as stack:
        yield stack


@pytest.fixture(scope="module")
def account():
    """An account at the vendor's that nobody has connected to anything yet."""
    settings = Settings(
        key="d0e1a2b3c4d5e6f70819",
        secret="5ec2e7f00dba5eba11ca",
        tz="Europe/London",
        extensions=[Extension("100", "Administrator"), Extension("101", "Reception")],
        dids=[Did(LINE, "London line", "United Kingdom", "London")],
    )
    with Simulator(settings) as pbx:
        yield pbx


@pytest.fixture(scope="module")
def desk(running):
    """The administrator's browser, who also has the extension 100."""
    with Browser() as browser, browser.person(running.url, "admin", "admin") as admin:
        yield Desk(admin)


class Readme:
    """The chapter, read from its top: what is done stands there, and in this order."""

    def __init__(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        chapter = text.partition("## Connecting a Zadarma account")[2]
        self.rest = re.sub(r"[*\s]+", " ", chapter.partition("\n## ")[0])

    def says(self, words):
        """Go on to where the chapter says these words; fails where it does not."""
        before, found, after = self.rest.partition(words)
        assert found, f"the README does not say {words!r} after: …{before[:80]}"
        self.rest = after


class Desk:
    """One tab, and what a person does in it."""

    def __init__(self, person):
        self.person = person
        self.readme = Readme()
        self.tab = None
        self.pictures = 0

    def open(self, path):
        """Open a page, in the place of the one before."""
        self.tab = self.person.open(path)
        self.tab.see(".o_main_navbar")

    def picture(self):
        """Keep what is on screen, where TELEPHONY_CRM_PICTURES names a folder."""
        if PICTURES:
            self.pictures += 1
            self.tab.picture(Path(PICTURES, f"first-call-{self.pictures:02}.png"))

    def press(self, words, within=""):
        """Click the button or the entry that the README calls so."""
        self.readme.says(words)
        self.click(words, within)

    def follow(self, words):
        """Note that what comes next is what the README says here."""
        self.readme.says(words)

    def click(self, words, within=""):
        """Click what bears these words, and nothing else that is clickable."""
        self.tab.see(f"{within} button, {within} a", words)
        self._click_words(
            f"{within} button, {within} a, {within} .o-dropdown-item", words
        )

    def _click_words(self, selector, words):
        """Click what is on screen with exactly these words."""
        self.tab.click_found(
            f"[...document.querySelectorAll({selector!r})]"
            ".filter((one) => one.getClientRects().length)"
            f".find((one) => one.innerText.trim() === {words!r})"
        )

    def fill(self, field, value):
        """Type into a field of the form."""
        self.tab.click(f".o_field_widget[name='{field}'] input")
        self.tab.type(value)

    def choose(self, field, value):
        """Type into a field that offers values, and take the one that is meant."""
        self.fill(field, value)
        offered = ".o-autocomplete--dropdown-item, .o_select_menu_item"
        self.tab.see(offered, value)
        self._click_words(offered, value)


def test_from_an_empty_database_to_a_call_that_is_heard(desk, account, running):
    _is_administrator(desk)
    _connect(desk, account)
    _set_up(desk, account)
    call = _is_called(desk, account)
    _is_heard(desk, call, running)


def _is_administrator(desk):
    """Look oneself up among the users: who installs Odoo has the right already."""
    desk.open("/odoo/settings")
    desk.follow("Settings → Users , open yourself, set Telephony to Administrator")
    desk.click("Manage Users")
    desk.tab.see(".o_data_row", "Administrator")
    desk.tab.click(".o_data_row .o_data_cell")
    desk.tab.see("[name='res_group_ids'], .o_form_view", "Telephony")
    desk.picture()


def _connect(desk, account):
    """Enter what the vendor has given."""
    tab = desk.tab
    desk.follow("create a key. Note key and secret")
    desk.open("/odoo/crm")
    desk.follow("CRM → ")
    tab = desk.tab
    desk.press("Configuration", ".o_menu_sections")
    desk.press("PBXs")
    tab.see(".o_control_panel", "PBXs")
    desk.press("New")
    tab.see(".o_form_view")
    desk.follow("give it a name, choose Zadarma")
    desk.fill("name", "Zadarma, London office")
    assert "Zadarma" in tab.evaluate(
        "document.querySelector(\".o_field_widget[name='adapter'] input\").value"
    )
    desk.follow("paste key and secret")
    desk.fill("api_key", account.settings.key)
    desk.fill("api_secret", account.settings.secret)
    desk.fill("api_url", account.url)
    desk.follow("choose the country")
    desk.choose("country_id", "United Kingdom")
    desk.picture()
    desk.follow("Save.")
    tab.click(".o_form_button_save")


def _set_up(desk, account):
    """Have the account tell what it has, and take it over."""
    tab = desk.tab
    desk.press("Set Up from the Account")
    desk.follow("nothing is changed yet")
    tab.see(".modal", "The PBX accepts the key.")
    tab.see(".modal", "Some events are not posted to this Odoo yet")
    assert not account.poster.calls.url
    desk.follow("the extensions with the users who have their name")
    tab.see(".modal", "Administrator")
    desk.picture()
    desk.press("Set Up", ".modal")
    desk.follow("Each step says in words what came of it")
    tab.see(".modal", "posts all its events to this Odoo")
    desk.picture()
    desk.click("Close", ".modal")
    tab.see_none(".modal")
    assert account.poster.calls.url and all(account.poster.calls.switches.values())
    assert account.poster.others.url and account.poster.others.switches["sms"]
    desk.picture()


def _is_called(desk, account):
    """Call from outside: the card appears; then the call is answered, and ends."""
    tab, call = desk.tab, Stage(account).call(CALLER)
    desk.follow("Call one of your numbers")
    call.rings()
    assert "London line" in tab.see(f"{CARD}.o_telephony_is_ringing", SHOWN)
    desk.picture()
    call.is_answered()
    time.sleep(TALK)
    call.ends()
    tab.see(CARD, f"Talked 0:{call.truth.talk_seconds:02} with")
    call.is_recorded()
    desk.follow("The card appears.")
    desk.picture()
    desk.click("Done", CARD)
    tab.see_none(CARD)
    desk.follow("Load the page of the PBX again: the line on top of it is green.")
    tab.send("Page.reload")
    tab.see(".alert-success")
    desk.picture()
    return call.truth


def _is_heard(desk, call, running):
    """Wait for the recording, and listen to it."""
    tab = desk.tab
    asking, rpc = Query(running.databases.server, running.database), Rpc(running)
    [[job]] = asking(
        "SELECT res_id FROM ir_model_data "
        "WHERE module = 'telephony_crm' AND name = 'ir_cron_recording_fetch'"
    )
    deadline = time.monotonic() + PATIENCE
    stored = "SELECT 1 FROM telephony_call_recording WHERE state = 'stored'"
    while not asking(stored):
        assert time.monotonic() < deadline
        rpc("admin", "ir.cron", "method_direct_trigger", [job])
        time.sleep(1)
    asking.close()
    desk.follow("its recording can be heard, under CRM → ")
    desk.open("/odoo/crm")
    tab = desk.tab
    desk.press("Calls", ".o_menu_sections")
    desk.press("My Calls")
    tab.see(".o_data_row")
    desk.picture()
    tab.click(".o_data_row .o_telephony_play")
    heard = f"{PLAYBACK}.audio?.currentTime > 1 && {PLAYBACK}.audio.duration"
    assert tab.wait(heard) == call.legs[0].talk_seconds
    desk.picture()
