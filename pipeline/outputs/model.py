"""What an output is and what it receives: the articles stored, changed or removed, in order, at least once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

State = dict[str, Any]

# Codes of outputs. Unavailable: it takes nothing now and is retried until it does. Broken: its program failed. Refused: it will never take
# this article.
UNAVAILABLE, BROKEN, REFUSED = "output_unavailable", "output_broken", "output_refused"
# Failures in a row by a fault in the program, after which articles are delivered one by one to find the cause.
TRIES = 5
# Seconds before a failed output is retried: doubled with each failure, up to the longest.
FIRST_RETRY_S, LONGEST_RETRY_S = 5.0, 300.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One change. `article` is the current article in the form of exports; None if it was removed."""

    number: int
    article_id: int
    what: str
    article: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Refused:
    """An article that the output will never take. It becomes a dead letter, and the others go on."""

    number: int
    detail: str
    code: str = REFUSED


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of a delivery: everything was taken except what was `refused`. `state` is passed to the next delivery."""

    state: State
    refused: tuple[Refused, ...] = ()


class Output(Protocol):
    """An output. `deliver` takes a whole batch and returns once it is safe; it raises OSError if it can take nothing now. `state` is what
    it returned last. `keep` stores another state at once, for what must be known before the batch starts. After a crash a batch may come
    again."""

    @property
    def name(self) -> str: ...

    def deliver(self, batch: Sequence[Delivery], state: State, keep: Callable[[State], None]) -> Taken: ...


def retry_delay_s(failures: int) -> float:
    """Seconds before an output is retried after so many failures in a row."""
    return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(max(failures - 1, 0), 16))
