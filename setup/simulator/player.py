"""Plays scenes: opens the call, keeps the pauses, performs step after step."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timedelta, timezone

from .book import Book, Call
from .delivery import Poster
from .performer import Performer
from .scenarios import SCENARIOS, Scenario
from .settings import Settings

_logger = logging.getLogger(__name__)
SOMEBODY = "+442079460017"  # calls where no customers are configured


class Player:
    """Lets calls happen, each in a thread of its own or in the caller's."""

    def __init__(
        self,
        settings: Settings,
        book: Book,
        poster: Poster,
        stopping: threading.Event,
    ):
        self.settings = settings
        self.book = book
        self.poster = poster
        self.stopping = stopping
        self._threads: list[threading.Thread] = []

    def play(self, name: str, *, wait: bool, delay=0, ago=0, talk=None, **who) -> Call:
        """Play a scene that has no parts.

        :param wait: return when the call and all its deliveries are over
        :param delay: seconds before it begins
        :param ago: seconds by which the whole call lies in the past
        :param talk: seconds of each conversation, instead of the scene's
        :param who: number, did, extension (all optional)
        """
        scenario = SCENARIOS[name]
        now = datetime.now(timezone.utc).replace(microsecond=0)
        speed = self.settings.speed
        if self._shrinks(scenario):
            before = delay * speed
        else:
            # Where pauses are cut short, the call began so long ago that it ends
            # now: lengths stay true, and no event lies in the future.
            lasts = delay + scenario.seconds(talk)
            before = delay - lasts * max(0.0, 1 - speed)
        start = now + timedelta(seconds=int(before - ago))
        call = self._open(start, name, scenario, **who)
        rehearsed = (call, scenario, delay, scenario.talk if talk is None else talk)
        if wait:
            self._perform(*rehearsed)
        else:
            thread = threading.Thread(target=self._perform, args=rehearsed, daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
            thread.start()
        return call

    def imagine(
        self, name: str, *, start: datetime, poster, talk=None, luck=None, **who
    ) -> Call:
        """A call that took place, told by nobody but ``poster``; returns at once.

        :param start: aware UTC
        :param poster: such as a ``Notebook``
        :param luck: ``random.Random`` that makes its ids repeatable
        """
        scenario = SCENARIOS[name]
        call = self._open(start, name, scenario, luck=luck, **who)
        performer = Performer(self.settings, self.book, poster, call)
        talk = scenario.talk if talk is None else talk
        for step in scenario.steps:
            performer.wait(talk if step.after == "talk" else step.after)
            getattr(performer, step.action)(*step.args)
        call.over.set()
        return call

    def join(self):
        """Wait until no call is on stage."""
        for thread in list(self._threads):
            thread.join()

    def _shrinks(self, scenario):
        """Whether lengths shrink with the pauses.

        Those of a call placed over REST must: it cannot have begun before it was
        asked for, nor end in the future.
        """
        return self.settings.shrink or scenario.placed

    def _open(self, start, name, scenario, number="", did="", extension="", luck=None):
        settings = self.settings
        extension = extension or settings.extensions[0].number
        if scenario.direction == "internal":
            others = [ext.number for ext in settings.extensions]
            others.remove(extension)
            number = number if number in others else others[0]
        elif not number:
            known = [one.number for one in settings.customers]
            number = (known or [SOMEBODY])[0]
        return self.book.open(
            start,
            scenario=name,
            direction=scenario.direction,
            number="" if scenario.hidden else number,
            did=did or (settings.dids[0].number if settings.dids else ""),
            extension=extension,
            hidden=scenario.hidden,
            placed=scenario.placed,
            luck=luck,
        )

    def _perform(self, call: Call, scenario: Scenario, delay: float, talk: float):
        performer = Performer(self.settings, self.book, self.poster, call)
        speed = self.settings.speed
        length = speed if self._shrinks(scenario) else 1
        began, elapsed = time.monotonic(), delay
        try:
            for step in scenario.steps:
                after = talk if step.after == "talk" else step.after
                elapsed += after
                # by the clock, so that slow answers do not stretch the call
                due = began + elapsed * speed
                if self.stopping.wait(max(0.0, due - time.monotonic())):
                    return
                performer.wait(after * length)
                getattr(performer, step.action)(*step.args)
                if call.blocked and call.state != "ended":
                    performer.hang_up("rejected", "busy", 17)
                    break
        except Exception:
            _logger.exception("the scene %s broke off", call.scenario)
            raise
        finally:
            self.poster.finish(call)
            call.over.set()
