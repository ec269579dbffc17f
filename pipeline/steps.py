"""The three steps: poll a feed, fetch a page, extract an article. Each is a plain function that returns what it found.

No Celery, no database, no retry in here: a step that cannot do its work raises Failure with a code, and what follows from that
is decided elsewhere (feeds/schedule.py for feeds, workers/retry.py for links).
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pipeline.documents import open_file
from pipeline.documents.model import Opened
from pipeline.extract import EXTRACTOR, Article, Hints, Page, extract
from pipeline.extract.rights.reservations import by_site, metadata_only, noarchive
from pipeline.feeds.discovery.announced_feeds import announced
from pipeline.feeds.response import Polled, read_archive, read_feed
from pipeline.feeds.sitemap_index import Further
from pipeline.fetch.client import Client, Hop, Response, failure_of
from pipeline.fetch.robots import robots_txt as rules
from pipeline.fetch.robots import tdmrep
from pipeline.fetch.robots.robots_rules import product_token
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.normalise import aggregators
from pipeline.normalise.aggregators import from_amp_cache
from pipeline.normalise.canonical import article_identity, from_header
from pipeline.normalise.file_names import address, is_name
from pipeline.normalise.site import same_site
from pipeline.normalise.urls import Url, is_homepage
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import NETWORK, Failure
from pipeline.settings import Settings
from pipeline.store.articles.articles import Identity
from pipeline.store.articles.pages import Page as StoredPage
from pipeline.store.extraction.extracting import ExtractJob
from pipeline.store.feeds.polling import PollJob
from pipeline.store.links.fetching import FetchJob
from pipeline.store.links.rechecks import Kept
from pipeline.text import clean

# What stands in `pages.headers`; the rest is cookies and plumbing.
KEPT_HEADERS = (
    "content-type",
    "etag",
    "last-modified",
    "date",
    "content-language",
    "x-robots-tag",
    "tdm-reservation",
    "tdm-policy",
    "content-usage",
    "content-signal",
    "link",
    "server",
)
_LOGIN = re.compile(r"/(login|signin|sign-in|consent|cookie-?wall|privacy-?wall|subscribe)(/|$|\.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """`answered_at`: time.monotonic() when the answer began; `elapsed_s` from the first request to the last byte. `unchanged`: a look for changes
    found the page as it was. `downgraded`: a redirect led from https to http."""

    page: StoredPage
    answered_at: float
    elapsed_s: float
    unchanged: bool
    downgraded: bool = False


@dataclass(frozen=True, slots=True)
class Extracted:
    """`page` is the one that the article was made from, a file's under the address that the file names. `announced`: the feeds of other sites
    that it announces."""

    article: Article
    identity: Identity
    page: StoredPage
    announced: tuple[int, ...] = ()


def poll(
    client: Client,
    job: PollJob,
    settings: Settings,
    admit: Callable[[Url], None] | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Polled:
    """GET the feed, with its validators where `job.conditional`, and read it unless it has not changed, going on where earlier visits of
    its redirects ended; of a sitemap index its newest sitemaps too, with a `pause` before each. `admit` is asked before each further host.
    Raises Failure, and what `admit` raises."""
    ends = time.monotonic() + settings.dispatch.lease_fetch_s
    kept = {"If-None-Match": job.feed.etag, "If-Modified-Since": job.feed.last_modified} if job.conditional else {}
    response = client.get(
        job.address or job.url,
        kind="feed",
        headers={name: value for name, value in kept.items() if value},
        max_bytes=settings.poll.max_bytes,
        user_agent=job.options.user_agent,
        own=job.options.headers if _at_home(job) else (),
        admit=admit,
        before=tuple(Hop(url, status) for url, status in job.before),
    )
    if job.archive_try:
        return read_archive(response, job, settings)
    further = Further(client, job, settings, admit, pause, response.answered_at, ends)
    return read_feed(replace(response, url=job.url), job, settings, further)


def read_robots(
    client: Client, url: str, kept: Robots | None, now: datetime, settings: Settings, admit: Callable[[Url], None] | None = None
) -> Robots | None:
    """The rules of the URL's host: the kept copy while it is fresh, else a new one. None where robots.txt is not honoured.
    `admit` is asked before a redirect to another host is followed; raises what it raises."""
    if not settings.fetch.honour_robots:
        return None
    if kept is not None and now < kept.until:
        return kept
    return rules.refresh(client, parse_url(url), kept, now, settings.fetch, admit)


def heed(robots: Robots | None, url: str, now: datetime, settings: Settings) -> None:
    """Raise Failure robots_disallowed where the rules of the URL's host keep us out, and robots_unreachable or the code of the network where
    they could not be read; None is no rules."""
    if robots is None:
        return
    if not robots.reachable and not robots.text:
        wait = max(0.0, (robots.until - now).total_seconds())
        # No answer at all is a try of the link. An answer that is no robots.txt is waited for (RFC 9309 section 2.3.1.4).
        code = robots.code if robots.code in NETWORK else "robots_unreachable"
        why = f"robots.txt could not be read, so nothing may be fetched yet ({robots.why})"
        raise Failure(code, why, retry_after_s=wait, of_robots=True)
    if not rules.allowed(robots, parse_url(url), settings.fetch.user_agent):
        raise Failure("robots_disallowed", "robots.txt disallows this URL for our user agent")


def fetch(client: Client, job: FetchJob, admit: Callable[[Url], None] | None) -> Fetched:
    """GET one page, going on where earlier visits of its redirects ended. `admit` is asked before each further host.
    Raises Failure, and what `admit` raises."""
    if reason := aggregators.unresolvable(job.address):
        raise Failure("unresolvable_aggregator", reason)
    before = tuple(Hop(url, status) for url, status in job.before)
    kept = job.kept
    if kept is not None and kept.extractor not in ("", EXTRACTOR):  # a later one may read more out of the same page
        kept = None
    validators_of = kept.url if kept is not None else ""
    response = client.get(job.address, kind="page", headers=_validators(kept), validators_of=validators_of, admit=admit, before=before)
    if failure := failure_of(response):
        raise failure
    if _elsewhere(job, response):
        raise Failure(
            "soft_404",
            f"the link now leads to {response.final_url[:200]}, which is not the article",
            final_url=response.final_url,
            status=response.status,
            size=len(response.body),
            hops=_pairs(response),
        )
    unchanged = kept is not None and (response.status == 304 or hashlib.sha256(response.body).digest() == kept.sha256)
    if response.status == 304 and kept is None:
        raise Failure("protocol_error", "the server answered 304 to a request without validators", final_url=response.final_url, status=304)
    return Fetched(_page(job.url, response), response.answered_at, response.elapsed_s, unchanged, response.downgraded)


def extract_page(job: ExtractJob, settings: Settings) -> Extracted:
    """The article on a fetched page. Raises Failure."""
    page = job.page
    sent = page.raw_headers or tuple(page.headers.items())
    opened = Opened(Page(page.final_url, page.body, page.headers.get("content-type", ""), sent))
    if is_name(page.final_url) and not job.told.hints.only:
        opened = open_file(page.final_url, page.body, page.headers.get("content-type", ""), settings.files)
        page = replace(page, final_url=opened.page.url)
    hints, announcing = heard(job)
    article = extract(opened.page, hints, settings.extract, product_token(settings.fetch.user_agent), text=opened.text)
    article = by_site(replace(article, flags=(*article.flags, *opened.flags)), tdmrep.said(job.tdmrep, page.final_url))
    if settings.fetch.honour_noarchive and noarchive(article.reservations, job.now or datetime.now(UTC)):
        article = metadata_only(article)
    return Extracted(article, identity(page.final_url, article, page.headers.get("link", "")), page, announcing)


def heard(job: ExtractJob) -> tuple[Hints, tuple[int, ...]]:
    """What feeds may say of the article, and which feeds of other sites the page announces: those may speak for it too."""
    told = job.told
    if not told.strangers:
        return told.hints, ()
    keys = announced(job.page.body, job.page.final_url, job.page.headers.get("link", ""))
    found = [one for one in told.strangers if one.keys & keys]
    said = next((one.hints for one in found if one.hints), None)
    return (told.hints if told.vouched else said or told.hints), tuple(one.feed_id for one in found)


def identity(final_url: str, article: Article, link_header: str = "") -> Identity:
    """Identity of the article at `final_url`. A canonical URL counts only where it can be trusted."""
    claims = replace(article.canonical_claims, header=from_header(link_header))
    judged = article_identity(claims, final_url)
    return Identity(address(judged.url or from_amp_cache(final_url)).key, judged.url, judged.rejected)


def crawl_delay_s(robots: Robots | None, settings: Settings) -> float | None:
    """The delay the host's robots.txt asks of us, in seconds."""
    return rules.crawl_delay_s(robots, settings.fetch.user_agent, settings.fetch) if robots else None


