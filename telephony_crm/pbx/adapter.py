"""What an adapter is, and where all of them are found.

An adapter is pure: it turns a request into events, and an intention into a request
that somebody else sends. It keeps no state, opens no socket and imports no Odoo, so
it is tested against payload files alone.

A new PBX is one file in ``adapters/`` with a module-level ``ADAPTER``; other addons
call ``register()``.
"""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from .event import CallEvent

_logger = logging.getLogger(__name__)

#: Seconds to connect and to wait for an answer. A person waits for it.
TIMEOUT = (5.0, 15.0)
NONSENSE = "The PBX gave an answer that cannot be understood."


# -- errors ----------------------------------------------------------------------


class PbxError(Exception):
    """Something went wrong with a PBX.

    :param code: a word for programs
    :param message: one plain English sentence for people; holds no secret
    """

    default_code = "error"

    def __init__(self, code: str = "", message: str = ""):
        self.code = code or self.default_code
        self.message = message
        super().__init__(message or self.code)


class SignatureError(PbxError):
    """The request is not proven to come from the PBX."""

    default_code = "signature"


class PayloadError(PbxError):
    """The request or payload cannot be read."""

    default_code = "payload"


class RateLimited(PbxError):
    """The PBX takes no more requests for ``retry_after`` seconds."""

    default_code = "rate_limited"

    def __init__(self, code: str = "", message: str = "", retry_after: int = 60):
        super().__init__(code, message)
        self.retry_after = retry_after


class Refused(PbxError):
    """The PBX understood and says no; ``message`` has its words."""

    default_code = "refused"


class AuthError(PbxError):
    """The PBX does not accept the credentials."""

    default_code = "auth"


class Unreachable(PbxError):
    """The PBX did not answer in time."""

    default_code = "unreachable"


class UnknownAdapter(PbxError):
    """No adapter has this code, or it could not be loaded."""

    default_code = "unknown_adapter"


# -- what goes in and out ----------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """A web request as it came in. Header names are in lower case."""

    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    remote_addr: str = ""


@dataclass(frozen=True)
class Response:
    """What a web request is answered with."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True)
class Credentials:
    """How a PBX is reached and proven. Printing it shows no secret."""

    api_url: str = ""
    api_key: str = field(default="", repr=False)
    api_secret: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Account:
    """How the payloads of an account are to be read.

    :param tz: IANA name or a form like ``UTC+2``
    :param country: ISO 3166 code of the country whose national numbers it writes
    """

    tz: str = "UTC"
    country: str = ""


@dataclass(frozen=True)
class Notification:
    """A verified request, read just far enough to be stored.

    :param event: the vendor's name of the event
    :param key: the same for every repeat of the same notification
    :param call_ref: the PBX's id of the call, empty when it concerns none
    :param payload: the fields as received; JSON-able, no secrets
    :param known: whether ``events()`` makes something of it
    :param wants_decision: whether the PBX waits to be told what to do
    """

    event: str
    key: str
    call_ref: str = ""
    payload: dict = field(default_factory=dict)
    known: bool = True
    wants_decision: bool = False


@dataclass(frozen=True)
class Decision:
    """What is to become of a call that just came in; empty means as usual.

    :param extension: where to connect it
    :param return_seconds: after how long without answer it goes its usual way;
        0 is never, ``None`` the adapter's default
    """

    caller_name: str = ""
    extension: str = ""
    return_seconds: int | None = None
    blocked: bool = False


@dataclass(frozen=True)
class HttpRequest:
    """A request to a PBX that somebody else sends. Printing it shows no secret.

    :param timeout: seconds to connect, seconds to wait for an answer
    """

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    data: Mapping[str, str] | str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: tuple[float, float] = TIMEOUT


@dataclass(frozen=True)
class HttpResponse:
    """What a PBX answered. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Setting:
    """A value that an adapter needs besides address, key and secret."""

    key: str
    label: str
    secret: bool = False
    default: str = ""
    help: str = ""
    required: bool = False


# -- the adapter -------------------------------------------------------------------


