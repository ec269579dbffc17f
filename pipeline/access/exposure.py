"""Whether others than this machine reach a port, and by what name a browser keeps its session."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# A browser takes a `__Host-` cookie only over https, and only for this very host.
COOKIE, COOKIE_ON_LOOPBACK = "__Host-newsmill", "newsmill"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: the address of who asks, and whether they came by https. `is_loopback`: from this machine, by no proxy."""

    address: str
    https: bool
    is_loopback: bool
    is_trusted: bool


def is_loopback(host: str) -> bool:
    """Whether the name or address is that of this machine to itself."""
    if host.strip("[]").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin(peer: str, scheme: str, headers: Mapping[str, str], trusted: Iterable[str]) -> Origin:
    """What a proxy says of who is behind it counts only where the proxy is trusted. Of several addresses the last is the one that it saw."""
    believed = _is_in(peer, trusted)
    forwarded = headers.get("x-forwarded-for", "")
    https = scheme == "https" or (believed and headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower() == "https")
    by_proxy = bool(forwarded or headers.get("forwarded") or headers.get("x-forwarded-host"))
    address = forwarded.rpartition(",")[2].strip()[:64] if believed and forwarded else peer
    return Origin(address, https, is_loopback(peer) and not by_proxy, believed)


def bearer(authorization: str) -> str:
    """The token of an Authorization header, '' where it has none."""
    kind, _, token = authorization.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def session_of(cookies: Mapping[str, str]) -> str:
    """What the cookie of a signed-in browser holds; '' without one."""
    return cookies.get(COOKIE) or cookies.get(COOKIE_ON_LOOPBACK) or ""


def _is_in(address: str, networks: Iterable[str]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network, strict=False) for network in networks)