def age_s(at: float | None) -> float | None:
    """Seconds since a moment of time.monotonic(); None for none."""
    return None if at is None else time.monotonic() - at


def _at_home(job: PollJob) -> bool:
    """Whether the request goes where the feed is: what the operator set for it is for nobody else."""
    here, home = urlsplit(job.address or job.url), urlsplit(job.url)
    return not job.before and (here.scheme, here.netloc) == (home.scheme, home.netloc)


def _validators(kept: Kept | None) -> dict[str, str]:
    if kept is None:
        return {}
    headers = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in headers.items() if value}


def _elsewhere(job: FetchJob, response: Response) -> bool:
    """Whether redirects ended at the home page or at a door, and not at what was asked for. A look for changes has to end at the site
    of the article too: who listed it by a redirect of his own could change it later, also by answering himself."""
    url, final_url = job.url, response.final_url
    if job.kept is not None and job.kept.url and not same_site(parse_url(job.kept.url).host, parse_url(final_url).host):
        return True
    if not response.hops:
        return False
    if is_homepage(final_url):
        return not is_homepage(url)
    return bool(_LOGIN.search(urlsplit(final_url).path)) and not _LOGIN.search(urlsplit(url).path)


def _pairs(response: Response) -> tuple[tuple[str, int], ...]:
    return tuple((hop.url, hop.status) for hop in response.hops)


def _page(url: str, response: Response) -> StoredPage:
    headers = {name: clean(response.headers[name], 2000) for name in KEPT_HEADERS if name in response.headers}
    raw = tuple((clean(name, 200), clean(value, 8000)) for name, value in response.raw_headers)
    return StoredPage(
        url,
        response.final_url,
        response.status,
        headers,
        _pairs(response),
        response.body,
        reason=clean(response.reason, 200),
        raw_headers=raw,
    )
