"""From which addresses of the internet something may be asked."""

import ipaddress


def read(text):
    """Return the networks of a list separated by commas; none means any address.

    :raises ValueError: when it cannot be read
    """
    parts = (part.strip() for part in (text or "").split(","))
    return tuple(ipaddress.ip_network(part, strict=False) for part in parts if part)


def allow(networks, address):
    """Tell whether one of ``networks`` holds ``address``, or there are none."""
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    # An IPv4 address reaches a server that listens on IPv6 in another spelling.
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)
