"""Which addresses on the internet may be asked for something that others named.

A PBX says where a recording lies. Whoever stands behind such an address must not have
us ask the machines of our own network, which believe what comes from inside.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
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
