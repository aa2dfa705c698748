"""Telephones in real browsers, on a real Asterisk, with the bridge between it and Odoo.

The outer world is sipp, whose tone the browsers hear; they have a tone of their own.
"""

import time

import pytest

from setup.asterisk import Lab, bridge
from setup.asterisk.phones import Phones
from setup.lib.process import HOST

from .access import Rpc
from .browser import Browser
from .own import database, query, stack  # noqa: F401

# Sound on a machine without any, and between two programs on the loopback.
FLAGS = (
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
OLENA, BROWSER_LINE = "+442079460017", "+442079460110"
SECRET = "secret-of-the-bridge"
AGENTS = {"sofia": "110", "victor": "111"}
PATIENCE = 30  # seconds for what the bridge tells
CARD, RINGING = ".o_telephony_card", ".o_telephony_card.o_telephony_is_ringing"
SOFTPHONE = "odoo.__WOWL_DEBUG__.root.env.services.telephony_softphone"
DIALING = "odoo.__WOWL_DEBUG__.root.env.services.telephony.dialing"
REGISTERED = f"{SOFTPHONE}.state.status === 'registered'"
# Of the one call that is heard: packets, and the energy of the sound that came.
SOUND = f"""(async () => {{
    const found = {{ got: 0, energy: 0, sent: 0 }};
    for (const call of {SOFTPHONE}.line.calls.values()) {{
        if (call.held) {{
            continue;
        }}
        for (const one of (await call.session.connection.getStats()).values()) {{
            if (one.type === "inbound-rtp") {{
                found.got += one.packetsReceived;
                found.energy += one.totalAudioEnergy;
            }} else if (one.type === "outbound-rtp") {{
                found.sent += one.packetsSent;
            }}
        }}
    }}
    return found;
}})()"""


class Office:
    """An Asterisk that is connected to Odoo, and who telephones with it."""

    def __init__(self, lab, stack):
        self.lab = lab
        self.stack = stack
        self.rpc = Rpc(stack)
        self.bridge = None
        self.pbx = self._connect()

    def admin(self, model, method, *args, **kwargs):
        return self.rpc("admin", model, method, *args, **kwargs)

    def _connect(self):
        """Enter the PBX, the agents' extensions and a customer."""
        [country] = self.admin("res.country", "search", [["code", "=", "GB"]])
        values = {"adapter": "asterisk", "tz": "UTC", "country_id": country}
        values |= {"name": "Branch", "api_secret": SECRET, "api_url": self.lab.url}
        [pbx] = self.admin("telephony.pbx", "create", [values])
        marks = self.lab.settings
        known = {
            "ari_user": marks["ARI_USER"],
            "ari_password": marks["ARI_PASSWORD"],
            "ami_user": marks["AMI_USER"],
            "ami_password": marks["AMI_PASSWORD"],
            "softphone_url": f"ws://{HOST}:{marks['HTTP_PORT']}/ws",
        }
        fields = ["key", "is_secret"]
        of_pbx = [["pbx_id", "=", pbx]]
        for one in self.admin("telephony.pbx.setting", "search_read", of_pbx, fields):
            if one["key"] in known:
                name = "secret_value" if one["is_secret"] else "value"
                value = {name: known[one["key"]]}
                self.admin("telephony.pbx.setting", "write", [one["id"]], value)
        [maya] = self.admin("res.users", "search", [["login", "=", "maya"]])
        [rights] = self.admin("res.users", "read", [maya], ["group_ids"])
        for login, number in AGENTS.items():
            values = {"name": login.title(), "login": login, "password": login}
            values |= {"group_ids": [(6, 0, rights["group_ids"])]}
            silent = {"no_reset_password": True}
            [user] = self.admin("res.users", "create", [values], context=silent)
            values = {"pbx_id": pbx, "number": number, "user_id": user}
            values |= {"softphone": True, "sip_password": marks["SIP_PASSWORD"]}
            self.admin("telephony.extension", "create", [values])
        olena = {"name": "Olena Shevchenko", "phone": OLENA}
        self.admin("res.partner", "create", [olena])
        return pbx

    @property
    def webhook(self):
        [pbx] = self.admin("telephony.pbx", "read", [self.pbx], ["webhook_token"])
        return f"{self.stack.url}/telephony/webhook/{pbx['webhook_token']}"

    def close(self):
        """Stop the bridge first: it would look for an Asterisk that is gone."""
        if self.bridge:
            self.bridge.stop()
            self.bridge = None
        self.lab.stop()

    def calls(self, *fields):
        """The calls of this PBX that Odoo knows, the last one first."""
        domain = [["pbx_id", "=", self.pbx]]
        return self.admin("telephony.call", "search_read", domain, list(fields))

    def ended(self, *fields, number=OLENA):
        """Wait until no call goes on; the last one with that number."""
        deadline = time.monotonic() + PATIENCE
        while True:
            calls = self.calls("state", "number_e164", *fields)
            if calls and all(call["state"] == "ended" for call in calls):
                return next(one for one in calls if one["number_e164"] == number)
            assert time.monotonic() < deadline, calls
            time.sleep(0.2)


@pytest.fixture(scope="module")
def office(databases, stack):
    with Lab("softphone", RING=30) as lab:
        found = Office(lab, stack)
        found.bridge = bridge.start(lab, databases, found.webhook, SECRET)
        yield found
        found.close()


@pytest.fixture(scope="module")
def chromium():
    with Browser(*FLAGS) as browser:
        yield browser


@pytest.fixture
def phones(office):
    with Phones(office.lab) as found:
        yield found


@pytest.fixture
def sofia(chromium, stack, office):
    with chromium.person(stack.url, "sofia", "sofia") as person:
        yield person


@pytest.fixture
def victor(chromium, stack, office):
    with chromium.person(stack.url, "victor", "victor") as person:
        yield person


def sits(person, path="/odoo/contacts"):
    """A tab of somebody whose softphone can be rung."""
    tab = person.open(path)
    tab.wait(REGISTERED)
    return tab


def hears(tab):
    """Wait until sound flows both ways, and is no silence."""
    before = tab.evaluate(SOUND)
    grown = " && ".join(
        f"now.{name} > {before[name]} + {more}"
        for name, more in (("got", 50), ("sent", 50), ("energy", 0.01))
    )
    tab.wait(f"{SOUND}.then((now) => {grown})")


def does(tab, button, *then):
    """Click a button of the card once it is there, and wait for what shows then."""
    tab.see(button)
    tab.click(button)
    if then:
        tab.see(*then)


def test_a_customer_is_answered_held_and_handed_to_a_colleague(
    office, phones, sofia, victor
):
    mine, his = sits(sofia), sits(victor)
    phones.caller(OLENA, BROWSER_LINE)
    mine.see(RINGING, "Olena Shevchenko")
    does(mine, ".o_telephony_answer", ".o_telephony_hang_up")
    hears(mine)
    mine.see(CARD, "In conversation")

    does(mine, ".o_telephony_hold", ".o_telephony_hold", "Resume")
    time.sleep(1.2)  # a hold is told in whole seconds
    does(mine, ".o_telephony_hold", ".o_telephony_hold", "Hold")
    hears(mine)

    does(mine, ".o_telephony_transfer_open", ".o_telephony_transfer_row", "Victor")
    does(mine, ".o_telephony_transfer_row", ".o_telephony_consult")
    does(mine, ".o_telephony_consult", ".o_telephony_consultation", "Calling Victor")
    does(his, ".o_telephony_answer", ".o_telephony_hang_up")
    mine.see(".o_telephony_consultation", "You are asking Victor")
    hears(his)
    does(mine, ".o_telephony_complete")
    mine.see_none(".o_telephony_hang_up")
    his.see(CARD, "Olena Shevchenko")
    hears(his)
    does(his, f"{CARD} .o_telephony_hang_up")
    phones.over(PATIENCE)

    call = office.ended("partner_id", "user_id", "disposition", "direction", "leg_ids")
    assert call["partner_id"][1] == "Olena Shevchenko"
    assert call["user_id"][1] == "Victor"
    assert (call["direction"], call["disposition"]) == ("inbound", "answered")
    fields = ["user_id", "hold_seconds", "disposition"]
    legs = office.admin("telephony.call.leg", "read", call["leg_ids"], fields)
    agents = {leg["user_id"][1]: leg for leg in legs if leg["user_id"]}
    assert set(agents) == {"Sofia", "Victor"}
    assert agents["Sofia"]["hold_seconds"] >= 1
    assert len(office.calls("state")) == 1, (
        "the question to Victor is no call of its own"
    )


def test_a_click_on_a_number_rings_the_own_browser_which_answers(office, phones, sofia):
    tab = sits(sofia)
    phones.outside(answers=1.0)
    tab.evaluate(f"{DIALING}.dial('{OLENA}')")
    tab.see(CARD, "Olena Shevchenko")
    hears(tab)
    does(tab, ".o_telephony_hang_up")
    phones.over(PATIENCE)
    call = office.ended("direction", "disposition", "user_id")
    assert (call["direction"], call["disposition"]) == ("outbound", "answered")
    assert call["user_id"][1] == "Sofia"


def test_one_tab_is_the_telephone_and_another_takes_over(office, phones, sofia):
    first, second = sits(sofia), sits(sofia, "/odoo/crm")
    is_telephone = f"Boolean({SOFTPHONE}.line)"
    assert [tab.evaluate(is_telephone) for tab in (first, second)] == [True, False]
    contacts = office.lab.cli("pjsip show contacts")
    assert contacts.count(" 110/") == 1
    phones.caller(OLENA, BROWSER_LINE)
    does(second, ".o_telephony_answer", ".o_telephony_hang_up")
    hears(first)
    does(second, ".o_telephony_hang_up")
    phones.over(PATIENCE)
    first.send("Page.navigate", url="about:blank")
    second.wait(f"{is_telephone} && {REGISTERED}")
    phones.caller(OLENA, BROWSER_LINE)
    does(second, ".o_telephony_answer", ".o_telephony_hang_up")
    hears(second)
    does(second, ".o_telephony_hang_up")
    phones.over(PATIENCE)


def test_a_wrong_password_and_a_lost_connection_are_said(office, sofia):
    tab = sits(sofia)
    domain = [["pbx_id", "=", office.pbx], ["number", "=", "110"]]
    extension = office.admin("telephony.extension", "search", domain)
    right = office.lab.settings["SIP_PASSWORD"]
    tab.click(".o_telephony_systray")
    for password, words in (("wrong", "not accept the password"), (right, "")):
        values = {"sip_password": password}
        office.admin("telephony.extension", "write", extension, values)
        tab.evaluate(f"{SOFTPHONE}.act('', 'restart')")
        if words:
            tab.see(".o_telephony_dialer_message", words)
        else:
            tab.see(".o_telephony_softphone_head", "ready on extension 110")
    office.close()
    tab.see(".o_telephony_dialer_message", "no connection to the PBX")
