"""Which addresses and ports may be dialled. Policy only, no network access.

The lists are explicit, because `ipaddress.is_global` counts multicast, NAT64 and other blocks as global. Sources: IANA special-purpose
address registries (RFC 6890), RFC 4291, RFC 6052, and the cloud vendors' documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from pipeline.outcomes import Failure
from pipeline.settings import Fetch

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_PUBLIC_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network, RFC 791
        "10.0.0.0/8",  # private, RFC 1918
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "127.0.0.0/8",  # loopback, RFC 1122
        "169.254.0.0/16",  # link local, RFC 3927
        "172.16.0.0/12",  # private, RFC 1918
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.0.2.0/24",  # documentation, RFC 5737
        "192.31.196.0/24",  # AS112, RFC 7535
        "192.52.193.0/24",  # AMT, RFC 7450
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "192.168.0.0/16",  # private, RFC 1918
        "192.175.48.0/24",  # AS112, RFC 7534
        "198.18.0.0/15",  # benchmarking, RFC 2544
        "198.51.100.0/24",  # documentation, RFC 5737
        "203.0.113.0/24",  # documentation, RFC 5737
        "224.0.0.0/4",  # multicast, RFC 5771
        "240.0.0.0/4",  # reserved and broadcast, RFC 1112
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")  # the only block of global unicast that IANA gives out
_NOT_PUBLIC_6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them, RFC 2928
        "2001:db8::/32",  # documentation, RFC 3849
        "2002::/16",  # 6to4 carries an IPv4 address, RFC 3056
        "2620:4f:8000::/48",  # AS112, RFC 7534
        "3fff::/20",  # documentation, RFC 9637
    )
)
# Cloud metadata services hand out credentials. One of them has a public address, so they are listed explicitly.
_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd20:ce::254",
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_LAST = (IPv6Network("::/96"), _MAPPED, IPv6Network("::ffff:0:0:0/96"), _NAT64)  # the IPv4 address is the last 32 bits


# Refuse non-loopback addresses until fetch.contact is set. Links that failed for this reason are retried automatically
# (workers/unblock.py).
NO_CONTACT = "No contact address is set, so only loopback addresses are fetched."
SET_CONTACT = (
    "Set a URL or an e-mail address of yours: `newsmill set fetch.contact=ADDRESS`; with docker compose, `NEWSMILL_FETCH__CONTACT=ADDRESS`"
    " in .env and `docker compose up -d`."
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator allows: networks that are not public, and ports of public addresses."""

    networks: tuple[Network, ...]
    ports: frozenset[int]


def rules(settings: Fetch) -> Rules:
    """The rules that follow from the settings."""
    return Rules(tuple(ip_network(text) for text in settings.allow_networks), frozenset(settings.allow_ports))


def check_address(text: str, rules: Rules) -> None:
    """Raise Failure blocked_address unless the address is public or in a network that the operator allows."""
    address = _address(text)
    if not (_opened(address, rules) or _public(address)) or _metadata(address, rules):
        raise Failure("blocked_address", "The host is at an address that is not public.")


def check_port(text: str, port: int, rules: Rules) -> None:
    """Raise Failure blocked_port unless news sites use the port, or the address is in a network that the operator allows."""
    if port < 1 or (port not in rules.ports and not _opened(_address(text), rules)):
        raise Failure("blocked_port", f"Port {port} is not one that news sites use.")


def check_loopback(texts: list[str]) -> None:
    """Raise Failure no_contact unless all addresses are loopback. For use when no contact address is set."""
    if not all(_address(text).is_loopback for text in texts):
        raise Failure("no_contact", f"{NO_CONTACT} {SET_CONTACT}")


def needs_contact(url: str) -> bool:
    """Whether a URL, by its host name alone, points to another machine."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return bool(host) and host != "localhost" and not host.endswith(".localhost")


def warnings(settings: Fetch) -> list[str]:
    """What the operator should know about the current rules at start-up, one sentence each."""
    found = []
    if settings.allow_networks:
        found.append(
            f"fetch.allow_networks opens {', '.join(settings.allow_networks)}, which are not public: feeds and pages can make newsmill send requests there."
        )
    if not settings.contact:
        found.append(f"{NO_CONTACT} {SET_CONTACT}")
    return found


def is_address(host: str) -> bool:
    """Whether the host is an IP address (without brackets), not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _address(text: str) -> Address:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        raise Failure("blocked_address", "The host's address is not usable.") from None
    # A mapped address reaches the IPv4 host, so it is judged as that host's address.
    return IPv4Address(address.packed[-4:]) if isinstance(address, IPv6Address) and address in _MAPPED else address


def _opened(address: Address, rules: Rules) -> bool:
    return any(address in network for network in rules.networks)


def _metadata(address: Address, rules: Rules) -> bool:
    """Whether this is a metadata service's address, also embedded in another. Only naming it exactly allows it; allowing the network around
    it does not."""
    named = any(network.num_addresses == 1 and address in network for network in rules.networks)
    return not named and not _METADATA.isdisjoint((address, *_embedded(address)))


def _public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_4)
    if address in _NAT64:  # an IPv6-only machine reaches public IPv4 hosts this way
        return all(_public(inner) for inner in _embedded(address))
    return address in _PUBLIC_6 and not any(address in block for block in _NOT_PUBLIC_6)


def _embedded(address: Address) -> Iterator[IPv4Address]:
    if isinstance(address, IPv4Address):
        return
    if any(address in block for block in _IPV4_LAST):
        yield IPv4Address(address.packed[-4:])
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
