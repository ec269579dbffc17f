"""The redirects of a fetch: one record for the program and one form in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect: the address that answered, and its status."""

    url: str
    status: int


def to_json(hops: Iterable[Hop]) -> list[dict[str, Any]]:
    """Convert hops to the JSON that the database stores."""
    return [asdict(hop) for hop in hops]


def from_json(hops: Iterable[Mapping[str, Any]]) -> tuple[Hop, ...]:
    """Convert the stored JSON back to hops."""
    return tuple(Hop(hop["url"], hop["status"]) for hop in hops)
