"""What each form of text is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Form:
    """`head`, then what `row` makes of each article with `between` between two, then `foot`, all in UTF-8. `fields` are what a row holds, in
    order."""

    fields: tuple[str, ...]
    row: Callable[[Row], bytes]
    head: bytes = b""
    between: bytes = b""
    foot: bytes = b""

    def text(self, rows: Sequence[Row], *, first: bool) -> bytes:
        """Some articles. `first`: none has been written before."""
        if not rows:
            return b""
        return (b"" if first else self.between) + self.between.join(map(self.row, rows))
