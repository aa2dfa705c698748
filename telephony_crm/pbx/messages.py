"""What goes between Odoo, an adapter and a PBX. Printing it shows no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

#: Seconds to connect and to wait for an answer. A person waits for it.
TIMEOUT = (5.0, 15.0)


def _now():
    return datetime.now(timezone.utc).replace(tzinfo=None)


@dataclass(frozen=True)
class Request:
    """A web request as it came in. Header names are in lower case.

    :param received_at: naive UTC
    """

    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    remote_addr: str = ""
    received_at: datetime = field(default_factory=_now)


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
    :param nonce: what only this request has, not its repeats; empty where a repeat
        looks the same, and is answered like the first
    """

    event: str
    key: str
    call_ref: str = ""
    payload: dict = field(default_factory=dict)
    known: bool = True
    wants_decision: bool = False
    nonce: str = ""


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


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with the way to a PBX.

    :param code: a word for programs, which say it in the user's language
    :param detail: a name or a version that belongs to it; for the code ``bridge`` the
        whole sentence
    :param is_note: nothing is wrong; it is good to know
    :param said: for the code ``bridge``, which of its sentences it is
    :param values: and what was filled in
    """

    code: str
    detail: str = ""
    is_note: bool = False
    said: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExtensionInfo:
    """An extension as the PBX knows it."""

    number: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class DidInfo:
    """A company number as the PBX knows it.

    :param active: calls to it reach the PBX
    """

    number: str
    name: str = ""
    active: bool = True
