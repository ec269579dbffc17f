"""The records that pass between the store, the workers and the steps: what a job starts with, and what it leaves. No SQL, no I/O."""

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
    """What a visit needs to know of its host. `gap_s`: seconds between the starts of two requests to it; `tdmrep_at`: when its tdmrep.json
    was asked for; `now`: the time of Postgres when the visit began, from which the job reckons, since a worker's clock may be wrong.
    `short_time`: it did not answer last time, and many such hosts wait (`pipeline/fetch/slot_shares.py`)."""

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
    """What a feed document says of the feed itself."""

    kind: str
    title: str
    site_url: str
    language: str
    hub: str = ""  # of WebSub
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll was, for the history."""

    elapsed_s: float
    status: int | None = None
    code: str = ""
    detail: str = ""
    size: int = 0
    entries: int = 0
    feed: Described | None = None


@dataclass(frozen=True, slots=True)
class PollJob:
    """A feed that is being polled. `started_at` is the time of Postgres; `conditional`: the validators are sent. `address` is what to ask
    for now, where the redirects `before` have led; empty: `url`. `home_id` is the host of `url` where `host` is another. `archive_url` is the
    page of its archive to be read next, and `archive_try` counts the tries of it where that is what this poll is for. `served`: a hub sends
    what is new in it. `announced_by`: sites whose pages announce the feed."""

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
        """Whether validators are known and left out this time."""
        return not self.conditional and bool(self.feed.etag or self.feed.last_modified)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of the page that an article was made from: its validators, byte for byte, the SHA-256 of its body, the `url` where it
    was, and the `extractor` that read it."""

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
    """`address` is what to ask for now: the link's `url`, or where the redirects `before` have led. `kept` is what is known of the
    article's page when this is a look for changes; `twin` is the link that stands for the article already.
    `is_foreign`: only feeds of other sites have listed it."""

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
    kept: Kept | None = None
    twin: ExistingArticle | None = None
    is_foreign: bool = False


# What stands in `headers` of a page; the rest is cookies and plumbing.
KEPT_HEADERS = (
    "content-type", "etag", "last-modified", "date", "content-language", "x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage",
    "content-signal", "link", "server",
)  # fmt: skip
NO_STATUS = 0  # of a page that no server sent, as it was read from a file


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page. `hops` are the redirects before it, in order; `reason` and `raw_headers` are what the server sent. A page that is to be
    stored has a `fetched_at` only where it comes from an archive."""

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
class Stranger:
    """A feed of another site that has listed the page; `keys` are those of its addresses. `hints`: what it says, where that was read; it counts
    only if the page announces the feed."""

    feed_id: int
    keys: frozenset[bytes]
    hints: Hints | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the feeds of a link say of its article: the `hints` of one that may speak for it, where there is one, and the feeds of other sites."""

    hints: Hints = Hints()  # noqa: RUF009 (frozen)
    vouched: bool = False
    strangers: tuple[Stranger, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Under which key an article is known: that of its canonical `url` where the page's claim is trusted, else that of its own address.
    `rejected` says why a claim was not."""

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
    told: Told
    worker: str
    now: datetime  # the time of Postgres at the start
    recheck: bool = False
    tdmrep: str = ""  # that of the page's host
    announced: tuple[int, ...] = ()  # feeds of other sites that the page was found to announce


@dataclass(frozen=True, slots=True)
class GivenHints:
    """What a list of addresses says of an article. `source` is the name of the publication."""

    title: str = ""
    published: datetime | None = None
    source: str = ""
