"""Fetching a sound that lies where somebody else says, without being led astray.

Who names the address is not trusted: nothing is sent to a machine of our own network,
nothing unencrypted, no key to a stranger; and what comes is no longer, slower or
anything else than a sound may be.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urljoin

import requests
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from ..pbx import adapter as pbx_adapter
from ..pbx import sounds
from ..pbx.addresses import is_public, may_ask, origin_of
from .deadline import Deadline, WatchedAdapter, WatchedHttp, WatchedHttps
from .own_network import LocalAdapter
from .reading import pieces

REDIRECTS = 3
#: Seconds after which a sound that does not go on coming is given up.
PAUSE = 30.0
MOVED = (301, 302, 303, 307, 308)


@dataclass
class Sound:
    """A sound that was fetched; the file is removed when it is closed.

    :param size: bytes
    :param checksum: SHA-1 of the content, as Odoo tells attachments apart
    """

    file: BinaryIO
    kind: sounds.Kind
    size: int
    checksum: str


def fetch(http_request, own, limit, seconds):
    """Fetch a sound into a temporary file.

    :param http_request: `pbx.adapter.HttpRequest`; its headers are for the PBX only
    :param own: origin of the PBX's own API, the only one that may be on our network,
        there without encryption; no other is ever shown the headers
    :param limit: bytes
    :param seconds: for all of it
    :rtype: Sound
    :raises pbx.adapter.PbxError: with the codes ``address`` (it may not be asked),
        ``missing`` (there is no sound), ``large``, ``slow``, ``in_the_clear``; or
        Unreachable, RateLimited
    """
    deadline = Deadline(seconds, PAUSE)
    try:
        with deadline, _session(own) as session:
            with _follow(session, http_request, own) as response:
                deadline.check()  # headers that were cut look like whole ones
                return _receive(response, limit, deadline)
    except (
        requests.RequestException,
        HTTPError,
        UnicodeError,
        pbx_adapter.Unreachable,
    ) as error:
        if deadline.is_over:
            raise pbx_adapter.PbxError("slow", "It comes too slowly.") from error
        if isinstance(error, pbx_adapter.Unreachable):
            raise
        raise pbx_adapter.Unreachable("unreachable", "") from error


def _session(own):
    """Return a session that takes no proxy and no password from the environment."""
    session = requests.Session()
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    for scheme in ("https://", "http://"):
        session.mount(scheme, _PublicAdapter())
    if own:
        session.mount(own, LocalAdapter())
    return session


def _follow(session, http_request, own):
    """Return the answer at the end of all redirects, not yet read."""
    request = requests.Request(
        http_request.method,
        http_request.url,
        params=http_request.params,
        data=http_request.data,
    )
    for _hop in range(1 + REDIRECTS):
        prepared = session.prepare_request(request)
        _dress(prepared, http_request, own)
        response = session.send(
            prepared, timeout=http_request.timeout, allow_redirects=False, stream=True
        )
        target = response.headers.get("Location")
        if response.status_code not in MOVED or not target:
            return response
        response.close()
        request = requests.Request("GET", urljoin(prepared.url, target))
    raise pbx_adapter.PbxError("missing", "The recording is moved again and again.")


def _dress(prepared, http_request, own):
    """Say along who we are, and what the PBX itself is to be told to nobody else.

    The address is looked at as it will be asked for: programs differ in what they
    read out of a crooked one.
    """
    if not may_ask(prepared.url, own):
        raise _not_allowed()
    prepared.headers.update({"Accept": "audio/*", "Accept-Encoding": "identity"})
    if origin_of(prepared.url) == own:
        prepared.headers.update(http_request.headers)


def _receive(response, limit, deadline):
    """Write the answer to a temporary file, piece by piece."""
    check_status(response.status_code, response.headers)
    digest = hashlib.sha1(usedforsecurity=False)
    head, kind, size = b"", None, 0
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        for piece in pieces(response, deadline):
            deadline.go_on()
            size += len(piece)
            if size > limit:
                raise pbx_adapter.PbxError("large", "The recording is too large.")
            if kind is None:
                head += piece
                kind = sounds.kind_of(head[: sounds.HEAD])
                if kind is None and len(head) >= sounds.HEAD:
                    raise no_sound()
            digest.update(piece)
            file.write(piece)
        if kind is None:
            raise no_sound()
        file.flush()
    except BaseException:
        file.close()
        raise
    return Sound(file, kind, size, digest.hexdigest())


def check_status(status, headers):
    """Say what it means when a sound is not handed out.

    :raises pbx.adapter.PbxError:
    """
    if status == 429:
        raise pbx_adapter.rate_limited(
            pbx_adapter.HttpResponse(
                429, {name.lower(): text for name, text in headers.items()}
            )
        )
    if status >= 500:
        raise pbx_adapter.Unreachable("unreachable", "")
    if status != 200:
        raise pbx_adapter.PbxError("missing", "The PBX does not hand it out.")


def _not_allowed():
    return pbx_adapter.PbxError("address", "The address may not be asked.")


def no_sound():
    """Return the error for what is handed out and cannot be played."""
    return pbx_adapter.PbxError("missing", "What the PBX handed out is no sound.")


# -- who is really at the other end ---------------------------------------------------


class _PublicMixin:
    """Connects, and goes no further when the other end is on our own network.

    Looked at on the connection itself: a name may lead elsewhere by the time it is
    asked for again.
    """

    def _new_conn(self):
        """Override to look before anything is sent, also before encryption begins."""
        connection = super()._new_conn()
        if not is_public(connection.getpeername()[0]):
            connection.close()
            raise _not_allowed()
        return connection


class _PublicHttp(_PublicMixin, WatchedHttp):
    pass


class _PublicHttps(_PublicMixin, WatchedHttps):
    pass


class _PublicHttpPool(HTTPConnectionPool):
    ConnectionCls = _PublicHttp


class _PublicHttpsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHttps


class _PublicAdapter(WatchedAdapter):
    pools = {"http": _PublicHttpPool, "https": _PublicHttpsPool}
