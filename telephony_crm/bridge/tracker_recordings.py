"""What MixMonitor records, and how it is called.

``MixMonitorStart`` does not say which file is written; the channel's variable
``MIXMONITOR_FILENAME`` does, as long as the channel is there
(``apps/app_mixmonitor.c``). So the tracker asks at once, and tells of the recording
when it is finished.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from .tracker_state import Call, Party
from .tracker_tell import Teller
from .tracker_text import text

VARIABLE = "MIXMONITOR_FILENAME"
MAX_RECORDINGS = 20


def began(tracker, call: Call, party: Party, at: float) -> None:
    """Note that a channel is recorded, and ask where."""
    if len(call.recordings) >= MAX_RECORDINGS or call.ended is not None:
        return
    count = sum(one["channel"] == party.name for one in call.recordings.values())
    key = f"{call.ref}\0{party.ref}\0{count}".encode()
    action = f"tracker-{hashlib.sha256(key).hexdigest()[:32]}"
    call.recordings[action] = {"channel": party.name, "file": "", "done": 0}
    tracker.queries.append(query(action, party.name))
    tracker.book.touch(call)


def ask_again(tracker, call: Call) -> None:
    """Ask for the files whose names are not known, after a gap in the stream.

    Also for channels of which no recording is known: it may have begun meanwhile.
    """
    if call.ended is not None:
        return
    asked = set()
    for action, recording in call.recordings.items():
        asked.add(recording["channel"])
        if not recording["file"] and not recording["done"]:
            tracker.queries.append(query(action, recording["channel"]))
    for party in call.parties.values():
        if party.name in asked or party.up is None or not (party.is_real or party.pair):
            continue
        key = f"{call.ref}\0{party.ref}\0probe".encode()
        action = f"tracker-{hashlib.sha256(key).hexdigest()[:32]}"
        if len(call.recordings) < MAX_RECORDINGS:
            found = {"channel": party.name, "file": "", "done": 0, "probe": 1}
            call.recordings[action] = found
            tracker.queries.append(query(action, party.name))
    tracker.book.touch(call)


def query(action: str, channel: str) -> dict:
    """Return the AMI action that asks for the file of a recording."""
    return {
        "Action": "Getvar",
        "ActionID": action,
        "Channel": channel,
        "Variable": VARIABLE,
    }


def stopped(tracker, call: Call, party: Party, at: float) -> None:
    """Note that a channel's oldest recording is finished."""
    for recording in call.recordings.values():
        mine = recording["channel"] == party.name and not recording.get("probe")
        if mine and not recording["done"]:
            recording["done"] = 1
            break
    tracker.book.touch(call)
    tell_recordings(tracker.teller, call, at)


def take_answer(tracker, message: Mapping, at: float) -> None:
    """Take the response to a query: the file, or that the channel is gone."""
    action = text(message, "ActionID")
    for call in tracker.book.calls.values():
        if recording := call.recordings.get(action):
            break
    else:
        return
    if not recording["file"] and text(message, "Variable") in ("", VARIABLE):
        recording["file"] = inside(
            text(message, "Value", 900), tracker.config.recordings
        )
        if recording.pop("probe", 0) and not recording["file"]:
            del call.recordings[action]  # it is not recorded
        tracker.book.touch(call)
        tell_recordings(tracker.teller, call, at)


def inside(path: str, folder: str) -> str:
    """Return a path as it is called within the folder of recordings."""
    start = folder.rstrip("/") + "/"
    return path[len(start) :] if path.startswith(start) else path


def tell_taped(teller: Teller, call: Call, at: float) -> None:
    """Tell, when that has changed, whether a call is being recorded.

    A channel of which it is only asked whether it is, is not until that is known.
    """
    if not call.direction or call.ended is not None:
        return
    runs = any(
        not one["done"] and (one["file"] or not one.get("probe"))
        for one in call.recordings.values()
    )
    if runs != bool(call.taped):
        call.taped = int(runs)
        call.switches += 1
        teller.taped(call, at)


def tell_recordings(teller: Teller, call: Call, at: float) -> None:
    """Tell of the recordings that are finished and whose names are known.

    Of a call in which nobody was heard there is nothing to listen to: the file is
    empty, or holds the ringing. A message on a mailbox is heard.
    """
    if not call.direction or not (call.answered or call.voicemail):
        return
    for recording in call.recordings.values():
        if recording["done"] == 1 and recording["file"]:
            recording["done"] = 2
            teller.recording(call, at, recording["file"])
