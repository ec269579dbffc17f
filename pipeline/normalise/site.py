"""Decide which hosts form one site: those with one registrable domain and port. Pure.

A registrable domain is one label more than its public suffix (https://publicsuffix.org/list/, including its private part: a.github.io
and b.github.io belong to two people), or one label more than a domain in `shared-domains.txt`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

import ada_url

_SHARED_LABELS = 3  # of the longest of them
_IPV4 = re.compile(r"[0-9]+(\.[0-9]+){3}")


def same_site(a: str, b: str) -> bool:
    """Whether two hosts, as in `Url.host`, belong to one site. Each IP address is a site of its own."""
    return a == b or site_of(a) == site_of(b)


@lru_cache(10_000)
def site_of(host: str) -> str:
    """The site of a host as in `Url.host` (lower case, A-labels, with its port if that is not the scheme's own): the registrable domain and
    that port. A host without registrable domain, like an IP address, is its own site."""
    if host.startswith("["):
        return host
    name, colon, port = host.partition(":")
    return _registrable(name) + colon + port


def _registrable(name: str) -> str:
    if _IPV4.fullmatch(name) or "." not in name:
        return name
    labels = name.split(".")
    suffix = max(_listed_suffix(name), _shared_suffix(labels), 1)
    return ".".join(labels[-(suffix + 1) :])


def _shared_suffix(labels: list[str]) -> int:
    """How many labels of the name form a shared domain; 0: none. Such a domain itself is an ordinary site."""
    below = range(max(1, len(labels) - _SHARED_LABELS), len(labels))
    return next((len(labels) - at for at in below if ".".join(labels[at:]) in _shared_domains()), 0)


def _listed_suffix(name: str) -> int:
    """How many labels of the name form a public suffix; 0 if the list knows none. The list has suffixes in Unicode."""
    if not _has_list():
        return 0
    from tld import get_tld

    unicode = ada_url.idna_to_unicode(name) if "xn--" in name else name
    found = get_tld(f"https://{unicode}/", fail_silently=True)
    return str(found).count(".") + 1 if found else 0


@cache
def _shared_domains() -> frozenset[str]:
    lines = files("pipeline.normalise").joinpath("shared-domains.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def _has_list() -> bool:
    """Whether tld's copy of the list exists. Otherwise tld would download one, bypassing the guarded client."""
    return files("tld").joinpath("res/effective_tld_names.dat.txt").is_file()
