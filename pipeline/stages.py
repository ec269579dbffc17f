"""The three steps: poll a feed, fetch a page, extract an article. Each is a plain function that returns what it found.

No Celery, no database, no retry in here: a step that cannot do its work raises Failure with a code, and what follows from that
is decided elsewhere (feeds/schedule.py for feeds, workers/retry.py for links).
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime

from pipeline.extract import Article, Page, extract
from pipeline.feeds.hints import max_age_s
from pipeline.feeds.parse import parse
from pipeline.fetch import robots as rules
from pipeline.fetch.client import Client, Response, failure_of
from pipeline.fetch.robots import Robots
from pipeline.normalise.text import clean
from pipeline.normalise.urls import is_homepage, same_host
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.store.extracting import ExtractJob
from pipeline.store.pages import Page as StoredPage
from pipeline.store.polling import Described, Listed, Poll, PollJob

# What stands in `pages.headers`; the rest is cookies and plumbing.
KEPT_HEADERS = ("content-type", "etag", "last-modified", "date", "content-language", "x-robots-tag", "tdm-reservation", "link", "server")


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll that got an answer. `ttl_s`, `max_age_s`: how long the feed and its headers ask to be left alone, in seconds."""

    poll: Poll
    listed: list[Listed]
    requested_at: float
    not_modified: bool = False
    max_age_s: int | None = None
    ttl_s: int | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    page: StoredPage
    requested_at: float


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article and the identity of its own address: its canonical URL where that can be trusted, else where the page was found."""

    article: Article
    key: bytes


def poll(client: Client, job: PollJob, settings: Settings) -> Polled:
    """GET the feed, conditionally where it gave validators, and read it unless it has not changed. Raises Failure."""
    response = client.get(job.url, kind="feed", headers=_conditions(job), max_bytes=settings.poll.max_bytes)
    if response.status == 410:
        raise Failure("feed_gone", "the server answered 410: the feed is gone for good")
    if failure := failure_of(response):
        raise failure
    seconds = max_age_s(response.headers)
    body_hash = hashlib.sha256(response.body).digest()
    # Validators change together with what they stand for; a 304 may bring new ones and never takes the old ones away.
    fallback = None if response.status == 304 else ""
    etag, modified = response.headers.get("etag", fallback), response.headers.get("last-modified", fallback)
    if response.status == 304 or body_hash == job.body_hash:
        seen = Poll(response.elapsed_s, response.status, size=len(response.body), etag=etag, last_modified=modified)
        return Polled(seen, [], response.requested_at, not_modified=True, max_age_s=seconds)
    content_type = response.headers.get("content-type", "")
    feed = parse(response.body, url=response.final_url, content_type=content_type, max_entries=settings.poll.max_entries)
    listed: list[Listed] = []
    refused = 0
    for entry in feed.entries:
        try:
            listed.append(Listed(entry, parse_url(entry.url)))
        except Failure:
            refused += 1
    notes = [*feed.notes, *([f"{refused} entries have no usable link"] if refused else [])]
    found = Poll(
        response.elapsed_s,
        response.status,
        detail="; ".join(notes),
        size=len(response.body),
        entries=len(feed.entries),
        etag=etag,
        last_modified=modified,
        body_hash=body_hash,
        feed=Described(feed.kind, feed.title, feed.site_url, feed.language),
    )
    return Polled(found, listed, response.requested_at, max_age_s=seconds, ttl_s=feed.ttl_s)


def read_robots(client: Client, url: str, kept: Robots | None, now: datetime, settings: Settings) -> Robots | None:
    """The rules of the URL's host: the kept copy while it is fresh, else a new one. None where robots.txt is not honoured."""
    if not settings.fetch.honour_robots:
        return None
    if kept is not None and now < kept.until:
        return kept
    return rules.refresh(client, parse_url(url), kept, now, settings.fetch)


def fetch(client: Client, url: str, robots: Robots | None, now: datetime, settings: Settings) -> Fetched:
    """GET one page if its host's robots.txt allows it. Raises Failure."""
    if robots is not None:
        _heed(robots, url, now, settings)
    response = client.get(url, kind="page")
    if failure := failure_of(response):
        failure.final_url = response.final_url
        raise failure
    return Fetched(_page(url, response), response.requested_at)


def extract_page(job: ExtractJob, settings: Settings) -> Extracted:
    """The article on a fetched page. Raises Failure."""
    page = job.page
    article = extract(Page(page.final_url, page.body, page.headers.get("content-type", "")), job.hints, settings.extract)
    return Extracted(article, article_key(page.final_url, article.canonical_url))


def article_key(final_url: str, canonical_url: str) -> bytes:
    """Identity of the article at `final_url`. A canonical URL counts only on the same host and when it is not the home page."""
    if canonical_url and same_host(canonical_url, final_url) and not is_homepage(canonical_url):
        try:
            return parse_url(canonical_url).key
        except Failure:
            pass
    return parse_url(final_url).key


def crawl_delay_s(robots: Robots | None, settings: Settings) -> float | None:
    """The delay the host's robots.txt asks of us, in seconds."""
    return rules.crawl_delay_s(robots, settings.fetch.user_agent, settings.fetch) if robots else None


def age_s(requested_at: float | None) -> float | None:
    """Seconds since a request, None when there was none."""
    return None if requested_at is None else time.monotonic() - requested_at


def _conditions(job: PollJob) -> dict[str, str]:
    headers = {"If-None-Match": job.etag, "If-Modified-Since": job.last_modified}
    return {name: value for name, value in headers.items() if value}


def _heed(robots: Robots, url: str, now: datetime, settings: Settings) -> None:
    if not robots.reachable and not robots.text:
        wait = max(0.0, (robots.until - now).total_seconds())
        raise Failure(
            "robots_unreachable", f"robots.txt could not be read, so nothing may be fetched yet ({robots.why})", retry_after_s=wait
        )
    if not rules.allowed(robots, parse_url(url), settings.fetch.user_agent):
        raise Failure("robots_disallowed", "robots.txt disallows this URL for our user agent")


def _page(url: str, response: Response) -> StoredPage:
    headers = {name: clean(response.headers[name], 2000) for name in KEPT_HEADERS if name in response.headers}
    hops = tuple((hop.url, hop.status) for hop in response.hops)
    return StoredPage(url, response.final_url, response.status, headers, hops, response.body)