class Adapter:
    """One kind of PBX. A subclass overrides what its PBX can do.

    ``capabilities`` says what that is: ``originate``, ``redirect``, ``caller_name``,
    ``blacklist``. An adapter whose PBX proves nothing has ``verifies = False``; then
    the secret address and the list of allowed addresses carry all of it.
    """

    code: str = ""
    label: str = ""
    capabilities: frozenset[str] = frozenset()
    settings: tuple[Setting, ...] = ()
    default_api_url: str = ""
    verifies: bool = True

    def handshake(self, request: Request) -> Response | None:
        """Return the answer to the PBX's check of the address, if this is one.

        Called before ``verify``, so the answer must hold nothing of ours.
        """
        return None

    def verify(self, request: Request, credentials: Credentials) -> None:
        """Prove that the request comes from the PBX. Fails closed.

        :raises SignatureError: when it is not proven, or cannot be
        """
        if self.verifies:
            raise SignatureError(message="This adapter does not verify anything.")

    def read(self, request: Request) -> Notification:
        """Read a verified request just far enough to store it.

        :raises PayloadError: when there is nothing to store
        """
        raise NotImplementedError

    def events(
        self, payload: Mapping, account: Account, received_at: datetime
    ) -> list[CallEvent]:
        """Return what a stored payload says; a pure function of its arguments.

        :param received_at: naive UTC, when the payload arrived
        :raises PayloadError: when it makes no sense
        """
        raise NotImplementedError

    def reply(self, notification: Notification, decision: Decision | None) -> Response:
        """Return the answer to a notification that was stored."""
        return Response()

    def check(self, credentials: Credentials) -> HttpRequest:
        """Return a harmless request that tells whether the credentials work."""
        raise NotImplementedError

    def originate(
        self,
        credentials: Credentials,
        extension: str,
        number: str,
        caller_id: str = "",
    ) -> HttpRequest:
        """Return the request that rings ``extension``, then connects ``number``.

        :param number: E.164 with its plus sign, already allowed to be dialled
        """
        raise NotImplementedError

    def answer(self, response: HttpResponse) -> dict:
        """Return what the PBX answered to one of our requests.

        :raises PbxError: one of its kinds, with one plain sentence
        """
        return read_json(response)


# -- reading answers ----------------------------------------------------------------


def read_json(response: HttpResponse) -> dict:
    """Return the JSON object of an answer, and tell the usual failures apart.

    :raises RateLimited: 429
    :raises AuthError: 401, 403
    :raises PbxError: anything that is no JSON object
    """
    if response.status == 429:
        raise rate_limited(response)
    if response.status in (401, 403):
        raise AuthError(message="The PBX does not accept the key and secret.")
    try:
        answer = json.loads(response.body.decode())
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise PbxError("nonsense", NONSENSE)
    return answer


def rate_limited(response: HttpResponse) -> RateLimited:
    """Return the error for an answer that says "not so fast".

    ``X-RateLimit-Reset`` may be a time of day in Unix seconds or a length, and
    vendors do not say which: a number as large as a time is taken for one. It counts
    from the answer's own ``Date``, so a wrong clock on either side does not matter.
    """
    value = response.headers.get("x-ratelimit-reset") or response.headers.get(
        "retry-after", ""
    )
    seconds = int(value) if re.fullmatch(r"\d{1,12}", value.strip()) else 60
    if seconds > 1_000_000_000:
        try:
            now = parsedate_to_datetime(response.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            now = time.time()
        seconds -= int(now)
    return RateLimited(
        message="The PBX takes no more requests for the moment.",
        retry_after=min(max(seconds, 1), 3600),
    )


def plain(text, limit: int = 200) -> str:
    """Return a vendor's words as one line that may be shown to a person."""
    words = text if isinstance(text, str) else ""
    shown = "".join(char if char.isprintable() else " " for char in words[: 4 * limit])
    return " ".join(shown.split())[:limit]


# -- the registry --------------------------------------------------------------------


class Registry:
    """All adapters: those in ``adapters/``, and those that others register."""

    def __init__(self, package: str = ""):
        self._package = package
        self._lock = threading.RLock()
        self._adapters: dict[str, Adapter] = {}
        self._problems: dict[str, str] = {}

    def register(self, adapter: Adapter) -> Adapter:
        """Add an adapter, or replace the one with its code.

        :raises ValueError: when it has no code or no label
        """
        if (
            not re.fullmatch(r"[a-z][a-z0-9_]*", adapter.code or "")
            or not adapter.label
        ):
            raise ValueError(f"{type(adapter).__name__} needs a code and a label")
        self._adapters[adapter.code] = adapter
        self._problems.pop(adapter.code, None)
        return adapter

    def get(self, code: str) -> Adapter:
        """Return the adapter with this code.

        :raises UnknownAdapter: with a plain sentence that says why there is none
        """
        self._discover()
        if adapter := self._adapters.get(code):
            return adapter
        if reason := self._problems.get(code):
            message = f"The adapter “{plain(code, 40)}” cannot be loaded: {reason}"
        else:
            message = f"No adapter is installed for “{plain(code, 40)}”."
        raise UnknownAdapter(message=message)

    def all(self) -> list[Adapter]:
        """Return every adapter that works, by label."""
        self._discover()
        return sorted(self._adapters.values(), key=lambda adapter: adapter.label)

    def problems(self) -> dict[str, str]:
        """Return why adapter files could not be loaded, by file name."""
        self._discover()
        return dict(self._problems)

    def _discover(self):
        """Load each file of the package once; a broken one harms no other."""
        if not self._package:
            return
        with self._lock:
            if self._package:
                self._load(self._package)
                self._package = ""

    def _load(self, package):
        for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
            try:
                module = importlib.import_module(f"{package}.{info.name}")
                if module.ADAPTER.code not in self._adapters:
                    self.register(module.ADAPTER)
            except Exception as error:  # whatever is wrong with it, others work on
                _logger.exception("The adapter %s cannot be loaded", info.name)
                self._problems[info.name] = f"{type(error).__name__}: {error}"


registry = Registry(f"{__package__}.adapters")
register = registry.register
get = registry.get
all = registry.all  # the name is fixed; nothing in this file uses the built-in
problems = registry.problems
