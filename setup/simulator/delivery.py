"""Posts the webhooks: signed, in either body form, and with faults on request."""

from __future__ import annotations

import random
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime

import requests

from .settings import Settings
from .signing import sign_event
from .subscription import CALLS, OTHERS, Subscription

CONNECT_SECONDS = 3
REPLY_KEPT = 2000  # characters


@dataclass
class DeliveryFaults:
    """What goes wrong on the way, each a share (0 to 1) or a list of event names.

    :param lost: never posted
    :param doubled: posted twice
    :param reordered: posted after the call's next event
    :param late: posted ``late_seconds`` later (without pauses: after the call)
    """

    lost: float | list = 0
    doubled: float | list = 0
    reordered: float | list = 0
    late: float | list = 0
    late_seconds: float = 20

    def fate(self, event: str, rng: random.Random) -> str:
        """What happens to this event: lost, late, reordered, doubled or sent."""
        for name in ("lost", "late", "reordered", "doubled"):
            rule = getattr(self, name)
            # drawn for every rule, so that one rule does not change another's luck
            luck = rng.random()
            if event in rule if isinstance(rule, list) else luck < rule:
                return name
        return "sent"


@dataclass
class _Waiting:
    """Events of one call that have not left yet."""

    held: list = field(default_factory=list)
    threads: list = field(default_factory=list)
    index: int = 0


class Poster:
    """Delivers webhooks to the addresses that the account has.

    ``calls`` is where calls are told to, ``others`` the second address, of messages.
    """

    def __init__(self, settings: Settings, stopping: threading.Event):
        self.settings = settings
        self.stopping = stopping
        self.calls = Subscription(CALLS, settings.webhook_url)
        self.others = Subscription(OTHERS, settings.second_url)
        self.faults = DeliveryFaults()
        self.problem = ""  # the last refusal, in words, for the page
        self._waiting: dict[str, _Waiting] = {}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where calls are told to; empty where nobody asked for it."""
        return self.calls.url

    def post(self, call, fields: dict, at: datetime) -> dict:
        """Deliver an event of a call; the reply's JSON object, or nothing.

        What became of it is written to the call's ``deliveries``.

        :param at: when it happened by the call's clock, for that entry alone
        """
        event = fields["event"]
        with self._lock:
            waiting = self._waiting.setdefault(call.ref, _Waiting())
            seed = f"{self.settings.seed}/{call.ordinal}/{waiting.index}"
            waiting.index += 1
        fate = self.faults.fate(event, random.Random(seed))
        fate = self.calls.obstacle(event) or fate
        entry = {"event": event, "at": at.isoformat(), "fields": fields}
        entry.update(fate=fate, status=None)
        call.deliveries.append(entry)
        if fate == "late" and self.settings.speed:
            self._later(waiting, entry)
        elif fate in ("late", "reordered"):
            waiting.held.append(entry)
        elif fate in ("sent", "doubled"):
            reply = self._send(entry)
            if fate == "doubled":
                self._send(entry)
            self._release(waiting, "reordered")
            return reply
        return {}

    def finish(self, call):
        """Deliver all that this call still holds back; returns when it is done."""
        with self._lock:
            waiting = self._waiting.pop(call.ref, None)
        if waiting:
            self._release(waiting, "reordered")
            self._release(waiting, "late")
            for thread in waiting.threads:
                thread.join()

    def _release(self, waiting, fate):
        for entry in [one for one in waiting.held if one["fate"] == fate]:
            waiting.held.remove(entry)
            self._send(entry)

    def _later(self, waiting, entry):
        def run():
            self.stopping.wait(self.faults.late_seconds * self.settings.speed)
            if not self.stopping.is_set():
                self._send(entry)

        thread = threading.Thread(target=run, daemon=True)
        waiting.threads.append(thread)
        thread.start()

    def _send(self, entry) -> dict:
        """Post one event and note the answer in its entry.

        Whether Zadarma repeats what was not taken is not documented: see
        ``Settings.retries``.
        """
        for attempt in range(1 + self.settings.retries):
            pause = self.settings.retry_seconds * self.settings.speed
            if attempt and self.stopping.wait(pause):
                break
            entry.update(self.send(entry["fields"]), attempts=attempt + 1)
            if entry["status"] == 200:
                break
        return entry.get("json") or {}

    def send(self, fields: dict, url: str = "", signature: str | None = None) -> dict:
        """Post one event as it is.

        :param signature: instead of the right one; empty for none at all
        :return: ``status`` (0 when there was no answer), ``reply`` (text), ``json``
            (the reply's object or None), ``error`` (words)
        """
        settings = self.settings
        headers = dict(settings.headers)
        if signature is None and settings.key and settings.secret:
            signature = sign_event(settings.secret, fields, settings.encoding)
        if signature:
            headers["Signature"] = signature
        body: dict = {"data": fields}
        if settings.content == "multipart":
            body = {"files": {name: (None, value) for name, value in fields.items()}}
        try:
            with requests.Session() as session:
                session.trust_env = False  # loopback does not go through a proxy
                answer = session.post(
                    url or self.url,
                    headers=headers,
                    timeout=(CONNECT_SECONDS, settings.reply_timeout),
                    allow_redirects=False,
                    **body,
                )
        except requests.RequestException as error:
            return self._outcome(0, "", None, type(error).__name__)
        return self._outcome(
            answer.status_code, answer.text[:REPLY_KEPT], _object(answer), ""
        )

    def _outcome(self, status, reply, value, error):
        self.problem = ""
        if error:
            self.problem = f"The webhook address does not answer ({error})."
        elif status != 200:
            self.problem = f"The webhook address answers {status}."
        return {"status": status, "reply": reply, "json": value, "error": error}

    def echo(self, url: str = "") -> bool:
        """The check made when an address is saved: does it repeat a token?"""
        token = secrets.token_hex(16)
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.get(
                    url or self.url,
                    params={"zd_echo": token},
                    headers=self.settings.headers,
                    timeout=(CONNECT_SECONDS, self.settings.reply_timeout),
                    allow_redirects=False,
                )
        except (requests.RequestException, ValueError):
            return False
        return answer.status_code == 200 and answer.text.strip() == token


def _object(answer):
    """A reply's JSON object; None when it is empty or something else."""
    try:
        value = answer.json()
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
