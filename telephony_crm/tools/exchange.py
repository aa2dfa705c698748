"""One request to a PBX and its whole answer, within limits of time and size."""

import requests
from urllib3.exceptions import HTTPError, LocationParseError, NewConnectionError

from ..pbx import adapter as pbx_adapter
from .deadline import Deadline, WatchedAdapter
from .own_network import LocalAdapter
from .reading import pieces
from .unreachable import why_unreachable

# The last three come from addresses that are none.
UNSENT = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    LocationParseError,
    UnicodeError,
)


def exchange(http_request, seconds, most):
    """Send what an adapter described and return the answer; no redirect is followed.

    :param http_request: `pbx.adapter.HttpRequest`
    :param seconds: for all of it
    :param most: bytes that are taken, unpacked
    :rtype: pbx.adapter.HttpResponse
    :raises pbx.adapter.NotConnected: nothing was sent
    :raises pbx.adapter.Unreachable: no whole answer within the time limits
    :raises pbx.adapter.PbxError: it is longer than that; or ``in_the_clear``: it would
        go over the internet without encryption
    """
    try:
        with Deadline(seconds) as deadline, _session(http_request.url) as session:
            with session.request(
                http_request.method,
                http_request.url,
                params=http_request.params,
                data=http_request.data,
                headers=http_request.headers,
                timeout=http_request.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _body(response, deadline, most)
            return pbx_adapter.HttpResponse(
                status=response.status_code,
                headers={
                    name.lower(): value for name, value in response.headers.items()
                },
                body=body,
            )
    except (requests.RequestException, HTTPError, UnicodeError) as error:
        # Also what is raised for addresses that are none, such as http://a..b/.
        kind = pbx_adapter.Unreachable
        if _never_connected(error):
            kind = pbx_adapter.NotConnected
        raise kind("unreachable", "", why_unreachable(error)) from error


def _session(url):
    session = requests.Session()
    session.mount("https://", WatchedAdapter())
    session.mount("http://", LocalAdapter())
    # A proxy is no part of our own network, or need not be.
    session.trust_env = not url.lower().startswith("http:")
    return session


def _never_connected(error):
    """Tell whether an exception means that nothing can have been sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, UNSENT) or isinstance(reason, NewConnectionError)


def _body(response, deadline, most):
    body = bytearray()
    for piece in pieces(response, deadline, unpack=True):
        body += piece
        if len(body) > most:
            raise pbx_adapter.PbxError(
                "nonsense", "The PBX gave far too long an answer."
            )
    return bytes(body)
