"""The samples for a dialplan, in a real Asterisk that asks a real Odoo.

No telephones: both ends of the calls are channels of Asterisk itself.
"""

import itertools
import time
from urllib.parse import unquote

import pytest
import requests

from setup.asterisk.ami import Ami
from setup.asterisk.configuration import DIALPLAN
from setup.asterisk.lab import Lab

from ..access import Rpc
from ..own import database, query, stack  # noqa: F401

CALLER, STRANGER, BLOCKED = "+442079460017", "+442079460099", "+442079460066"
DID = "+442037691881"
PATIENCE = 60  # seconds for what was posted
SAYS = "UserEvent(test,{})"
SECRETS = "TELEPHONY_SECRET='s3cret & $x'\n"
SHOWN = (
    "Action: ${TELEPHONY_ACTION},Extension: ${TELEPHONY_EXTENSION},"
    "Name: ${URIENCODE(${CALLERID(name)})}"
)
LOGGED = "b(telephony-log-leg^s^1(101))U(telephony-log-answer^101)"
# What an administrator writes around the samples, as their comments say.
AROUND = f"""
[test]
exten => name,1,Gosub(telephony-name,s,1)
 same => n,{SAYS.format(SHOWN)}
exten => route,1,Gosub(telephony-route,s,1({DID}))
 same => n,{SAYS.format(SHOWN)}
exten => hostile,1,Set(CALLERID(num)=+44 20"7946,0017&x)${{SHELL(true)}}\\)
 same => n,Goto(route,1)
exten => agi,1,AGI({DIALPLAN}/telephony_lookup.agi,route,,{DID})
 same => n,{SAYS.format(SHOWN)}
exten => agi-name,1,AGI({DIALPLAN}/telephony_lookup.agi,name)
 same => n,{SAYS.format(SHOWN)}
exten => incoming,1,Gosub(telephony-incoming,s,1({DID}))
 same => n,{SAYS.format("Action: usual,Dialled: ${DIALSTATUS}")}
exten => _[lwb].,1,Goto(telephony-spy,${{EXTEN}},1)
exten => logged,1,Gosub(telephony-log-call,s,1(inbound,{DID}))
 same => n,Dial(Local/101@phones/n,9,{LOGGED})
[phones]
exten => 100,1,{SAYS.format("Action: 100 rings")}
 same => n,Busy(1)
exten => 101,1,{SAYS.format("Action: 101 rings")}
 same => n,Answer()
 same => n,Wait(1)
"""


@pytest.fixture(scope="module")
def odoo(stack):
    """Odoo with a contact, a blocked number and both addresses."""
    rpc = Rpc(stack)

    def admin(model, method, *args, **kwargs):
        return rpc("admin", model, method, *args, **kwargs)

    [maya] = admin("res.users", "search", [["login", "=", "maya"]])
    [pbx] = admin("telephony.pbx", "search", [["name", "=", "Office"]])
    admin("telephony.pbx", "write", [pbx], {"route_to_responsible": True})
    admin("telephony.pbx", "action_open_lookup", [pbx])
    admin("telephony.pbx", "action_open_route", [pbx])
    admin(
        "res.partner",
        "create",
        {"name": "Олена Шевченко, ТОВ", "phone": CALLER, "user_id": maya},
    )
    admin("telephony.blocked.number", "create", {"number": BLOCKED})
    generic = {"name": "Dialplan", "adapter": "generic", "api_secret": "s3cret & $x"}
    [generic] = admin("telephony.pbx", "create", [generic])
    [urls] = admin("telephony.pbx", "read", [pbx], ["lookup_token", "route_token"])
    [hook] = admin("telephony.pbx", "read", [generic], ["webhook_token"])
    base = f"{stack.url}/telephony"
    found = {
        "TELEPHONY_LOOKUP": f"{base}/lookup/{urls['lookup_token']}",
        "TELEPHONY_ROUTE": f"{base}/route/{urls['route_token']}",
        "TELEPHONY_URL": f"{base}/webhook/{hook['webhook_token']}",
    }
    for _turn in range(10):  # each worker reads much when it is asked first
        for name in ("TELEPHONY_LOOKUP", "TELEPHONY_ROUTE"):
            requests.get(found[name], {"number": CALLER}, timeout=60)
    yield found
    admin("telephony.pbx", "write", [pbx], {"route_to_responsible": False})


