"""What comes back: numbers that say how sure they are, and rows that can become a DataFrame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Count:
    """How many articles match. `low` and `high` hold the true number 95 times in 100; of an exact one they are the same."""

    query: str
    total: int
    low: int
    high: int
    exact: bool
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rows(Sequence[dict[str, Any]]):
    """Rows of an answer, and the rest of it in `about`: the query in its normal form, warnings, totals."""

    rows: list[dict[str, Any]]
    about: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, place: Any) -> Any:
        return self.rows[place]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def frame(self) -> Any:
        """The rows as a DataFrame; days and times become such. It needs pandas."""
        import pandas

        found = pandas.DataFrame(self.rows)
        for name in found.columns:
            if name in ("day", "date") or str(name).endswith("_at"):
                found[name] = pandas.to_datetime(found[name], errors="coerce", utc=str(name).endswith("_at"))
        return found
