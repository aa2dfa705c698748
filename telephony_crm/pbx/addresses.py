"""Which addresses may be asked, and which of them without encryption.

A PBX says where a recording lies. Whoever stands behind such an address must not have
us ask the machines of our own network, which believe what comes from inside.

A PBX in our own network often has a web server without encryption: keys may go there,
and not over the internet.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
#: What does not leave the own network: this machine; RFC 1918, 3927, 4193, 4291.
LOCAL = tuple(
    map(
        ipaddress.ip_network,
        (
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "::1/128",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)
#: Ends of names that no name server of the internet knows (RFC 6761, 6762, 8375; ICANN
#: has reserved ``internal``), and what people end the names of their own network with.
LOCAL_NAMES = (".local", ".localhost", ".home.arpa", ".internal", ".lan")
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address within


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet.

    :param address: as a socket names its peer; an IPv6 one may have a zone
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip not in GLOBAL_UNICAST or ip.sixtofour or ip.teredo:
            return False
    return ip.is_global and not ip.is_multicast


def is_local(address: str) -> bool:
    """Tell whether an IP address is of this machine or of our own network.

    :param address: as a socket names its peer; an IPv6 one may have a zone
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip.version == one.version and ip in one for one in LOCAL)


def is_safe(url: str) -> bool:
    """Tell whether keys may be sent to an address, as far as its text tells.

    Encrypted, or not beyond our own network. What a name stands for only the connection
    tells, see ``tools/own_network.py``.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme != "http":
        return parts.scheme == "https" and bool(host)
    if is_local(host):
        return True
    return bool(re.fullmatch(r"[a-z][a-z0-9-]*", host)) or host.endswith(LOCAL_NAMES)


def is_overheard(url: str) -> bool:
    """Tell whether what goes to an address can be read in a network in between.

    That is what is not encrypted, and leaves this machine.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme != "http" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return bool(host)


def origin_of(url: str) -> str:
    """Return scheme, host and port of ``url`` with a slash; empty if it has none.

    Without user and password, in small letters, so that two can be compared.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    if port in (None, {"http": 80, "https": 443}[parts.scheme]):
        return f"{parts.scheme}://{host}/"
    return f"{parts.scheme}://{host}:{port}/"


def may_ask(url: str, own: str) -> bool:
    """Tell whether ``url`` may be asked at all, as far as its text tells.

    :param own: origin of the PBX itself, which may be on our network and unencrypted
    """
    origin = origin_of(url)
    return bool(origin) and (origin == own or origin.startswith("https://"))
