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
from .errors import (
    AuthError,
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
    HttpRequest,
    HttpResponse,
    Notification,
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
    "HttpRequest",
    "HttpResponse",
    "Notification",
    "PayloadError",
    "PbxError",
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


registry = Registry(f"{__package__}.adapters")
register = registry.register
get = registry.get
all = registry.all  # the name is fixed; nothing in this file uses the built-in
problems = registry.problems
