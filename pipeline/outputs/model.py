"""What an output is, and what it is given: the articles that were stored, changed or removed, in order, at least once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

State = dict[str, Any]

# Codes of outputs. Unavailable: it takes nothing now, and is tried until it does. Broken: its program ran into a fault. Refused: it will never
# take this article.
UNAVAILABLE, BROKEN, REFUSED = "output_unavailable", "output_broken", "output_refused"
# Failures in a row by a fault of the program, after which articles are delivered one by one to find the one that causes it.
TRIES = 5
# Seconds before an output that failed is tried again: doubled with each failure, up to the longest.
FIRST_RETRY_S, LONGEST_RETRY_S = 5.0, 300.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One change. `article` is the article as exports give it, as it is now; None where it was removed."""

    number: int
    article_id: int
    what: str
    article: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Refused:
    """An article that the output will never take: it becomes a dead letter, and the others go on."""

    number: int
    detail: str
    code: str = REFUSED


@dataclass(frozen=True, slots=True)
class Taken:
    """The batch is where it belongs, but for what was `refused`. `state` is given to the next delivery."""

    state: State
    refused: tuple[Refused, ...] = ()


class Output(Protocol):
    """`deliver` takes a batch whole and returns once it is safe. It raises OSError where it can take nothing now. `state` is what it returned last;
    `keep` writes down another at once, for what has to be known before the batch is begun. A batch may come again after a crash."""

    @property
    def name(self) -> str: ...

    def deliver(self, batch: Sequence[Delivery], state: State, keep: Callable[[State], None]) -> Taken: ...


def retry_delay_s(failures: int) -> float:
    """How long an output is left alone after so many failures in a row."""
    return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(max(failures - 1, 0), 16))
