"""Say what links wait for while a person waits for them: each reason at once, and again every minute."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cli.commands.links.link_output import waiting
from cli.output import complain, many, url

if TYPE_CHECKING:
    from pipeline.store.links.links import Link

AGAIN_S = 60
# What is being worked on is reported only after this time.
WORK_S = 2
# Reasons reported at a time; thousands of links may wait for as many hosts.
MOST = 10


@dataclass(slots=True)
class WaitReasons:
    """When each reason is to be reported next, by time.monotonic()."""

    due: dict[str, float] = field(default_factory=dict)

    def tell(self, links: Iterable[Link]) -> None:
        """Print to standard error what these links wait for, unless it was printed within the last minute."""
        now = time.monotonic()
        by_reason: dict[str, list[Link]] = defaultdict(list)
        for link in links:
            by_reason[link.waits_for].append(link)
            self.due.setdefault(link.waits_for, now if link.state == "waiting" or link.waits_until else now + WORK_S)
        new = sorted((reason for reason in by_reason if now >= self.due[reason]), key=lambda reason: -len(by_reason[reason]))
        self.due |= dict.fromkeys(new, now + AGAIN_S)
        for reason in new[:MOST]:
            some = by_reason[reason]
            complain(f"{url(some[0].url) if len(some) == 1 else many(len(some), 'link')}: waiting for {waiting(some[0])}")
        if rest := sum(len(by_reason[reason]) for reason in new[MOST:]):
            complain(f"{many(rest, 'link')} more: waiting; `newsmill links --state waiting` says for what")
