"""Telling Odoo what has happened: in order for each call, and as often as it takes.

One event is one request, since somebody may wait for its answer; but a backlog is told
as lists: for what is late nobody waits, and Odoo works a list off far sooner.
"""

from __future__ import annotations

import logging
import random
import threading
import time

import requests

from . import odoo_words
from .odoo import MARK, Odoo
from .outbox import LANES, Outbox

_logger = logging.getLogger(__name__)

#: Seconds until the next attempt, doubled each time; never longer than a person waits
#: for Odoo to be there again.
FIRST, LONGEST = 0.5, 10.0
IDLE = 5.0
#: With so many waiting in a lane they are told as a list, and at most so many at once.
BACKLOG, LIST = 10, 100
#: Seconds for which there are no lists after one that was not taken.
SINGLY = 300.0
#: Odoo will never take these: it cannot be read, it is too long. Whoever stands
#: between may answer the same, and means something else.
HOPELESS = (400, 413, 422)
#: Bytes of a request that Odoo and the usual proxies take for sure; no event of ours
#: comes near that.
LARGEST = 512 * 1024
#: Seconds for which one event may hold up others because of somebody between, while
#: the others get through.
BLOCKED = 600.0


class Sender:
    """Threads that send what is in the outbox, until they are stopped.

    :ivar problem: why nothing gets through at the moment, for people; else ``""``
    """

    def __init__(self, outbox: Outbox, odoo: Odoo):
        self._outbox, self._odoo = outbox, odoo
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(
                target=self._run, args=[lane], name=f"sender-{lane}", daemon=True
            )
            for lane in range(LANES)
        ]
        self.name, self.problem = "sender", ""
        self._lists_from = 0.0
        # By lane: the event that is refused on its way, and since when; and when any
        # was taken last.
        self._blocked: dict[int, tuple[int, float]] = {}
        self._taken_at = float("-inf")

    @property
    def is_alive(self) -> bool:
        """Whether all its threads work."""
        return all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send nothing more; what is on its way comes to an end."""
        self._stop.set()
        self._outbox.wake()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _run(self, lane):
        failures = 0
        while not self._stop.is_set():
            try:
                is_sent = self._send(lane)
            except Exception:
                _logger.exception("What is to be told cannot be read")
                is_sent = None
            if is_sent:
                failures = 0
            elif is_sent is False:
                self._outbox.wait(lane, IDLE)
            else:
                failures += 1
                self._stop.wait(pause(failures))

    def _send(self, lane):
        """Send the next events of a lane.

        :return: ``True``: go on; ``False``: there is nothing; `None`: wait
        """
        events = self._outbox.next(lane, LIST)
        if events and not self._odoo.clock.is_known:
            return self._ask_time()
        if len(events) >= BACKLOG and time.monotonic() >= self._lists_from:
            return self._send_list(_fitting(events))
        told = []
        try:
            for seq, body in events:
                if self._stop.is_set() or not self._odoo.clock.is_known:
                    break
                refusal = self._tell(lane, seq, body.encode())
                if refusal is None:
                    return None
                if not refusal:
                    told.append(seq)
        finally:
            if told:
                self._outbox.told(told)
        return bool(events)

    def _ask_time(self):
        """Learn what time it is for Odoo; until then no time of an event is right."""
        try:
            response = self._odoo.ask_time()
        except requests.RequestException as error:
            self._say(odoo_words.of_silence(error, self._odoo.host))
            return None
        if self._odoo.clock.is_known:
            return True
        self._say(odoo_words.of_answer(response, self._odoo.host))
        return None

    def _send_list(self, events):
        """Send several events at once; the return value is that of `_send`."""
        body = f"[{','.join(body for _seq, body in events)}]".encode()
        try:
            response = self._odoo.tell_many(body)
            status = response.status_code
            found = response.json()["refused"] if status == 200 else []
            refused = {int(place): str(reason) for place, reason in found}
        except requests.RequestException as error:
            self._say(odoo_words.of_silence(error, self._odoo.host))
            return None
        except (ValueError, KeyError, TypeError):
            status = 502
        if status in (400, 404, 405, 413, 500) or self._is_foreign(response):
            # An older addon, or one of them spoils the list: one by one for a while.
            self._lists_from = time.monotonic() + SINGLY
            return True
        if status != 200:
            self._say(odoo_words.of_status(status))
            return None
        self._clear()
        for place, reason in refused.items():
            if 0 <= place < len(events):
                self._refuse(events[place][0], reason)
        self._outbox.told(
            seq for place, (seq, _body) in enumerate(events) if place not in refused
        )
        return True

    def _tell(self, lane, seq, body):
        """Send one event.

        :return: ``""``: it is told; why it was put aside; `None`: try it again
        """
        if len(body) > LARGEST:
            return self._refuse(seq, f"It is too long: {len(body)} bytes.")
        try:
            response = self._odoo.tell(body)
        except requests.RequestException as error:
            self._say(odoo_words.of_silence(error, self._odoo.host))
            return None
        status, is_ours = response.status_code, MARK in response.headers
        if status == 200 and is_ours:
            self._clear()
            self._blocked.pop(lane, None)
            return ""
        is_hopeless = status in HOPELESS if is_ours else self._is_foreign(response)
        if is_hopeless and (is_ours or self._is_blocked(lane, seq)):
            return self._refuse(seq, f"{status} {response.text[:300]}")
        self._say(odoo_words.of_answer(response, self._odoo.host))
        return None

    def _is_foreign(self, response):
        """Tell whether somebody between does not like what was sent."""
        status = response.status_code
        return 400 <= status < 500 and status != 429 and MARK not in response.headers

    def _is_blocked(self, lane, seq):
        """Tell whether somebody between lets others through, but not this event."""
        now = time.monotonic()
        before, since = self._blocked.get(lane, (0, now))
        if before != seq:
            since = now
        self._blocked[lane] = seq, since
        return since + BLOCKED < now and self._taken_at > since

    def _refuse(self, seq, reason):
        _logger.error("An event was refused and is kept aside: %s", reason)
        self._outbox.refuse(seq, reason)
        return reason

    def _clear(self):
        self._taken_at = time.monotonic()
        if self.problem:
            _logger.info("Odoo takes events again")
            self.problem = ""

    def _say(self, problem):
        """Log once what keeps events from getting through."""
        if problem != self.problem:
            _logger.warning("%s", problem)
        self.problem = problem


def _fitting(events):
    """Return the first of some events, as many as fit into a request; at least one."""
    size = count = 0
    for _seq, body in events:
        size += len(body.encode()) + 1
        if count and size > LARGEST:
            break
        count += 1
    return events[:count]


def pause(failures: int) -> float:
    """Return the seconds to wait after so many failures, different for each sender."""
    return random.uniform(0.5, 1) * min(LONGEST, FIRST * 2 ** min(failures, 10))
