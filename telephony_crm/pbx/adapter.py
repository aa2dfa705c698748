"""What an adapter is, and everything that one needs to be written.

An adapter is pure: it turns a request into events, and an intention into a request
that somebody else sends. It keeps no state, opens no socket and imports no Odoo, so
it is tested against payload files alone.

A new PBX is one file in ``adapters/`` with a module-level ``ADAPTER``; other addons
call ``register()``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from .answers import NONSENSE, plain, rate_limited, read_json
from .call_control import CallControl
from .errors import (
    AuthError,
    NotConnected,
    PayloadError,
    PbxError,
    RateLimited,
    Refused,
    SignatureError,
    UnknownAdapter,
    Unreachable,
)
from .event import CallEvent
from .messages import (
    TIMEOUT,
    Account,
    Credentials,
    Decision,
    DidInfo,
    ExtensionInfo,
    HttpRequest,
    HttpResponse,
    Notification,
    Problem,
    Request,
    Response,
    Setting,
)
from .registry import Registry

__all__ = [
    "NONSENSE",
    "TIMEOUT",
    "Account",
    "Adapter",
    "AuthError",
    "Credentials",
    "Decision",
    "DidInfo",
    "ExtensionInfo",
    "HttpRequest",
    "HttpResponse",
    "NotConnected",
    "Notification",
    "PayloadError",
    "PbxError",
    "Problem",
    "RateLimited",
    "Refused",
    "Registry",
    "Request",
    "Response",
    "Setting",
    "SignatureError",
    "UnknownAdapter",
    "Unreachable",
    "all",
    "get",
    "plain",
    "problems",
    "rate_limited",
    "read_json",
    "register",
    "registry",
]


class Adapter(CallControl):
    """One kind of PBX. A subclass overrides what its PBX can do.

    ``capabilities`` says what that is: ``originate``, ``redirect``, ``caller_name``,
    ``blacklist``, ``recording``, ``statistics``, ``setup``, ``extensions``, ``sms``,
    and what `CallControl` names; the methods of what it does not name are never called.
    ``bridge``: its events come from a bridge of ours beside the PBX, which carries out
    requests to addresses that begin with ``bridge:``.
    ``softphone`` has no method: its settings are those of the module ``softphone``.
    An adapter whose PBX proves nothing has ``verifies = False``; then the secret
    address and the list of allowed addresses carry all of it.
    """

    code: str = ""
    label: str = ""
    capabilities: frozenset[str] = frozenset()
    settings: tuple[Setting, ...] = ()
    default_api_url: str = ""
    verifies: bool = True
    #: Whether an API key is needed besides the secret.
    uses_key: bool = True
    #: Requests for statistics that the PBX takes a minute, rows of one answer, and the
    #: longest period of one request in days.
    statistics_a_minute: int = 60
    statistics_limit: int = 1000
    #: No month is so short, and where the clock goes forward the period is an hour
    #: longer on the PBX's own.
    statistics_days: int = 27

    def handshake(self, request: Request) -> Response | None:
        """Return the answer to the PBX's check of the address, if this is one.

        Called before ``verify``, so the answer must hold nothing of ours.
        """
        return None

    def verify(self, request: Request, credentials: Credentials) -> None:
        """Prove that the request comes from the PBX. Fails closed.

        :raises SignatureError: when it is not proven, or cannot be; Odoo has words for
            its code in each language, see `telephony.pbx._refusal_in_words`
        """
        if self.verifies:
            raise SignatureError("unable", "This adapter does not verify anything.")

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

    def check(self, credentials: Credentials) -> HttpRequest | None:
        """Return a harmless request that tells whether the credentials work.

        ``None``: there is nobody to ask, the PBX only sends events.
        """
        raise NotImplementedError

    def originate(
        self,
        credentials: Credentials,
        extension: str,
        number: str,
        caller_id: str = "",
        call_ref: str = "",
    ) -> HttpRequest:
        """Return the request that rings ``extension``, then connects ``number``.

        :param number: E.164 with its plus sign, already allowed to be dialled
        :param caller_id: what the customer is shown, of a PBX with ``caller_id``
        :param call_ref: the reference the call is to have, see `call_ref`
        """
        raise NotImplementedError

    # -- recordings ------------------------------------------------------------------

    def recording_link(
        self, credentials: Credentials, ref: str, call_ref: str
    ) -> HttpRequest | None:
        """Return the request that asks where the sound is; ``None``: nobody is asked.

        :param ref: the PBX's proven id of the recording; empty when it only said that
            the call was recorded, then all recordings of ``call_ref`` are asked for
        """
        return None

    def recording_sounds(
        self, credentials: Credentials, ref: str, call_ref: str, answer: dict
    ) -> list[tuple[str, HttpRequest]]:
        """Return ``(ref, request)`` of each recording; the request fetches the sound.

        :param answer: to ``recording_link``, read by ``answer``; empty without one
        :raises PbxError: when the answer makes no sense
        """
        raise NotImplementedError

    def recording_home(self, credentials: Credentials, ref: str = "") -> str:
        """Return the address of the PBX itself at which a recording may lie.

        An administrator has set it, so it may be on our own network. No other place is
        shown the headers of a request.
        """
        return credentials.api_url

    # -- statistics ------------------------------------------------------------------

    def statistics(
        self,
        credentials: Credentials,
        account: Account,
        start: datetime,
        end: datetime,
        skip: int = 0,
    ) -> HttpRequest:
        """Return the request for the PBX's own rows of the calls begun in a period.

        :param start: and ``end``, naive UTC
        :param skip: how many rows were read before
        """
        raise NotImplementedError

    def statistics_rows(self, answer: dict) -> list[Notification]:
        """Return one notification a row; its key is the same whenever it is read.

        ``events`` makes confirmed `EventKind.RECORD` events of their payloads. A row
        that names no call has an empty ``call_ref``.

        :raises PbxError: when the answer makes no sense
        """
        raise NotImplementedError

    def statistics_more(self, answer: dict, count: int) -> bool:
        """Tell whether more rows of the same period are to be asked for.

        :param count: how many rows the answer has
        """
        return count >= self.statistics_limit

    def statistics_whole(self, answer: dict) -> bool:
        """Tell whether a call that is not among these rows was none.

        :return: ``False`` when they are only what somebody has heard of the PBX
        """
        return True

    def statistics_period(
        self, answer: dict, account: Account, start: datetime, end: datetime
    ) -> tuple[datetime, datetime]:
        """Return the period that an answer is about, which may be a part of it only.

        :param start: and ``end``, naive UTC, as they were asked for
        :raises PbxError: when the answer makes no sense
        """
        return start, end

    # -- set-up ----------------------------------------------------------------------

    def zone(self, credentials: Credentials) -> HttpRequest:
        """Return the request for the account's time zone."""
        raise NotImplementedError

    def read_zone(self, answer: dict) -> str:
        """Return an IANA name or a form like ``UTC+2``."""
        raise NotImplementedError

    def extensions(self, credentials: Credentials) -> HttpRequest:
        """Return the request for the numbers of all extensions."""
        raise NotImplementedError

    def read_extensions(self, answer: dict) -> list[str]:
        """Return the numbers of all extensions."""
        raise NotImplementedError

    def extension(self, credentials: Credentials, number: str) -> HttpRequest:
        """Return the request for what is known of one extension."""
        raise NotImplementedError

    def read_extension(self, number: str, answer: dict) -> ExtensionInfo:
        """Return what is known of one extension."""
        raise NotImplementedError

    def dids(self, credentials: Credentials) -> HttpRequest:
        """Return the request for all company numbers."""
        raise NotImplementedError

    def read_dids(self, answer: dict) -> list[DidInfo]:
        """Return all company numbers."""
        raise NotImplementedError

    def subscribe(self, credentials: Credentials, url: str) -> list[HttpRequest]:
        """Return the requests, in order, after which all events are posted to us."""
        raise NotImplementedError

    def subscriptions(self, credentials: Credentials) -> list[HttpRequest]:
        """Return the requests that ask where which events are posted to."""
        raise NotImplementedError

    def read_subscriptions(self, answers: list[dict], url: str) -> list[str]:
        """Return what is missing to post all events to ``url``; none: all is well.

        :return: the vendor's names of addresses and notifications
        """
        raise NotImplementedError

    def other_addresses(self, answers: list[dict], url: str) -> list[str]:
        """Return the addresses that events are posted to now, except ``url``.

        :param answers: to what `subscriptions` asks
        """
        raise NotImplementedError

    # -- messages --------------------------------------------------------------------

    def send_sms(
        self, credentials: Credentials, number: str, text: str, sender: str = ""
    ) -> HttpRequest:
        """Return the request that sends a text message.

        :param number: E.164 with its plus sign, already allowed to be dialled
        """
        raise NotImplementedError

    def read_sms(self, number: str, answer: dict) -> str:
        """Return why the message to ``number`` was refused; empty: it was taken."""
        raise NotImplementedError

    # -- answers ---------------------------------------------------------------------

    def answer(self, response: HttpResponse) -> dict:
        """Return what the PBX answered to one of our requests.

        :raises PbxError: one of its kinds, with one plain sentence
        """
        return read_json(response)


registry = Registry(f"{__package__}.adapters")
register = registry.register
get = registry.get
all = registry.all  # the name is fixed; nothing in this file uses the built-in
problems = registry.problems
