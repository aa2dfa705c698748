"""What can go wrong with a PBX, for programs and in words for people."""

from __future__ import annotations


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
    """The PBX did not answer in time.

    :param why: ``name``, ``port``, ``certificate``, ``encryption``, ``closed`` or
        ``silent``, the likeliest where nothing tells
    """

    default_code = "unreachable"

    def __init__(self, code: str = "", message: str = "", why: str = "silent"):
        super().__init__(code, message)
        self.why = why


class NotConnected(Unreachable):
    """There was not even a connection, so nothing was sent."""


class UnknownAdapter(PbxError):
    """No adapter has this code, or it could not be loaded."""

    default_code = "unknown_adapter"
