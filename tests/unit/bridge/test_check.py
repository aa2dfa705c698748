"""The test of the connection, where what the PBX says is made up."""

import threading

from telephony_crm.bridge.check import ACTIONS, Check
from telephony_crm.bridge.config import AsteriskConfig, CdrConfig, Config

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
