"""What a browser needs to be a telephone of a PBX: SIP over a websocket, and WebRTC.

Pure: an adapter with the capability ``softphone`` puts ``SETTINGS`` among its own, and
``account`` makes of them what one user's browser is told.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from .messages import Setting

#: Seconds that a password for the TURN server is good for: longer than a working day,
#: since a browser asks anew only when it registers anew.
TURN_SECONDS = 24 * 3600

SETTINGS = (
    Setting(
        key="softphone_url",
        label="Address for Softphones",
        help="The websocket of the PBX: wss://pbx.example:8089/ws. Browsers want a "
        "certificate that they trust.",
    ),
    Setting(
        key="sip_domain",
        label="SIP Domain of Softphones",
        help="Empty: the host of that address.",
    ),
    Setting(
        key="softphone_stun",
        label="STUN Servers of Softphones",
        help="stun:stun.example:3478; several with spaces between. Only needed where "
        "browsers and PBX do not see each other.",
    ),
    Setting(
        key="softphone_turn",
        label="TURN Servers of Softphones",
        help="turns:turn.example:5349; several with spaces between.",
    ),
    Setting(
        key="softphone_turn_user",
        label="TURN User",
        help="Empty: the secret is the one that coturn calls static-auth-secret, and "
        "each user gets a password of their own for a day.",
    ),
    Setting(key="softphone_turn_secret", label="TURN Password or Secret", secret=True),
)

_host = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


def domain(settings: Mapping[str, str]) -> str:
    """Return the SIP domain; empty when there is none that is a host's name."""
    name = settings.get("sip_domain") or ""
    if not name:
        host = _address(settings).hostname or ""
        name = f"[{host}]" if ":" in host else host
    return name if _host.fullmatch(name) else ""


def problem(settings: Mapping[str, str]) -> str:
    """Return what keeps softphones from working: ``address``, ``domain`` or nothing."""
    address = _address(settings)
    if address.scheme not in ("ws", "wss") or not address.hostname:
        return "address"
    return "" if domain(settings) else "domain"


def ice_servers(settings: Mapping[str, str], user: str, now: int) -> list[dict]:
    """Return the servers by which sound finds its way, as ``RTCPeerConnection`` wants.

    Without a TURN user the passwords are those of coturn's "TURN REST API": the user
    is the time of expiry and a name, the password the HMAC-SHA1 of that.

    :param user: a name for the TURN server's log, without a colon
    :param now: Unix seconds
    """
    servers = []
    if stun := (settings.get("softphone_stun") or "").split():
        servers.append({"urls": stun})
    if turn := (settings.get("softphone_turn") or "").split():
        name = settings.get("softphone_turn_user") or ""
        secret = settings.get("softphone_turn_secret") or ""
        if not name:
            name = f"{now + TURN_SECONDS}:{user}"
            digest = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
            secret = base64.b64encode(digest).decode()
        servers.append({"urls": turn, "username": name, "credential": secret})
    return servers


def dialled(settings: Mapping[str, str], number: str) -> str:
    """Return what a phone of this PBX dials to reach ``number``.

    :param number: E.164 with its plus sign, which the setting ``number`` gives the
        shape that the dialplan expects; or an extension, dialled as it is
    """
    if not number.startswith("+"):
        return number
    shape = settings.get("number") or "{number}"
    return shape.replace("{number}", number).replace("{digits}", number[1:])


def account(
    settings: Mapping[str, str], extension: str, password: str, user: str, now: int
) -> dict:
    """Return what one user's browser registers with.

    :param extension: the SIP user: digits alone
    :param user: and ``now``, see `ice_servers`
    """
    return {
        "uri": f"sip:{extension}@{domain(settings)}",
        "extension": extension,
        "domain": domain(settings),
        "password": password,
        "url": settings["softphone_url"],
        "ice_servers": ice_servers(settings, user, now),
    }


def _address(settings):
    try:
        return urlsplit(settings.get("softphone_url") or "")
    except ValueError:  # a bracket that is never closed
        return urlsplit("")
