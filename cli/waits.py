"""What links wait for, told while a person waits for them: each reason when it first comes up, and again once a minute."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cli.links import waiting
from cli.output import complain, many, url

if TYPE_CHECKING:
    from pipeline.store.links import Link

AGAIN_S = 60
# Reasons told at one look; thousands of links may wait for as many hosts.
MOST = 10


@dataclass(slots=True)
class WaitsTold:
    """`told`: by reason, the time.monotonic() when it was told last."""

    told: dict[str, float] = field(default_factory=dict)

    def tell(self, links: Iterable[Link]) -> None:
        """Say on standard error what these links wait for, unless it was said within the last minute. Links that are being worked on are
        left out."""
        by_reason: dict[str, list[Link]] = defaultdict(list)
        for link in links:
            if link.state == "waiting" or link.waits_until:
                by_reason[link.waits_for].append(link)
        now = time.monotonic()
        new = [reason for reason in by_reason if now - self.told.get(reason, now - AGAIN_S) >= AGAIN_S]
        new.sort(key=lambda reason: -len(by_reason[reason]))
        self.told |= dict.fromkeys(new, now)
        for reason in new[:MOST]:
            some = by_reason[reason]
            complain(f"{url(some[0].url) if len(some) == 1 else many(len(some), 'link')}: waiting for {waiting(some[0])}")
        if rest := sum(len(by_reason[reason]) for reason in new[MOST:]):
            complain(f"{many(rest, 'link')} more: waiting; `newsmill links --state waiting` says for what")
