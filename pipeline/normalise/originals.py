"""Decide which of several copies of a text is the original: by what they credit, then by time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pipeline.text import letters_key


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. `at` is when it was published, or if unknown, fetched. `credits` is the publisher that it names as its source, or empty;
    `names` are those of its own site."""

    article_id: int
    at: datetime
    names: tuple[str, ...] = ()
    credits: str = ""


def original(copies: Collection[Copy]) -> Copy:
    """The copy that others credit; else the earliest of those that credit nobody; else the earliest."""
    credited = {_folded(copy.credits) for copy in copies} - {""}

    def rank(copy: Copy) -> tuple[bool, bool, datetime, int]:
        is_credited = any(_folded(name) in credited for name in copy.names if name)
        return not is_credited, bool(copy.credits) and not is_credited, copy.at, copy.article_id

    return min(copies, key=rank)


def _folded(name: str) -> str:
    return letters_key(name.casefold().removeprefix("www.").removeprefix("the "))
