"""Fetch further documents of a feed in the same visit: the sitemaps of an index."""

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

_SPARE_S = 5.0  # of the lease, left for storing the results
_DAYS_BACK = 2  # times the longest interval: what has not changed for so long was read by an earlier poll


@dataclass
class ChildSitemaps:
    """Fetch at the host's pace, so that a poll of an index takes one gap for each sitemap, and stop before the lease ends.

    `asked_at` is the `clock` at the last answer, `ends` that at the end of the lease. `admit` is called before a request to another
    host; None if no other process visits hosts.
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
        """The pages of an index's sitemaps, as one feed. Raises Failure if the host refuses."""
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
            raise Failure("bad_redirect", f"It is at {onward.url}, on a host that is busy at the moment.") from None
        self.asked_at = response.answered_at
        if failure := failure_of(response):
            raise failure
        return response


def _since(now: datetime, longest_s: float) -> datetime:
    return now - timedelta(seconds=_DAYS_BACK * longest_s)
