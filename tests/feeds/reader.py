"""A feed that is polled against a scripted server by a fake clock: real HTTP, the real step and policy, and no database."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.feeds.options import Options, bounded
from pipeline.feeds.scheduling import schedule
from pipeline.feeds.scheduling.schedule import Decision, FeedState
from pipeline.fetch.client import Client
from pipeline.fetch.politeness import HostHealth
from pipeline.jobs import Host, PollJob
from pipeline.outcomes import Failure
from pipeline.settings import Fetch, Settings
from pipeline.steps import feed_answer
from pipeline.steps import polling as poll_step
from pipeline.steps.feed_answer import Polled
from tests.fetch.server import Site
from tests.fetch.server import answer as http

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)  # a Monday
HOUR = 3600
SETTINGS = Settings(fetch=Fetch(allow_networks=["127.0.0.0/8"], deadline_s=5.0, contact="https://newsmill.test/bot"))
HOST = Host(1, "a.example", 0.0, False, HostHealth(), None, datetime.now(UTC))


class Reader:
    """`poll` asks once and moves the clock to the moment at which the feed is due again."""

    def __init__(self, client: Client, url: str, interval_s: int = HOUR, options: Options = Options(), now: datetime = NOW) -> None:  # noqa: B008 (frozen)
        self.client, self.url, self.options, self.now = client, url, options, now
        self.feed = FeedState(interval_s=interval_s, polled_well=True)
        self.known: set[bytes] = set()
        self.polled: Polled | None = None
        self.decision: Decision | None = None

    def poll(self, rand: float = 0.0) -> Decision:
        conditional = schedule.conditional(self.feed, self.now)
        job = PollJob(1, uuid.uuid4(), self.url, self.feed, HOST, "w", self.now, conditional, self.options)
        try:
            self.polled = poll_step.poll(self.client, job, SETTINGS, clock=time.monotonic, pause=time.sleep)
        except Failure as failure:
            self.polled = feed_answer.failed(failure, 0.1, 0.0)
        keys = {item.url.key for item in self.polled.listed}
        outcome = replace(self.polled.outcome, new=len(keys - self.known))
        self.known |= keys
        self.polled_at = self.now
        self.decision = schedule.decide(self.feed, outcome, self.now, bounded(SETTINGS.poll, self.options), rand)
        self.feed, self.now = self.decision.feed, self.decision.next_poll_at
        self.url = self.decision.adopt or self.url
        return self.decision

    @property
    def wait_s(self) -> float:
        assert self.decision
        return (self.decision.next_poll_at - self.polled_at).total_seconds()

    @property
    def code(self) -> str:
        assert self.polled
        return self.polled.poll.code

    def skip(self, **span: float) -> None:
        """Let time go by."""
        self.now += timedelta(**span)


def rss(*numbers: int, channel: str = "", item: str = "") -> bytes:
    """A feed with an item of each number."""
    items = "".join(
        f"<item><title>Story {n}</title><link>http://news.example/{n}</link><guid isPermaLink='false'>id-{n}</guid>{item}</item>"
        for n in numbers
    )
    head = '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>News</title>'
    return f'<?xml version="1.0" encoding="utf-8"?>{head}{channel}{items}</channel></rss>'.encode()


def ok(body: bytes = b"", *headers: str) -> bytes:
    return http(body or rss(1, 2, 3), "200 OK", "Content-Type: application/rss+xml", *headers)


def status(line: str, *headers: str, body: bytes = b"") -> bytes:
    return http(body, line, *headers)


def sent(site: Site, number: int = -1) -> dict[str, str]:
    """The headers of a request."""
    return site.requests[number][1]


UNCHANGED = status("304 Not Modified")
