"""The parts of each text format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A text format: `head`, then the `row` of each article, separated by `between`, then `foot`, all in UTF-8. `fields` are the columns of
    a row, in order."""

    fields: tuple[str, ...]
    row: Callable[[Row], bytes]
    head: bytes = b""
    between: bytes = b""
    foot: bytes = b""

    def text(self, rows: Sequence[Row], *, first: bool) -> bytes:
        """The text of some articles. `first` means that none has been written before."""
        if not rows:
            return b""
        return (b"" if first else self.between) + self.between.join(map(self.row, rows))
