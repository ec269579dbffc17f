"""Report the results of `newsmill enqueue` as they come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cli.output import complain, printable, say, say_json, to_json, url

if TYPE_CHECKING:
    from pipeline.inputs.model import Refused
    from pipeline.store.links.links import Enqueued

# Links reported one by one on a terminal; of more, only the count is shown.
MAX_SHOWN = 20
WORDS = {"new": "enqueued", "again": "again", "waiting": "on its way", "stored": "stored"}


@dataclass(slots=True)
class IntakeReport:
    """Report results as they come: `every` one, or the first `TOLD`. Links that are waited for are reported at their end."""

    every: bool
    as_json: bool
    follow: bool
    counts: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    followed: list[Enqueued] = field(default_factory=list)

    def add(self, items: list[Enqueued]) -> None:
        shown = items if self.every else items[: max(0, MAX_SHOWN - self.counts.total())]
        self.counts.update(item.what for item in items)
        if self.follow:
            self.followed += items
        elif shown:
            say("\n".join(to_json(item) if self.as_json else _sentence(item) for item in shown))

    def refuse(self, refused: Refused) -> None:
        if refused.counted:
            self.passed_over[refused.code] += 1
            return
        self.refused += 1
        text, place = url(printable(refused.text)), refused.place
        if self.as_json:
            where = {"line": None} | ({place.unit: place.number} if place else {})
            say_json({"id": None, "url": text, "what": "refused", **where, "code": refused.code, "detail": refused.detail})
        else:
            complain(f"refused: {f'{place}: ' if place else ''}{text}: {refused.detail} ({refused.code})")

    def sum_up(self) -> None:
        """Print the counts if not every link was reported, and those of skipped archive records."""
        if not (self.every or self.follow) and self.counts.total() > MAX_SHOWN:
            words = [f"{self.counts[what]:,} {word}" for what, word in WORDS.items() if self.counts[what]]
            say(f"{', '.join(words)}, {self.refused:,} refused; `newsmill status` shows their progress.")
        if self.passed_over:
            counts = ", ".join(f"{count:,} {code}" for code, count in self.passed_over.most_common())
            complain(f"Archive records that are not article pages were skipped: {counts}.")


def _sentence(item: Enqueued) -> str:
    return printable(f"{WORDS[item.what]}: {url(item.file or item.url)} is link {item.id}")
