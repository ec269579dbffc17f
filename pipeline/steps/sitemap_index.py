"""Further documents of a feed, asked for in the same visit as the feed itself: the sitemaps of an index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.feeds.formats.model import Feed
from pipeline.feeds.formats.sitemap import gathered
from pipeline.fetch.client import Client, RedirectDeferred, Response, failure_of
from pipeline.jobs import PollJob
from pipeline.normalise.urls import Url
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure
from pipeline.settings import Settings

_SPARE_S = 5.0  # of the lease, to write everything down
_DAYS_BACK = 2  # of the longest interval: what has not changed for so long was read by an earlier poll


@dataclass
class Further:
    """Asks at the pace of the host, so that a poll of an index takes as many gaps as it reads sitemaps, and stops in time for the lease.

    `asked_at` is the `clock` of the last answer, `ends` that at which the lease is over. `admit` is asked before a request to another
    host; None where nobody else visits hosts.
    """

    client: Client
    job: PollJob
    settings: Settings
    admit: Callable[[Url], None] | None
    clock: Callable[[], float]
    pause: Callable[[float], None]
    asked_at: float
    ends: float

    def pages_of(self, index: Feed, parse: Callable[[Response], Feed]) -> Feed:
        """The pages of the sitemaps of an index, as one feed. Raises Failure where the host refuses."""
        poll, before = self.settings.poll, self.job.feed

        def read(address: str) -> Feed | None:
            response = self._get(address)
            return parse(response) if response else None

        return gathered(
            index,
            read,
            since=_since(self.job.started_at, poll.max_interval_s) if before.polled_well and not before.failures else None,
            most=poll.max_sitemaps,
            max_entries=poll.max_entries,
        )

    def _get(self, address: str) -> Response | None:
        fetch = self.settings.fetch
        now = self.clock()
        wait = max(0.0, self.asked_at + self.job.host.gap_s - now)
        if now + wait + fetch.deadline_s + self.settings.poll.parse_s + _SPARE_S > self.ends:
            return None
        self.pause(wait)
        self.asked_at = self.clock()
        target, own = parse_url(address), self.job.options
        try:
            if self.admit is not None and target.host != self.job.host.name:
                self.admit(target)
            response = self.client.get(
                address,
                kind="feed",
                max_bytes=self.settings.poll.max_bytes,
                user_agent=own.user_agent,
                own=own.headers if target.host == self.job.host.name else (),
                admit=self.admit,
            )
        except RedirectDeferred as onward:
            raise Failure("bad_redirect", f"It is at {onward.url}, on a host whose turn has not come.") from None
        self.asked_at = response.answered_at
        if failure := failure_of(response):
            raise failure
        return response


def _since(now: datetime, longest_s: float) -> datetime:
    return now - timedelta(seconds=_DAYS_BACK * longest_s)
