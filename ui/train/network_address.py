"""The address under which other devices reach the page: a phone in the same network, or whoever opens the proxy's."""

from __future__ import annotations

import ipaddress
import socket
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

SOMEWHERE_ELSE = ("192.0.2.1", 9)  # an address for documentation (RFC 5737): nothing is ever sent there
LOCAL_NAMES = ("localhost", "ip6-localhost")


class Reach(NamedTuple):
    """An address, and what is to be said if other devices can't open it."""

    url: str
    problem: str = ""


def reach(url: str, *, listens_on: str | None, own_address: str | None) -> Reach:
    """The address for other devices.

    Args:
        url: the one in this browser, which is that of a proxy if there is one.
        listens_on: the address that the server was told to listen on; None: on all.
        own_address: this machine's address in its network, None if it has none.
    """
    parts = urlsplit(url)
    if not is_local(parts.hostname or ""):
        return Reach(url)
    if listens_on and is_local(listens_on):
        return Reach(url, "This app answers on this machine alone. Start it with --server.address=0.0.0.0 for others.")
    if not own_address:
        return Reach(url, "This machine has no address in a network, so other devices can't open this link.")
    port = f":{parts.port}" if parts.port else ""
    return Reach(urlunsplit(parts._replace(netloc=own_address + port)))


def is_local(host: str) -> bool:
    """Whether a host is this very machine, for itself alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in LOCAL_NAMES or host.lower().endswith(".localhost")


def own_address() -> str | None:
    """This machine's IPv4 address in the network that its packets leave by; None if there is none.

    Connecting a UDP socket sends nothing: it only has the system choose a way.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE_ELSE)
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if is_local(address) or ipaddress.ip_address(address).is_unspecified else address