class Asterisk:
    """A running one, with what an administrator sets."""

    def __init__(self, lab, ami):
        self.lab = lab
        self.ami = ami
        self.serial = itertools.count()

    def addresses(self, **urls):
        """Say where Odoo is asked: in the dialplan, and in the file of the scripts."""
        self.set(**urls)
        lines = [SECRETS, *(f"{name}={url}\n" for name, url in urls.items())]
        self.lab.scripts_file.write_text("".join(lines))

    def set(self, **variables):
        for name, value in variables.items():
            self.ami.action("Setvar", Variable=name, Value=value)

    def call(self, place, number=CALLER):
        """Have a call come in there; what is said of it, as a function that waits."""
        ref, since = f"test-{next(self.serial)}", len(self.ami.messages)
        self.ami.action(
            "Originate",
            Channel=f"Local/{place}@test/n",
            Application="Wait",
            Data="5",
            CallerID=number,
            Async="true",
            ChannelId=ref,
            OtherChannelId=f"{ref}-other",
        )

        def said(**headers):
            found = self.ami.wait(
                lambda message: (
                    message.get("Linkedid") == ref
                    and headers.items() <= message.items()
                ),
                since=since,
            )
            return {name: unquote(value) for name, value in found.items()}

        said.ref = f"{ref}-other"
        return said

    def asked(self, place, number=CALLER):
        """Have a call come in; what the dialplan knows of it then."""
        return self.call(place, number)(UserEvent="test")


@pytest.fixture(scope="module")
def asterisk(odoo, programs):
    with Lab("dialplan") as lab, Ami(lab) as ami:
        dialplan = lab.folder / "etc" / "extensions.conf"
        dialplan.write_text(dialplan.read_text() + AROUND)
        lab.cli("dialplan reload")
        deadline = time.monotonic() + PATIENCE
        while "telephony-name" not in (lab.cli("dialplan show name@test") or ""):
            assert time.monotonic() < deadline, "the dialplan is not read"
            time.sleep(0.1)
        found = Asterisk(lab, ami)
        found.set(TELEPHONY_TECH="Local", TELEPHONY_SUFFIX="@phones/n")
        yield found


@pytest.fixture(autouse=True)
def addresses(asterisk, odoo):
    """Odoo is there, unless a test says otherwise."""
    asterisk.addresses(**odoo)


@pytest.mark.parametrize("place", ["name", "agi-name"])
def test_the_name_is_shown(asterisk, place):
    assert asterisk.asked(place)["Name"] == "Олена Шевченко, ТОВ"
    assert asterisk.asked(place, STRANGER)["Name"] == ""
    assert asterisk.asked(place, "<anonymous>")["Name"] == ""


@pytest.mark.parametrize("place", ["route", "agi"])
def test_the_route_is_known(asterisk, place):
    said = asterisk.asked(place)
    assert (said["Action"], said["Extension"]) == ("redirect", "100")
    assert said["Name"] == "Олена Шевченко, ТОВ"
    assert asterisk.asked(place, STRANGER)["Action"] == "continue"
    assert asterisk.asked(place, BLOCKED)["Action"] == "reject"


def test_a_number_from_outside_is_no_part_of_the_dialplan(asterisk):
    said = asterisk.asked("hostile")
    assert (said["Action"], said["Extension"]) == ("redirect", "100")


def test_the_responsible_user_is_rung_first_and_then_it_goes_its_usual_way(asterisk):
    said = asterisk.call("incoming")
    assert said(Action="100 rings")
    assert said(Action="usual")["Dialled"] == "BUSY"
    assert asterisk.asked("incoming", STRANGER)["Action"] == "usual"


def test_a_blocked_caller_hears_that_it_is_busy(asterisk):
    said = asterisk.call("incoming", BLOCKED)
    assert said(Event="Hangup", Uniqueid=said.ref)["Cause"] == "17"


@pytest.mark.parametrize("place", ["route", "agi"])
@pytest.mark.parametrize("wrong", ["", "http://127.0.0.1:1/telephony/route/x", "x"])
def test_without_odoo_the_call_goes_its_usual_way(asterisk, odoo, place, wrong):
    address = odoo["TELEPHONY_ROUTE"] + wrong if wrong == "x" else wrong or "-"
    asterisk.addresses(TELEPHONY_ROUTE=address)
    said = asterisk.asked(place)
    assert (said["Action"], said["Extension"], said["Name"]) == ("continue", "", "")


def test_a_call_is_posted_by_the_script(asterisk, query):
    asterisk.call("logged")
    rows, deadline = None, time.monotonic() + PATIENCE
    while not rows and time.monotonic() < deadline:
        time.sleep(0.3)
        rows = query(
            "SELECT c.number_e164, c.direction, c.disposition, c.talk_seconds"
            "  FROM telephony_call c JOIN telephony_pbx p ON p.id = c.pbx_id"
            " WHERE p.name = 'Dialplan' AND c.state = 'ended'"
            "   AND c.disposition = 'answered' AND c.talk_seconds > 0"
        )
    # One second, told in whole ones.
    assert rows == [(CALLER, "inbound", "answered", pytest.approx(1.5, abs=0.5))]


@pytest.mark.parametrize("mode", ["listen", "whisper", "barge"])
def test_who_is_told_of_no_talk_hears_none(asterisk, mode):
    since = len(asterisk.ami.messages)
    said = asterisk.call(mode)
    said(Event="Hangup", Uniqueid=said.ref)
    ran = [told.get("Application") for _at, told in asterisk.ami.messages[since:]]
    assert "Hangup" in ran and "ChanSpy" not in ran
