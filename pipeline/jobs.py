"""The records that pass between the store, the workers and the steps: what a job starts with and what it returns. No SQL, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipeline.extract.model import Hints
from pipeline.feeds.options import Options
from pipeline.feeds.scheduling.schedule import FeedState
from pipeline.feeds.trust import FeedTrust, feed_trust
from pipeline.fetch.politeness import HostHealth
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.hops import Hop


@dataclass(frozen=True, slots=True)
class Host:
    """What a job needs to know about its host.

    `gap_s` is in seconds between the starts of two requests. `tdmrep_at` is when its tdmrep.json was last requested. `now` is Postgres'
    time at the start of the job; the job computes with it, because a worker's clock may be wrong. `short_time` means that the host did
    not answer last time and many such hosts wait (`pipeline/fetch/slot_shares.py`).
    """

    id: int
    name: str
    gap_s: float
    ignore_robots: bool
    health: HostHealth
    robots: Robots | None
    now: datetime
    short_time: bool = False
    tdmrep_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """What a feed document says about the feed itself."""

    kind: str
    title: str
    site_url: str
    language: str
    hub: str = ""  # WebSub hub
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of one poll, as the history stores it."""

    elapsed_s: float
    status: int | None = None
    code: str = ""
    detail: str = ""
    size: int = 0
    entries: int = 0
    feed: Described | None = None


@dataclass(frozen=True, slots=True)
class PollJob:
    """One poll of a feed.

    `started_at` is Postgres' time. `conditional` means that the request carries the validators. `address` is the address to request now,
    if the redirects in `before` led away from `url`; empty means `url`. `home_id` is the host of `url`, if `host` is another.
    `archive_url` is the next page of the feed's archive; `archive_try` counts the attempts to read it, if this poll is for that page.
    `served` means that a hub pushes the feed's changes. `announced_by` are the sites whose pages announce the feed.
    """

    feed_id: int
    dispatch_id: UUID
    url: str
    feed: FeedState
    host: Host
    worker: str
    started_at: datetime
    conditional: bool = True
    options: Options = Options()  # noqa: RUF009 (frozen)
    address: str = ""
    before: tuple[Hop, ...] = ()
    home_id: int | None = None
    archive_url: str = ""
    archive_try: int = 0
    served: bool = False
    announced_by: frozenset[str] = frozenset()

    @property
    def feed_trust(self) -> FeedTrust:
        return feed_trust(self.url, self.announced_by, trusted=self.options.trusted)

    @property
    def probe(self) -> bool:
        """Whether this poll leaves out validators that are known."""
        return not self.conditional and bool(self.feed.etag or self.feed.last_modified)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """What is known of the page behind a stored article: its validators byte for byte, the SHA-256 of its body, its `url`, and the
    `extractor` version that read it."""

    etag: str
    last_modified: str
    sha256: bytes | None
    url: str = ""
    extractor: str = ""


@dataclass(frozen=True, slots=True)
class ExistingArticle:
    link_id: int
    url: str
    title: str
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class FetchJob:
    """One fetch of a link's page.

    `address` is the address to request now: `url`, or where the redirects in `before` led. `kept` describes the article's stored page,
    if this fetch looks for changes. `existing` is the link that already has the article. `is_offsite` means that only feeds of other sites
    have listed the link.
    """

    link_id: int
    dispatch_id: UUID
    url: str
    url_key: bytes
    address: str
    before: tuple[Hop, ...]
    feed_id: int | None
    attempt: int
    host: Host
    worker: str
    kept: StoredPage | None = None
    existing: ExistingArticle | None = None
    is_offsite: bool = False


# The response headers that `headers` of a page holds; cookies and transport details are left out.
KEPT_HEADERS = (
    "content-type", "etag", "last-modified", "date", "content-language", "x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage",
    "content-signal", "link", "server",
)  # fmt: skip
NO_STATUS = 0  # status of a page that was read from a file, not from a server


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page.

    `hops` are the redirects before it, in order. `reason` and `raw_headers` are as the server sent them. On a page to be stored,
    `fetched_at` is set only if the page comes from an archive.
    """

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    hops: tuple[Hop, ...]
    body: bytes
    fetched_at: datetime | None = None
    reason: str = ""
    raw_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UntrustedFeed:
    """A feed of another site that has listed the page.

    `keys` identify the feed's addresses. `hints` are what the feed says of the article, if they were read; they count only if the page
    announces the feed.
    """

    feed_id: int
    keys: frozenset[bytes]
    hints: Hints | None = None


@dataclass(frozen=True, slots=True)
class FeedHints:
    """What the feeds that listed a link say of its article: the `hints` of one feed that may speak for the site, and the feeds of other
    sites."""

    hints: Hints = Hints()  # noqa: RUF009 (frozen)
    trusted: bool = False
    untrusted_feeds: tuple[UntrustedFeed, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """The key by which an article is known: that of the canonical `url` if the page's claim to it is trusted, else that of the link's own
    address. `rejected` says why a claim was not trusted."""

    key: bytes
    url: str = ""
    rejected: str = ""


@dataclass(frozen=True, slots=True)
class ExtractJob:
    link_id: int
    dispatch_id: UUID
    url: str
    url_key: bytes
    start: int
    page: Page
    from_feeds: FeedHints
    worker: str
    now: datetime  # Postgres' time at the start
    recheck: bool = False
    tdmrep: str = ""  # the tdmrep.json of the page's host
    announced: tuple[int, ...] = ()  # feeds of other sites that the page announces


@dataclass(frozen=True, slots=True)
class GivenHints:
    """What a list of URLs says about an article. `source` is the name of the publication."""

    title: str = ""
    published: datetime | None = None
    source: str = ""
