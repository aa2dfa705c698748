"""What Asterisk and the bridge answer: JSON of ARI, text of AMI.

ARI answers 200 or 204, or an error with ``{"message": …}`` (``res/res_ari.c``); over
HTTP an AMI action is answered by its header lines (``main/manager.c``).
"""

from __future__ import annotations

import json

from .answers import NONSENSE, plain, rate_limited
from .errors import AuthError, NotConnected, PbxError, Refused, Unreachable
from .messages import HttpResponse

#: What the bridge answers for ARI where it has none.
NO_ARI = 501
#: What AMI says when a channel is over, in any of its actions.
GONE = ("no such channel", "does not exist", "not found")
#: What ARI says when a phone is not registered, or not known (``res_ari_channels``).
AWAY = "allocation failed"


def read(response: HttpResponse) -> dict:
    """Return an answer of whichever kind; a list stands under ``items``.

    :raises PbxError: one of its kinds
    """
    if response.body.lstrip()[:9].lower() == b"response:":
        return read_ami(response)
    return read_ari(response)


def read_ari(response: HttpResponse) -> dict:
    """Return what ARI or the bridge answered; nothing is ``{}``.

    :raises AuthError: 401: the user is not accepted; 403: it may only read
    :raises Refused: ``gone`` for what is no longer there, else in the PBX's words
    :raises Unreachable: a proxy or the bridge says that nobody answers
    """
    found = _json(response)
    if response.status < 300:
        if found is None:
            raise PbxError("nonsense", NONSENSE)
        return {"items": found} if isinstance(found, list) else found
    said = found.get("message") or found.get("error") if isinstance(found, dict) else ""
    _raise_for(response, plain(said))


def _json(response):
    if not response.body.strip():
        return {}
    try:
        found = json.loads(response.body.decode())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None


def _raise_for(response, said):
    status = response.status
    if status == 401:
        raise AuthError("ari_auth", "ARI does not accept the user and password.")
    if status == 403:
        raise AuthError("ari_read_only", said or "The user of ARI may only read.")
    if status == 404:
        raise Refused("gone", said or "The call is over.")
    if status == 429:
        raise rate_limited(response)
    if status == 500 and said.lower() == AWAY:
        raise Refused("phone_away", "The phone is not connected to the PBX.")
    if status == NO_ARI:
        raise Refused("no_ari", said)
    if status in (502, 503):
        raise NotConnected("unreachable", said)
    if status == 504:
        raise Unreachable("unreachable", said)
    if status < 400:
        raise PbxError("nonsense", NONSENSE)
    raise Refused("refused", said or f"It answers with the error {status}.")


def read_ami(response: HttpResponse) -> dict:
    """Return the fields of an answer of AMI, names in lower case.

    Of a name that occurs more than once the first counts.

    :raises AuthError: ``ami_auth`` or, when the user lacks a right, ``ami_permission``
    :raises Refused: ``gone``, or in the PBX's words
    """
    text = response.body.decode(errors="replace")
    if text.lstrip()[:9].lower() != "response:":
        if response.status < 400:
            raise PbxError("nonsense", NONSENSE)
        return read_ari(response)
    found: dict[str, str] = {}
    for line in text.lstrip().splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    if found["response"].lower() != "error":
        return found
    said = plain(found.get("message", ""))
    lower = said.lower()
    if "authentication" in lower:
        raise AuthError("ami_auth", "AMI does not accept the user and password.")
    if "permission" in lower:
        raise AuthError("ami_permission", said)
    if any(words in lower for words in GONE):
        raise Refused("gone", "The call is over.")
    if not said:
        raise Refused("unsaid", "The PBX refuses and gives no reason.")
    raise Refused("refused", said)


def read_ami_list(response: HttpResponse, kind: str) -> list[dict]:
    """Return the items of an answer of AMI that is a list, names in lower case.

    :param kind: the name of the events that are its items
    :raises PbxError: as `read_ami` does; or when it is not there to its end
    """
    read_ami(response)
    found, is_whole = [], False
    for message in response.body.decode(errors="replace").split("\r\n\r\n"):
        item: dict[str, str] = {}
        for line in message.splitlines():
            name, colon, value = line.partition(":")
            if colon:
                item.setdefault(name.strip().lower(), value.strip())
        if item.get("event") == kind:
            found.append(item)
        is_whole = is_whole or item.get("eventlist") == "Complete"
    if not is_whole:
        raise PbxError("nonsense", NONSENSE)
    return found
