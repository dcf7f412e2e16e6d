"""No request leads into a private network: every connection is checked at the address it is made to.

Names are resolved by then, so that a name which means another address a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from gongkai.errors import FetchError

_PORTS = {"http": 80, "https": 443}


class PrivateAddressError(FetchError):
    """A connection to a private address that the portal's row in the roster does not allow."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet at large: not private, loopback, link-local, shared or multicast."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def allowed_endpoints(hosts: Iterable[str]) -> frozenset[tuple[str, int]]:
    """The addresses and ports of hosts named ``host``, ``host:port`` or ``[::1]:port``; both web ports by default."""
    found = set()
    for host in hosts:
        parts = urlsplit(f"//{host}")
        for port in [parts.port] if parts.port else _PORTS.values():
            try:
                known = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
            except OSError:
                continue  # a name that means nothing allows nothing
            found |= {(str(where[0]), port) for *_, where in known}
    return frozenset(found)


def guarded(connect: Callable[..., Any], allowed: frozenset[tuple[str, int]]) -> Callable[..., Any]:
    """A reactor's ``connectTCP`` that refuses private addresses other than those allowed."""

    def connect_tcp(host: str, port: int, *arguments: Any, **named: Any) -> Any:
        if (host, port) not in allowed and not is_public(host):
            raise PrivateAddressError(
                f"{host}:{port} is a private address; if the portal is there, name it in private_hosts of portals.csv"
            )
        return connect(host, port, *arguments, **named)

    return connect_tcp


def is_official(url: str, domains: Iterable[str]) -> bool:
    """Whether an address lies in one of the domains whose documents may be published, or in a domain below."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:  # no address
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
