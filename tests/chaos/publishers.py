"""Who publishes while the stack is tormented: the newsroom where it is beside the repository, else a small web of our own."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from itertools import pairwise
from typing import Protocol

from tests.chaos.truth import Expected
from tests.integration.newsroom import CORPUS, PROGRAM, Newsroom, newsroom
from tests.integration.site import Web, web

SITES = 20
RATE = 1.0  # new articles a second, all sites together
BACKLOG = 20  # that are out at the start
WINDOW = 60  # entries that a feed lists


@dataclass(frozen=True, slots=True)
class Gap:
    """`seconds` between the beginnings of two visits of one host, and what they asked for. `at`: time.time() of the second."""

    seconds: float
    host: str
    first: str
    second: str
    at: float


class Publisher(Protocol):
    """`truth` and `gaps` are asked at the end."""

    name: str

    def feeds(self) -> list[str]: ...

    def truth(self) -> list[Expected]: ...

    def gaps(self) -> list[Gap]:
        """The smallest gaps between the beginnings of two visits of one host, the smallest first; hops of a redirect are one visit."""


class FromNewsroom:
    """The hostile newsroom: real pages, and the faults of the real web."""

    name = "the newsroom, hostile"

    def __init__(self, room: Newsroom) -> None:
        self.room = room

    def feeds(self) -> list[str]:
        return [site["feed"] for site in self.room.rows("sites")]

    def truth(self) -> list[Expected]:
        return [Expected(row["url"], row["expect"], tuple(row["code"].split("|")), row["behaviour"]) for row in self.room.rows("truth")]

    def gaps(self) -> list[Gap]:
        by_host: dict[str, list[tuple[float, str]]] = {}
        for row in self.room.rows("log"):
            stem = row["path"].removesuffix("/final").removesuffix("/hop1").removesuffix("/hop2").removeprefix("/moved")
            by_host.setdefault(row["host"], []).append((row["start"], stem))
        return _smallest(by_host)


class FromOwnSite:
    """A web of plain pages, and some that are gone or broken for good."""

    name = "a small web of plain pages (the newsroom is not beside the repository)"

    def __init__(self, site: Web, count: int, rate: float) -> None:
        self.site, self.rate, self.started = site, rate, time.monotonic()
        self.urls = site.articles("a", count)
        for base in site.bases:
            site.answers[f"{base}/feed.json"] = lambda _, base=base: self._feed(base)  # type: ignore[misc]
        for url in self.urls[::10]:
            site.answers[url] = _gone
        for url in self.urls[5::10]:
            site.answers[url] = _broken

    def feeds(self) -> list[str]:
        return [f"{base}/feed.json" for base in self.site.bases]

    def truth(self) -> list[Expected]:
        gone, broken = set(self.urls[::10]), set(self.urls[5::10])
        return [
            Expected(url, "failed", ("http_410",), "gone")
            if url in gone
            else Expected(url, "failed", ("http_500",), "always500")
            if url in broken
            else Expected(url, "stored", ("",), "plain")
            for url in self.urls
        ]

    def gaps(self) -> list[Gap]:
        wall = time.time() - time.monotonic()
        return _smallest({base: [(wall + at, f"request {n}") for n, at in enumerate(times)] for base, times in self.site.asked.items()})

    def _feed(self, base: str) -> tuple[int, dict[str, str], bytes]:
        out = BACKLOG + int((time.monotonic() - self.started) * self.rate)
        mine = [url for url in self.urls[:out] if url.startswith(f"{base}/")][-WINDOW:]
        items = [{"id": url, "url": url, "title": url.rpartition("/")[2]} for url in reversed(mine)]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": base, "items": items}).encode()
        return 200, {"Content-Type": "application/feed+json"}, body


@contextlib.contextmanager
def publishing(seconds: float, seed: int) -> Iterator[Publisher]:
    """Publish steadily for so many seconds; everything stays up until the block ends."""
    if PROGRAM.exists():
        with (CORPUS / "truth.jsonl").open() as rows:
            pages = sum(1 for _ in rows)
        copies = max(1, round(seconds * RATE / pages))
        rate = (copies * pages - BACKLOG) / seconds
        options = {"faults": "hostile", "sites": SITES, "copies": copies, "rate": rate, "backlog": BACKLOG, "window": WINDOW, "seed": seed}
        with newsroom(*(text for name, value in options.items() for text in (f"--{name}", str(value)))) as room:
            yield FromNewsroom(room)
        return
    with web(hosts=SITES, delay_s=0.05) as site:
        yield FromOwnSite(site, BACKLOG + round(seconds * RATE), RATE)


def _smallest(by_host: dict[str, list[tuple[float, str]]], count: int = 10) -> list[Gap]:
    """Requests for one thing one after the other are a chain of redirects: one visit."""
    gaps = [
        Gap(late - early, host, one, other, late)
        for host, requests in by_host.items()
        for (early, one), (late, other) in pairwise(sorted(requests))
        if one != other
    ]
    return sorted(gaps, key=lambda gap: gap.seconds)[:count]


def _gone(_: Message) -> tuple[int, dict[str, str], bytes]:
    return 410, {}, b"gone"


def _broken(_: Message) -> tuple[int, dict[str, str], bytes]:
    return 500, {}, b"broken"
