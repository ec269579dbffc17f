"""Read the answer to a feed's request: its entries, and everything that the schedule needs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from pipeline.feeds import options, trust, websub
from pipeline.feeds.discovery import page_links
from pipeline.feeds.formats.model import Entry, Feed
from pipeline.feeds.formats.parse import parse
from pipeline.feeds.identity import Listed, distinct, names
from pipeline.feeds.options import Options
from pipeline.feeds.scheduling import cache_headers, permanent_redirects
from pipeline.feeds.scheduling.schedule import Outcome, ReaderRequests
from pipeline.feeds.trust import FeedTrust
from pipeline.fetch.client import Response, failure_of
from pipeline.jobs import Described, Poll, PollJob
from pipeline.normalise import aggregators
from pipeline.normalise.dates.judged_at import judged_at
from pipeline.normalise.site import same_site
from pipeline.normalise.urls import Url, is_homepage
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.steps.sitemap_index import ChildSitemaps

_PARTIAL = frozenset({206, 226})  # part of the document, though we always request all of it (RFC 3229)
_FRAGMENT = "/?:@!$&'()*+,;=-._~%"  # RFC 3986, section 3.5
_OFFERED = 3  # feeds named in the message if the answer is a page


@dataclass(frozen=True, slots=True)
class Polled:
    """A finished poll: what to store, what it means for the schedule, and its entries, each once."""

    poll: Poll
    outcome: Outcome
    listed: list[Listed]
    answered_at: float  # time.monotonic() when the answer, or the last of several, started
    further: tuple[str, ...] = ()  # further pages of the feed: the archive before it, the next page


def read_feed(response: Response, job: PollJob, settings: Settings, further: ChildSitemaps | None = None) -> Polled:
    """Read an answer to a feed's request, however it came. `further` fetches an index's sitemaps; without it they are left to the next
    poll.

    Raises Failure. Its `fresh_s` is the time in seconds for which the answer's headers ask not to come again.
    """
    try:
        _check(response, job)
        with judged_at(job.started_at):
            return _unchanged(response) if _is_unchanged(response, job) else _changed(response, job, settings, further)
    except Failure as failure:
        failure.fresh_s, failure.status, failure.size = cache_headers.max_age_s(response.headers), response.status, len(response.body)
        raise


def read_archive(response: Response, job: PollJob, settings: Settings) -> Polled:
    """Read a page of the feed's archive. It says nothing about the feed's schedule. Raises Failure."""
    if failure := failure_of(response):
        raise failure
    with judged_at(job.started_at):
        feed = _parsed(response.body, response.headers, response.final_url, settings)
    detail = f"a page of its archive: {job.archive_url}"
    poll = Poll(response.elapsed_s, response.status, detail=detail, size=len(response.body), entries=len(feed.entries))
    return Polled(
        poll,
        Outcome(entries=len(feed.entries)),
        distinct(_listed(feed, job.feed_id, job.options, job.feed_trust)[0]),
        response.answered_at,
        _further(feed),
    )


def read_push(
    body: bytes, content_type: str, url: str, feed_id: int, own: Options, settings: Settings, feed_trust: FeedTrust | None = None
) -> list[Listed]:
    """The entries, each once, that a WebSub hub pushed for the feed at `url`. `feed_trust` is the feed's; by default that of its address.
    Raises Failure."""
    feed = _parsed(body, {"content-type": content_type}, url, settings)
    return distinct(_listed(feed, feed_id, own, feed_trust or trust.feed_trust(url, trusted=own.trusted))[0])


def failed(failure: Failure, elapsed_s: float, answered_at: float) -> Polled:
    """A poll that ended in `failure`."""
    poll = Poll(elapsed_s, failure.status, failure.code, failure.detail, size=failure.size or 0)
    outcome = Outcome(failure.code, fresh_s=failure.fresh_s, retry_after_s=failure.retry_after_s)
    return Polled(poll, outcome, [], answered_at)


def _check(response: Response, job: PollJob) -> None:
    if response.status == 410:
        raise Failure("feed_gone", "the server answered 410: the feed is gone for good")
    if response.headers.get("cf-mitigated", "").strip().lower() == "challenge":
        raise Failure("challenge", f"the server answered {response.status} with a challenge for browsers (cf-mitigated)")
    if failure := failure_of(response):
        raise failure
    if response.status == 304 and not job.conditional:
        raise Failure("bad_304", "the server answered 304 to a request without validators")


def _is_unchanged(response: Response, job: PollJob) -> bool:
    return response.status == 304 or (response.status == 200 and hashlib.sha256(response.body).digest() == job.feed.body_hash)


def _unchanged(response: Response) -> Polled:
    """Handle an unchanged feed. A 304 may bring new validators and never removes the old ones; the same bytes come with their own."""
    full = response.status != 304
    return Polled(
        Poll(response.elapsed_s, response.status, size=len(response.body)),
        replace(_heard(response, keep=not full), not_modified=True, full=full),
        [],
        response.answered_at,
    )


def _changed(response: Response, job: PollJob, settings: Settings, further: ChildSitemaps | None) -> Polled:
    def parsed(answer: Response) -> Feed:
        return _parsed(answer.body, answer.headers, answer.final_url, settings)

    feed = parsed(response)
    if feed.sitemaps and further is not None:
        feed = further.pages_of(feed, parsed)
    listed, refused = _listed(feed, job.feed_id, job.options, job.feed_trust)
    named = websub.advertised(response.headers, feed, response.final_url)
    notes = [*feed.problems, *([f"{refused} entries have no usable link and no text"] if refused else []), *filter(None, [named.problem])]
    # Validators belong to the whole document: those of half a document would hide its other half behind 304s.
    whole = response.status not in _PARTIAL and not feed.partial
    outcome = replace(
        _heard(response, keep=False),
        entries=len(feed.entries),
        full=whole,
        probe=job.probe,
        body_hash=hashlib.sha256(response.body).digest() if whole else None,
        asked=ReaderRequests(max(feed.ttl_s or 0, feed.update_s or 0), feed.skip_hours, feed.skip_days),
        ended=feed.ended,
    )
    if not whole:
        outcome = replace(outcome, etag=None, last_modified=None)
    found = Poll(
        response.elapsed_s,
        response.status,
        detail="; ".join(notes),
        size=len(response.body),
        entries=len(feed.entries),
        feed=Described(feed.kind, feed.title, feed.site_url, feed.language, named.hub, named.topic),
    )
    return Polled(found, outcome, distinct(listed), further.asked_at if further else response.answered_at, _further(feed))


def _further(feed: Feed) -> tuple[str, ...]:
    return tuple(filter(None, (feed.prev_archive_url, feed.next_url)))


def _listed(feed: Feed, feed_id: int, own: Options, feed_trust: FeedTrust) -> tuple[list[Listed], int]:
    """The entries with usable links, or else with a text of their own, and how many have neither."""
    listed: list[Listed] = []
    named = names(feed.entries, feed_id)
    addresses = [_article_of(entry) for entry in feed.entries]
    times, guids = Counter(addresses), Counter(entry.guid for entry in feed.entries)
    for place, entry in enumerate(feed.entries):
        address = addresses[place]
        if entry.guid_is_url and guids[entry.guid] == 1 and (times[address] > 1 or is_homepage(address)):
            address = _permalink(entry.guid, address)
        try:
            url = parse_url(address) if address else named[place]
        except (Failure, KeyError):
            continue
        trusted = bool(trust.trust_ground(feed_trust, url))
        name = named.get(place) if trusted else None
        listed.append(Listed(entry, url, options.excluded(own, url.text), trusted, name, address=_with_fragment(url, address)))
    return listed, len(feed.entries) - len(listed)


def _with_fragment(url: Url, address: str) -> str:
    """The address with the fragment that distinguishes entries of one page; empty for none."""
    fragment = address.partition("#")[2]
    return f"{url.text.partition('#')[0]}#{quote(fragment, safe=_FRAGMENT)}" if fragment else url.text if address else ""


def _permalink(guid: str, address: str) -> str:
    """The guid, if the link is shared with other entries or is the front page, and the guid is a page of the same site; else the link."""
    try:
        page, link = parse_url(guid), parse_url(address)
    except Failure:
        return address
    return guid if page.key != link.key and same_site(page.host, link.host) and not is_homepage(guid) else address


def _article_of(entry: Entry) -> str:
    """The URL of the article that the entry announces, without a redirector if the feed names the target."""
    return aggregators.better(entry.url, entry.guid if entry.guid_is_url else "", entry.original_url)


def _parsed(body: bytes, headers: Mapping[str, str], url: str, settings: Settings) -> Feed:
    try:
        return parse(
            body,
            url=url,
            content_type=headers.get("content-type", ""),
            content_location=headers.get("content-location", ""),
            max_entries=settings.poll.max_entries,
            limit_s=settings.poll.parse_s,
        )
    except Failure as failure:
        if failure.code == "not_a_feed" and (offered := page_links.find(body, url)[:_OFFERED]):
            raise Failure(failure.code, f"{failure.detail} It names these feeds: {', '.join(link.url for link in offered)}") from failure
        raise


def _heard(response: Response, *, keep: bool) -> Outcome:
    """What the headers and redirects of the answer say. With `keep`, missing validators stay as they were; otherwise they are dropped."""
    missing = None if keep else ""
    return Outcome(
        etag=response.headers.get("etag", missing),
        last_modified=response.headers.get("last-modified", missing),
        fresh_s=cache_headers.max_age_s(response.headers),
        sunset_at=cache_headers.sunset_at(response.headers),
        moved_to=permanent_redirects.target(response.url, response.final_url, tuple(hop.status for hop in response.hops)),
    )
