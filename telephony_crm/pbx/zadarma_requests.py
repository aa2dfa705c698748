"""What is asked of Zadarma's REST API: signed requests, recordings, messages.

Sources are those of ``adapters.zadarma``; the names of methods and parameters are
those of the vendor's OpenAPI file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from . import php, signing
from .answers import NONSENSE, plain
from .errors import PbxError
from .messages import Credentials, HttpRequest

API_URL = "https://api.zadarma.com"

#: Seconds for which a link to a recording works; 180 to 5184000. Enough for several
#: large ones; who finds it in a log the next day finds nothing behind it.
LINK_SECONDS = 1800
#: Seconds to connect, and to wait for the next piece of a sound.
SOUND_TIMEOUT = (5.0, 30.0)

#: In a recording's file name, ``1-1458313316.343456-100-2016-01-11-100155.mp3``.
_call_id = re.compile(r"(?:^|-)(\d{9,11}\.\d+)(?:-|\.[a-z0-9]+$)", re.ASCII)


def get(credentials: Credentials, path: str, params: Mapping | None = None):
    """Describe a signed GET request; ``path`` is signed as it is requested."""
    flat = dict(sorted(php.flatten(params or {}).items()))
    return HttpRequest(
        method="GET",
        url=_base(credentials) + path,
        params=flat,
        headers={"Authorization": _sign(credentials, path, php.build_query(flat))},
    )


def post(credentials: Credentials, path: str, params: Mapping):
    """Describe a signed POST request.

    The signature covers the body, so the body is sent as it was signed.
    """
    body = php.build_query(dict(sorted(params.items())))
    return HttpRequest(
        method="POST",
        url=_base(credentials) + path,
        data=body,
        headers={
            "Authorization": _sign(credentials, path, body),
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )


def _base(credentials):
    return (credentials.api_url or API_URL).rstrip("/")


def _sign(credentials, path, query):
    """Return the ``Authorization`` header, as the vendor's PHP client makes it."""
    text = path + query + signing.md5_hex(query)
    signature = signing.base64_of_hex(credentials.api_secret, text)
    return f"{credentials.api_key}:{signature}"


# -- recordings ------------------------------------------------------------------------


def recording_link(credentials: Credentials, ref: str, call_ref: str) -> HttpRequest:
    """Ask where the sound is: of one leg where its id is proven, else of the call."""
    asked = {"call_id": ref} if ref else {"pbx_call_id": call_ref}
    return get(
        credentials,
        "/v1/pbx/record/request/",
        {**asked, "lifetime": LINK_SECONDS},
    )


def recording_sounds(ref: str, answer: Mapping) -> list[tuple[str, HttpRequest]]:
    """Return the id of each recording and the request for its sound.

    The links are temporary and need no key, so they are sent none. Of links that were
    found by the call, the file's name may tell the leg's id; empty where it does not.
    """
    links = answer.get("links")
    if links is None:
        links = [answer.get("link")]
    if not isinstance(links, list) or not all(map(_is_link, links)):
        raise PbxError("nonsense", NONSENSE)
    return [
        (ref or _ref_of(link), HttpRequest("GET", link, timeout=SOUND_TIMEOUT))
        for link in links
    ]


def _is_link(link):
    return isinstance(link, str) and bool(re.match(r"https?://[^/]", link))


def _ref_of(link):
    name = unquote(urlsplit(link).path.rpartition("/")[2])
    found = _call_id.search(name)
    return found[1] if found else ""


# -- messages --------------------------------------------------------------------------


def send_sms(credentials: Credentials, number: str, text: str, sender: str = ""):
    """Send a text message. Without a sender Zadarma takes the account's usual one."""
    params = {"number": number.lstrip("+"), "message": text}
    if sender:
        params["sender"] = sender
    return post(credentials, "/v1/sms/send/", params)


def read_sms(answer: Mapping) -> str:
    """Return why the one number of a message was refused; empty when it was taken."""
    denied = answer.get("denied_numbers") or []
    if not isinstance(denied, list):
        raise PbxError("nonsense", NONSENSE)
    for line in denied:
        reason = line.get("message") if isinstance(line, Mapping) else line
        return plain(reason) or "The PBX refuses without saying why."
    return ""
