"""Whether other machines reach a port, and under which name a browser keeps its session."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Browsers accept a `__Host-` cookie only over https, and only for exactly this host.
COOKIE, COOKIE_ON_LOOPBACK = "__Host-newsmill", "newsmill"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: the client's address, and whether it used https. `is_loopback` means from this machine and not through a
    proxy."""

    address: str
    https: bool
    is_loopback: bool
    is_trusted: bool


def is_loopback(host: str) -> bool:
    """Whether the name or address is this machine's loopback."""
    if host.strip("[]").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin(peer: str, scheme: str, headers: Mapping[str, str], trusted: Iterable[str]) -> Origin:
    """The origin of a request. What a proxy says about the client counts only if the proxy is trusted. Of several addresses, the last is
    the one that the proxy saw."""
    believed = _is_in(peer, trusted)
    forwarded = headers.get("x-forwarded-for", "")
    https = scheme == "https" or (believed and headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower() == "https")
    by_proxy = bool(forwarded or headers.get("forwarded") or headers.get("x-forwarded-host"))
    address = forwarded.rpartition(",")[2].strip()[:64] if believed and forwarded else peer
    return Origin(address, https, is_loopback(peer) and not by_proxy, believed)


def bearer(authorization: str) -> str:
    """The token of an Authorization header; empty if there is none."""
    kind, _, token = authorization.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def session_of(cookies: Mapping[str, str]) -> str:
    """The session in a browser's cookies; empty if there is none."""
    return cookies.get(COOKIE) or cookies.get(COOKIE_ON_LOOPBACK) or ""


def _is_in(address: str, networks: Iterable[str]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network, strict=False) for network in networks)
