"""Where the sounds lie that Asterisk has recorded, and how they are removed there.

A reference is ``ari:<name>`` for a stored recording of ARI, a whole address, or the
place of a file below the folder of MixMonitor. Such a file is handed out by a web
server (the setting ``recording_url``), else by the bridge.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from . import asterisk_values as values
from .asterisk_requests import ari, bridge, setting
from .errors import PbxError
from .messages import Credentials, HttpRequest

#: Seconds to connect, and to wait for the next piece of a sound.
SOUND_TIMEOUT = (5.0, 30.0)
STORED = "ari:"


def sound(credentials: Credentials, ref: str) -> HttpRequest:
    """Return the request for the sound of a recording.

    :raises PbxError: when the reference is none
    """
    if re.match(r"https?://", ref):
        return HttpRequest("GET", ref, timeout=SOUND_TIMEOUT)
    if ref.startswith(STORED):
        path = f"{_stored(ref)}/file"
        return ari(credentials, "GET", path, timeout=SOUND_TIMEOUT)
    template = setting(credentials, "recording_url")
    if not template:
        return bridge("GET", f"/recording/{values.file(ref)}")
    if "{ref}" not in template or not urlsplit(template).netloc:
        raise PbxError("nowhere", "The address of recordings is not set.")
    token = setting(credentials, "recording_token")
    return HttpRequest(
        "GET",
        template.replace("{ref}", quote(values.file(ref))),
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=SOUND_TIMEOUT,
    )


def removal(credentials: Credentials, ref: str) -> HttpRequest | None:
    """Return the request that removes a recording from the PBX.

    ``None``: it stays, since nobody wants it removed, or who hands it out cannot.
    """
    if setting(credentials, "remove_recordings").lower() != "yes":
        return None
    if ref.startswith(STORED):
        return ari(credentials, "DELETE", _stored(ref))
    if "://" in ref:
        return None
    return bridge("DELETE", f"/recording/{values.file(ref)}")


def home(credentials: Credentials, ref: str) -> str:
    """Return the address of the PBX at which a recording may lie."""
    if ref.startswith(STORED):
        return credentials.api_url
    return setting(credentials, "recording_url") or credentials.api_url


def _stored(ref):
    name = values.file(ref.removeprefix(STORED))
    return f"/recordings/stored/{quote(name, safe='')}"
