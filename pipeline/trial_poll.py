"""Poll a feed without storing anything: what it would bring, and when it would be polled next."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pipeline.feeds import options
from pipeline.feeds.options import Options
from pipeline.feeds.scheduling import schedule
from pipeline.feeds.scheduling.schedule import Decision, FeedState
from pipeline.fetch.client import Client
from pipeline.fetch.politeness import HostHealth
from pipeline.jobs import Host, PollJob
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.steps import feed_answer
from pipeline.steps import polling as poll_step
from pipeline.steps.feed_answer import Polled

GAP_S = 1.0  # between the documents of a feed in several parts, while a person waits
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Trial:
    """A first poll and the schedule that would follow, without random variation. `started_at` is in UTC."""

    polled: Polled
    decision: Decision
    failure: Failure | None
    started_at: datetime

    @property
    def wait_s(self) -> float:
        """Seconds from the end of this poll to the next."""
        return (self.decision.next_poll_at - self.started_at).total_seconds() - self.polled.poll.elapsed_s


def poll_once(client: Client, url: str, own: Options, settings: Settings) -> Trial:
    """Poll a feed once as if it were new, with `own` as its options. Raises Failure bad_url or blocked_scheme; any other failure is the
    outcome of the poll."""
    address, now, started = parse(url), datetime.now(UTC), time.monotonic()
    host = Host(0, address.host, min(GAP_S, settings.fetch.min_gap_s), False, HostHealth(), None, now)
    job = PollJob(0, _NOBODY, address.text, FeedState(), host, "", now, False, own)
    failed: Failure | None = None
    try:
        polled = poll_step.poll(client, job, settings, clock=time.monotonic, pause=time.sleep)
    except Failure as failure:
        failed, polled = failure, feed_answer.failed(failure, time.monotonic() - started, started)
    outcome = replace(polled.outcome, new=len(polled.listed))
    ended = now + timedelta(seconds=polled.poll.elapsed_s)
    decision = schedule.decide(job.feed, outcome, ended, options.bounded(settings.poll, own), 0.0)
    return Trial(polled, decision, failed, now)
