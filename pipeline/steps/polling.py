"""The first step: poll a feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.fetch.client import Client
from pipeline.jobs import PollJob
from pipeline.normalise.urls import Url
from pipeline.settings import Settings
from pipeline.steps.feed_answer import Polled, read_archive, read_feed
from pipeline.steps.sitemap_index import ChildSitemaps


def poll(
    client: Client,
    job: PollJob,
    settings: Settings,
    *,
    clock: Callable[[], float],
    pause: Callable[[float], None],
    admit: Callable[[Url], None] | None = None,
) -> Polled:
    """GET the feed and parse it unless it has not changed, continuing where earlier visits of its redirects ended.

    With `job.conditional` the request carries the validators. For a sitemap index, its newest sitemaps are fetched too, with a `pause`
    before each. `clock` is the caller's time.monotonic. `admit` is called before each further host. Raises Failure, and what `admit`
    raises.
    """
    ends = clock() + settings.dispatch.lease_fetch_s
    kept = {"If-None-Match": job.feed.etag, "If-Modified-Since": job.feed.last_modified} if job.conditional else {}
    response = client.get(
        job.address or job.url,
        kind="feed",
        headers={name: value for name, value in kept.items() if value},
        max_bytes=settings.poll.max_bytes,
        user_agent=job.options.user_agent,
        own=job.options.headers if _at_home(job) else (),
        admit=admit,
        before=job.before,
    )
    if job.archive_try:
        return read_archive(response, job, settings)
    further = ChildSitemaps(client, job, settings, admit, clock, pause, response.answered_at, ends)
    return read_feed(replace(response, url=job.url), job, settings, further)


def _at_home(job: PollJob) -> bool:
    """Whether the request goes to the feed's own site: the operator's headers for it must not go to others."""
    here, home = urlsplit(job.address or job.url), urlsplit(job.url)
    return not job.before and (here.scheme, here.netloc) == (home.scheme, home.netloc)
