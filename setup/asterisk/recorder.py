"""Plays the scenes and writes down what the manager interface said of each."""

import json
import re
import time
from pathlib import Path

from setup.lib import paths
from setup.lib.console import Failure, step

from .ami import Ami
from .phones import Phones
from .play import Play
from .scenes import SCENES

TARGET = paths.ROOT / "telephony_crm/tests/payloads/asterisk/streams"
SCHEMA = Path(__file__).parent / "etc" / "cdr.sql"
PLACE = "192.0.2.10:5060"  # of a telephone, in place of this machine's
# What says nothing of calls, and much of it.
SILENT = {
    "ChallengeSent", "ContactStatus", "DeviceStateChange", "EndpointDetail",
    "ExtensionStatus", "FullyBooted", "MessageWaiting", "MusicOnHoldStart",
    "MusicOnHoldStop", "Newexten", "PeerStatus", "QueueMemberStatus", "RTCPReceived",
    "RTCPSent", "SuccessfulAuth", "TestEvent",
}  # fmt: skip
TELLING = {"MIXMONITOR_FILENAME"}  # of the variables
SPARED = {
    "AccountCode", "DestAccountCode", "DestLanguage", "Language", "Privilege",
    "Timestamp",
}  # fmt: skip


def record(lab, names, sql):
    """Play the scenes called ``names`` and write a file of messages for each.

    :param sql: runs a statement in the database of call records, see ``Server.sql``
    """
    TARGET.mkdir(parents=True, exist_ok=True)
    with Ami(lab) as ami:
        for name in names:
            with step(name):
                play(lab, ami, name)
            messages = ami.messages[:]
            ami.messages.clear()
            lines = [
                json.dumps({"at": round(at, 3), "message": clean(lab, message)})
                for at, message in messages
                if is_telling(message)
            ]
            (TARGET / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
            rows = [json.loads(clean_text(lab, row)) for row in sql(ROWS)]
            (TARGET / f"{name}.cdr.json").write_text(json.dumps(rows, indent=1) + "\n")


ROWS = """
WITH gone AS (DELETE FROM cdr RETURNING *)
SELECT row_to_json(gone) FROM gone ORDER BY calldate, sequence
"""


def play(lab, ami, name):
    """Play one scene to its end: all telephones done, no channel left."""
    with Phones(lab) as phones:
        try:
            SCENES[name](Play(lab, phones, ami))
            phones.over()
        except Failure as error:
            raise Failure(f"the scene {name}: {error.cause}") from error
        deadline = time.monotonic() + 10
        while lab.ari("GET", "channels"):
            if time.monotonic() > deadline:
                raise Failure(f"the scene {name} has left channels")
            time.sleep(0.05)
        time.sleep(0.5)  # the records are written after the last hangup


def is_telling(message):
    """Whether a message has to do with calls."""
    event = message.get("Event")
    if event == "VarSet":
        return message.get("Variable") in TELLING
    return bool(event) and event not in SILENT


def clean(lab, message):
    """The message without what is this machine's own, and what is always the same."""
    kept = {key: value for key, value in message.items() if key not in SPARED}
    return json.loads(clean_text(lab, json.dumps(kept)))


def clean_text(lab, text):
    """``text`` with the addresses and folders of any machine."""
    text = text.replace(str(lab.folder / "spool"), "/var/spool/asterisk")
    text = text.replace(str(lab.folder), "/var/lib/asterisk")
    text = re.sub(r"127\.0\.0\.1(:\d+)?", PLACE, text)
    return text.replace(lab.settings["HOST_IP"], PLACE)
