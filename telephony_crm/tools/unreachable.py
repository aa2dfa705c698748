"""Why a web server was not reached, as far as an exception of `requests` tells."""

import errno
import socket

import requests
from urllib3.exceptions import LocationParseError

ADDRESSES = (requests.exceptions.InvalidURL, LocationParseError, UnicodeError)


def why_unreachable(error):
    """Return a word of `pbx.adapter.Unreachable` for an exception of ``requests``."""
    causes = list(_causes(error))
    text = " ".join(str(cause) for cause in causes if isinstance(cause, OSError))
    if any(isinstance(one, socket.gaierror) for one in causes):
        return "name"
    if any(isinstance(one, ADDRESSES) for one in causes):
        return "name"
    if any(getattr(one, "errno", None) == errno.ECONNREFUSED for one in causes):
        return "port"
    if "CERTIFICATE_VERIFY_FAILED" in text or "certificate" in text.lower():
        return "certificate"
    if isinstance(error, requests.exceptions.SSLError):
        return "encryption"
    if isinstance(error, requests.exceptions.Timeout):
        return "silent"
    return "closed" if isinstance(error, requests.ConnectionError) else "silent"


def _causes(error):
    """Yield an exception and all that it was made of."""
    seen = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None)]
        waiting += [part for part in one.args if isinstance(part, BaseException)]
