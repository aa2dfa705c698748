"""The test of the connection, where what the PBX says is made up."""

import threading

import pytest

from telephony_crm.bridge.check import ACTIONS, Check
from telephony_crm.bridge.config_sections import AsteriskConfig, CdrConfig, Config

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
    check = Check(config(), lambda on_event: clients.pop(0), None)
    found = {}
    first = threading.Thread(target=lambda: found.update(first=check.run()))
    first.start()
    assert begun.wait(5)
    found["second"] = check.run()
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
        ("call", "cdr"),
        ("CALLS,cdr", "call"),
        ("", "call, cdr"),
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
    assert "call, cdr among read=" in found["problems"][0]


def test_who_has_the_table_of_records_need_not_be_told_of_them():
    answers = {"ListCommands": COMMAND, "Command": shown("call")}
    assert run(answers, "mysql")[0]["problems"] == []


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
    assert (found["problems"], found["unsaid"]) == ([], ["call", "cdr"])


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
