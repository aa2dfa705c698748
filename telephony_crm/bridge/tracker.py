"""From the stream of AMI's events to the generic events of calls.

The tracker is pure: it is given messages and the time at which they came, and returns
what is to be done. Interface for the process around it::

    tracker = Tracker(TrackerConfig(), state)  # what was stored, by call_ref
    output = tracker.feed(message, at)  # every event, and every response to a query
    output = tracker.resync(snapshot, at)  # after each connection to the PBX

``message``
    the headers of one AMI message as a mapping, ``{"Event": "Hangup", …}``; a header
    that came several times may be a list.
``at``
    when it came, in seconds since 1970 by the clock that Odoo is to see.
``snapshot``
    ``{"channels": [events CoreShowChannel], "bridges": [events BridgeListItem]}``, what
    the actions CoreShowChannels and BridgeList answered. To be asked for as soon as the
    connection stands, and given *before* any event that came after these answers;
    events that came before them are dropped, since the snapshot has them.
``output.events``
    generic events (``pbx/event_format.py``) in the order in which they are to be sent.
``output.changed``
    ``{call_ref: state or None}``; states fit into JSON. To be stored in *one
    transaction* with the events: ``None`` means that the call is forgotten. What is
    given to a new ``Tracker`` is all that is stored.
``output.queries``
    AMI actions as mappings with an ``ActionID``, to be sent at once. Their responses
    are fed like any message; a query that nobody answers costs only the name of a
    recording.

A tracker that is given its own stored state goes on as if nothing had happened; events
have ids made of what they tell, so that what is told twice counts once.

Facts about AMI: https://docs.asterisk.org/Asterisk_22_Documentation/API_Documentation/
AMI_Events/ and the sources it is made of, ``main/manager_channels.c``,
``main/manager_bridges.c``, ``apps/app_dial.c``, ``apps/app_queue.c``. The user of AMI
needs ``read = call,agent,cdr``; with ``dialplan`` menus are seen while they play.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from . import tracker_handlers, tracker_machines, tracker_transfers
from .tracker_book import Book
from .tracker_calls import Calls
from .tracker_config import TrackerConfig
from .tracker_recordings import take_answer, tell_taped
from .tracker_resync import resync
from .tracker_talk import Talk
from .tracker_tell import Teller
from .tracker_text import text

HANDLERS = {
    **tracker_handlers.HANDLERS,
    **tracker_transfers.HANDLERS,
    **tracker_machines.HANDLERS,
}

__all__ = ["Output", "Tracker", "TrackerConfig"]


@dataclass
class Output:
    """What is to be done after a message; see the head of this file."""

    events: list[dict] = field(default_factory=list)
    queries: list[dict] = field(default_factory=list)
    changed: dict[str, dict | None] = field(default_factory=dict)


class Tracker:
    """Follows the calls of one PBX."""

    def __init__(
        self,
        config: TrackerConfig | None = None,
        state: Mapping[str, dict] | None = None,
    ):
        self.config = config or TrackerConfig()
        self.book = Book(self.config, state)
        self.teller = Teller()
        self.talk = Talk(self.book, self.teller)
        self.calls = Calls(self.book, self.teller, self.talk)
        self.queries: list[dict] = []

    @property
    def dropped(self) -> int:
        """How many calls were given up because there were too many at once."""
        return self.book.dropped

    def feed(self, message: Mapping, at: float) -> Output:
        """Take one AMI message that came at ``at``."""
        if not message.get("Event"):
            if text(message, "ActionID").startswith("tracker-"):
                take_answer(self, message, at)
            return self._output(at)
        handle = HANDLERS.get(text(message, "Event", 40).lower())
        if handle is None:
            return Output()
        handle(self, message, at)
        return self._output(at)

    def doubt(self, refs: Iterable[str]) -> None:
        """Take it that not all was told of these calls; their end is not confirmed."""
        for call in filter(None, map(self.book.calls.get, refs)):
            call.whole = 0
            self.book.touch(call)

    def resync(self, snapshot: Mapping, at: float) -> Output:
        """Take what the PBX says is going on, after a gap in the stream.

        Calls that are not among it have ended meanwhile; channels that are not known
        began meanwhile. Neither was seen whole, so their end is not ``confirmed`` and
        the PBX's own records settle them.
        """
        resync(self, snapshot, at)
        return self._output(at)

    def _output(self, at):
        self.calls.bound(at)
        for call in self.book.touched():
            tell_taped(self.teller, call, at)
        queries, self.queries = self.queries, []
        return Output(self.teller.take(), queries, self.book.take_changes())
