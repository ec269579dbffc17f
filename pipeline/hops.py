"""Redirects on the way of a fetch: their one form, in the program and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hop:
    """An address that answered with a redirect, and the status it did so with."""

    url: str
    status: int


def to_json(hops: Iterable[Hop]) -> list[dict[str, Any]]:
    """Hops as the database keeps them."""
    return [asdict(hop) for hop in hops]


def from_json(hops: Iterable[Mapping[str, Any]]) -> tuple[Hop, ...]:
    """Hops as the database kept them."""
    return tuple(Hop(hop["url"], hop["status"]) for hop in hops)
