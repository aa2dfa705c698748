"""The test of the connection, where what the PBX says is made up."""

import threading
import time

import pytest

from telephony_crm.bridge import check
from telephony_crm.bridge.check import ACTIONS, Check
from telephony_crm.bridge.config_sections import AsteriskConfig, CdrConfig, Config
from telephony_crm.bridge.connections import check_of

ALL = dict.fromkeys(ACTIONS, "")


class Client:
    """A connection to AMI; ``answers`` by the name of the action."""

    version = "11.0.0"

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def connect(self):
        """All is well."""

    def close(self):
        """Nothing is to be let go."""

    def action(self, name, **fields):
        """Return what was made up."""
        self.asked.append((name, fields))
        return self.answers.get(name, {})


def config(cdr="", **asterisk):
    given = {"ami_user": "odoo", "recordings": "", **asterisk}
    return Config(asterisk=AsteriskConfig(**given), cdr=CdrConfig(engine=cdr))


def run(answers, *args, **options):
    client = Client({"ListCommands": ALL, **answers})
    found = Check(config(*args, **options), lambda on_event: client, None).run()
    return found, client


def test_two_that_test_at_once_are_each_told_what_is_wrong_with_theirs():
    begun, other_is_done = threading.Event(), threading.Event()

    class Slow(Client):
        def close(self):
            begun.set()
            other_is_done.wait(5)

    clients = [Slow({"ListCommands": {}}), Client({"ListCommands": ALL})]
    both = Check(config(), lambda on_event: clients.pop(0), None)
    found = {}
    first = threading.Thread(target=lambda: found.update(first=both.run()))
    first.start()
    assert begun.wait(5)
    found["second"] = both.run()
    other_is_done.set()
    first.join()
    assert found["second"]["problems"] == []
    [problem] = found["first"]["problems"]
    assert "write=" in problem


def shown(classes):
    return {"Output": ["", "username: odoo", f"read perm: {classes}", "write perm: "]}


def written(*lines):
    numbered = {f"Line-000000-{at:06}": line for at, line in enumerate(lines)}
    return {"Category-000000": "odoo", **numbered}


COMMAND, FILE = ALL | {"Command": ""}, ALL | {"GetConfig": ""}


@pytest.mark.parametrize(
    ("classes", "lacking"),
    [
        ("system,call,agent,cdr", None),
        ("system,call,cdr,all", None),
        ("system,agent", "call, cdr"),
        ("call", "agent, cdr"),
        ("call,cdr,dialplan", "agent"),
        ("call,agent,dialplan", "cdr"),
        ("CALLS,agent,cdr", "call"),
        ("", "call, agent, cdr"),
    ],
)
def test_missing_rights_to_read_are_named(classes, lacking):
    for answers in (
        {"ListCommands": COMMAND, "Command": shown(classes)},
        {
            "ListCommands": FILE,
            "GetConfig": written("read=call,cdr", f"read={classes}"),
        },
    ):
        found, _client = run(answers)
        assert found["unsaid"] == []
        if lacking is None:
            assert found["problems"] == []
            continue
        [problem] = found["problems"]
        assert f"[odoo] needs {lacking} among read=" in problem


def test_a_user_without_the_line_reads_nothing():
    found, _client = run({"ListCommands": FILE, "GetConfig": written("secret=x")})
    assert "call, agent, cdr among read=" in found["problems"][0]


def test_who_has_the_table_is_told_of_menus_by_the_dialplan_or_by_records(tables):
    for classes, lacking in (
        ("call,agent,dialplan", None),
        ("call,agent,cdr", None),
        ("call,agent", "cdr"),
        ("call,dialplan", "agent"),
    ):
        answers = {"ListCommands": COMMAND, "Command": shown(classes)}
        problems = run(answers, "mysql")[0]["problems"]
        if lacking is None:
            assert problems == []
        else:
            assert len(problems) == 1
            assert f"[odoo] needs {lacking} among read=" in problems[0]


@pytest.fixture
def tables(monkeypatch):
    """Tables that can be read, or are as told: the error of looking, or seconds."""
    told = {"error": None, "seconds": 0}

    def look(_table):
        time.sleep(told["seconds"])
        if told["error"]:
            raise told["error"]

    monkeypatch.setattr(check.Table, "look", look)
    return told


def test_a_table_of_records_that_cannot_be_read_is_named(tables):
    well = {"ListCommands": COMMAND, "Command": shown("all")}
    tables["error"] = OSError("The CDR table cdr cannot be read: no such user.")
    assert run(well)[0]["problems"] == [], "where there is none, none is tried"
    [problem] = run(well, "postgresql")[0]["problems"]
    assert problem.startswith("The CDR table cdr cannot be read: no such user.")
    assert "[cdr]" in problem


def test_nobody_waits_for_a_table_that_does_not_answer(tables, monkeypatch):
    monkeypatch.setattr(check, "TABLE_PATIENCE", 0.05)
    tables["seconds"] = 1
    well = {"ListCommands": COMMAND, "Command": shown("all")}
    [problem] = run(well, "mysql")[0]["problems"]
    assert "does not answer" in problem


@pytest.mark.parametrize("engine", ["mysql", "postgresql"])
def test_a_table_is_really_tried(engine):
    cdr = CdrConfig(engine=engine, port=1, user="odoo", password="Tell-Nobody")
    asked = Config(asterisk=AsteriskConfig(ami_user="odoo", recordings=""), cdr=cdr)
    well = Client({"ListCommands": COMMAND, "Command": shown("all")})
    [problem] = Check(asked, lambda on_event: well, None).run()["problems"]
    assert "CDR table" in problem
    assert "Tell-Nobody" not in problem


def test_a_connection_that_cannot_be_made_is_a_sentence_as_well():
    asterisk = AsteriskConfig(
        ami_user="odoo", ami_tls=True, verify="/nowhere.pem", recordings=""
    )
    [problem] = check_of(Config(asterisk=asterisk)).run()["problems"]
    assert "verify" in problem


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"ListCommands": COMMAND, "Command": {"Response": "Error"}},
        {"ListCommands": FILE, "GetConfig": {"Response": "Success"}},  # elsewhere
    ],
)
def test_where_the_pbx_does_not_say_it_that_is_said(answers):
    found, _client = run(answers)
    assert (found["problems"], found["unsaid"]) == ([], ["call", "agent", "cdr"])


def test_the_file_with_the_secret_is_asked_for_only_where_nobody_learns_it():
    answers = {"ListCommands": FILE, "GetConfig": written("read=")}
    for way, is_asked in (
        ({"ami_host": "127.0.0.1"}, True),
        ({"ami_host": "pbx.example"}, False),
        ({"ami_host": "pbx.example", "ami_tls": True}, True),
        ({"ami_host": "", "ami_url": "http://pbx.example/rawman"}, True),
    ):
        _found, client = run(answers, **way)
        assert ("GetConfig" in dict(client.asked)) is is_asked, way
