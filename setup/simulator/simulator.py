"""The simulated PBX as a whole: a server, its calls, and the demonstration."""

from __future__ import annotations

import threading

from .autoplay import Autoplay
from .book import Book, Call
from .delivery import DeliveryFaults, Poster
from .faults import RateLimit, RestFaults
from .history import remember
from .messages import Messages
from .player import Player
from .recordings import Recordings
from .rest import Api
from .scenarios import SCENARIOS
from .server import Server
from .settings import Settings, Spelling
from .visitors import Visitors


class Simulator:
    """A Zadarma look-alike on 127.0.0.1.

    :param settings: ready made; else read from ``config`` (the demonstration's file
        by default) with ``overrides`` of ``Settings``' own fields
    :param port: 0 for a free one
    """

    def __init__(self, settings=None, *, port=0, config=None, **overrides):
        self.settings = settings or Settings.load(config, **overrides)
        self.stopping = threading.Event()
        self.book = Book(self.settings)
        self.poster = Poster(self.settings, self.stopping)
        self.player = Player(self.settings, self.book, self.poster, self.stopping)
        self.visitors = Visitors(self)
        self.messages = Messages(self.settings, self.book, self.poster)
        self.recordings = Recordings(self.settings, self.book)
        self.limit = RateLimit(reset=self.settings.spelling.reset)
        self.rest_faults = RestFaults()
        self.callback_scenario = "click_answered"
        self.api = Api(self)
        self.autoplay = Autoplay(self)
        self.server = Server(self, port)

    def __enter__(self) -> Simulator:
        """Start to answer."""
        self.server.start()
        return self

    def __exit__(self, *_exception):
        """Hang up everything and stop."""
        self.close()

    def close(self):
        """Stop; calls on stage break off."""
        self.stopping.set()
        self.autoplay.join()
        self.player.join()
        self.visitors.join()
        self.server.close()

    @property
    def url(self) -> str:
        """The address of the REST API, without a slash at its end."""
        return self.server.url

    @property
    def calls(self) -> dict[str, Call]:
        """The truth: calls by their reference."""
        return self.book.calls

    @property
    def spelling(self) -> Spelling:
        """How the account spells things; may be changed between calls."""
        return self.settings.spelling

    @property
    def faults(self) -> DeliveryFaults:
        """What goes wrong with webhooks; may be changed between calls."""
        return self.poster.faults

    def play(self, scenario: str, *, customer=None, number=None, wait=True, **how):
        """Play a scene.

        :param scenario: a key of ``SCENARIOS``
        :param customer: key of who calls or is called; or ``number`` in E.164
        :param wait: return only when the call and its deliveries are over
        :param how: did, extension, talk (seconds), ago (seconds in the past); visit
            and what goes with it, see ``Visitors.play``
        :return: the call's reference; of a scene in parts a list of them
        """
        if scenario not in SCENARIOS:
            raise KeyError(f"no scene {scenario!r}; there are: {', '.join(SCENARIOS)}")
        number = number or (self.settings.customer(customer).number if customer else "")
        how = {key: value for key, value in how.items() if value is not None}
        if "visit" in how:
            return self.visitors.play(scenario, wait=wait, number=number, **how).ref
        parts = SCENARIOS[scenario].parts
        if not parts:
            return self.player.play(scenario, wait=wait, number=number, **how).ref
        callers = self._callers(number, len(parts))
        calls = [
            self.player.play(part, wait=False, number=caller, delay=after, **how)
            for (after, part), caller in zip(parts, callers, strict=True)
        ]
        if wait:
            for call in calls:
                call.over.wait()
        return [call.ref for call in calls]

    def place(self, extension, number: str) -> Call:
        """A call asked for over REST; returns while it rings."""
        return self.player.play(
            self.callback_scenario,
            wait=False,
            extension=extension.number if extension else "",
            number=number,
        )

    def remember(self, days: int, calls: int) -> list[Call]:
        """Have calls of so many days before today, so many a day.

        The statistics know them; no event of them was or will be posted.
        """
        return remember(self, days, calls)

    def settle(self):
        """Wait until no call is on stage and nothing is on its way any more."""
        self.player.join()
        self.visitors.join()

    def _callers(self, number, count):
        """``count`` different callers, beginning with ``number``."""
        known = [one.number for one in self.settings.customers if one.kind != "blocked"]
        callers = dict.fromkeys([number] if number else [])
        callers.update(dict.fromkeys(known))
        return list(callers)[:count] if len(callers) >= count else [number] * count
