"""Queues, menus, voice mail boxes and recordings: what the PBX does by itself."""

from __future__ import annotations

from collections.abc import Mapping

from . import tracker_recordings
from .tracker_state import Call, Party
from .tracker_text import text

#: Applications that take a message for somebody who was not there.
VOICEMAIL = frozenset({"voicemail", "minivmrecord"})
#: Applications that wait for the caller to press a key.
MENUS = frozenset({"background", "backgrounddetect", "ivr", "read", "waitexten"})
MAX_QUEUES = 20


def of(tracker, message: Mapping) -> tuple[Call | None, Party | None]:
    """Return the call and the channel that a message speaks of, if they are known."""
    party = tracker.book.party(text(message, "Channel", 200))
    return (tracker.book.call_of(party.name) if party else None), party


# -- queues ----------------------------------------------------------------------------


def queue_join(tracker, message, at):
    """Take the news that a caller waits in a queue (``apps/app_queue.c``)."""
    call, party = of(tracker, message)
    if party is not None:
        join(tracker, call, party, text(message, "Queue", 64), at)


def join(tracker, call, party, queue, at):
    """Tell that a caller waits in a queue, unless it is known."""
    if not queue or not call.direction or call.ended is not None:
        return
    if waiting(call, party) or len(call.queues) >= MAX_QUEUES:
        return
    ref = f"{party.ref[:100]}:queue:{len(call.queues) + 1}"
    call.queues[ref] = {"channel": party.ref, "queue": queue, "left": 0}
    tracker.teller.machine("ringing", call, at, "queue", leg_ref=ref, leg_number=queue)
    tracker.book.touch(call)


def queue_leave(tracker, message, at):
    """Take the news that a caller waits no more: somebody took him, or he gave up."""
    call, party = of(tracker, message)
    if party is not None:
        leave(tracker, call, party, at)


def leave(tracker, call, party, at):
    """Tell that a caller waits in no queue any more."""
    for ref in waiting(call, party):
        call.queues[ref]["left"] = 1
        queue = call.queues[ref]["queue"]
        tracker.teller.machine("left", call, at, "queue", leg_ref=ref, leg_number=queue)
        tracker.book.touch(call)


def waiting(call: Call, party: Party) -> list[str]:
    """Return the stays in queues that have not ended."""
    return [
        ref
        for ref, stay in call.queues.items()
        if stay["channel"] == party.ref and not stay["left"]
    ]


# -- menus and voice mail --------------------------------------------------------------


def new_exten(tracker, message, at):
    """Take the news that a channel runs an application of the dialplan.

    Only where AMI's user reads the class ``dialplan``; otherwise the Cdr tells, when
    the call is over.
    """
    application = text(message, "Application", 40).lower()
    if application in VOICEMAIL or application in MENUS:
        call, _party = of(tracker, message)
        runs(tracker, call, application, at)


def runs(tracker, call: Call | None, application: str, at: float) -> None:
    """Note that the caller of a call is with a machine."""
    if call is None or call.direction != "inbound" or call.ended is not None:
        return
    if application in VOICEMAIL and not call.voicemail and not call.answered:
        call.voicemail = 1
        tracker.teller.machine("answered", call, at, "voicemail")
        tracker.book.touch(call)
    elif application in MENUS and not call.menu:
        call.menu = 1
        tracker.teller.machine("menu", call, at, "ivr")
        tracker.book.touch(call)


def cdr(tracker, message, at):
    """Take a record of a channel: what it did last, when the call is over by now.

    Cdr events come before Hangup or after it, and know nothing of Linkedid unless they
    are told to (``cdr/cdr_manager.c``).
    """
    call = tracker.book.call_of_ref(text(message, "UniqueID"))
    application = text(message, "LastApplication", 40).lower()
    if call is None or call.direction != "inbound" or call.answered:
        return
    if application in VOICEMAIL and text(message, "Disposition", 20) == "ANSWERED":
        if call.ended is not None and not call.voicemail:
            told = {"disposition": "answered"}
            tracker.teller.machine("left", call, call.ended, "voicemail", **told)
        call.voicemail = 1
        if call.ended is not None:
            tracker_recordings.tell_recordings(tracker.teller, call, at)
        tracker.book.touch(call)
    elif application in MENUS and not call.menu:
        call.menu = 1
        tracker.teller.machine("menu", call, call.began, "ivr")
        tracker.book.touch(call)


# -- recordings ------------------------------------------------------------------------


def mix_monitor_start(tracker, message, at):
    """Take the news that a channel is recorded."""
    call, party = of(tracker, message)
    if party is not None:
        tracker_recordings.began(tracker, call, party, at)


def mix_monitor_stop(tracker, message, at):
    """Take the news that a channel is recorded no more."""
    call, party = of(tracker, message)
    if party is not None:
        tracker_recordings.stopped(tracker, call, party, at)


HANDLERS = {
    "queuecallerjoin": queue_join,
    "queuecallerleave": queue_leave,
    "newexten": new_exten,
    "cdr": cdr,
    "mixmonitorstart": mix_monitor_start,
    "mixmonitorstop": mix_monitor_stop,
}
