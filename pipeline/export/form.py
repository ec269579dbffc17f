"""What each form of text is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Form:
    """`head`, then what `row` makes of each article with `between` between two, then `foot`. `fields` are what a row holds, in order."""

    fields: tuple[str, ...]
    row: Callable[[Row], str]
    head: str = ""
    between: str = ""
    foot: str = ""

    def text(self, rows: Sequence[Row], *, first: bool) -> str:
        """Some articles. `first`: none has been written before."""
        if not rows:
            return ""
        return ("" if first else self.between) + self.between.join(map(self.row, rows))
