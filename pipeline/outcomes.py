"""What can happen to a feed or a link: states, failure codes, and the one exception that carries a code.

Codes are stable: the API, the command line, the dashboard and the tests use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pipeline.hops import Hop
from pipeline.text import one_line


class State(StrEnum):
    """The states of a link: waiting → dispatched → running → fetched → … → stored, skipped or failed."""

    WAITING = "waiting"  # to be fetched when due_at comes
    DISPATCHED = "dispatched"  # a message for `stage` is on its way
    RUNNING = "running"  # a worker runs `stage`
    FETCHED = "fetched"  # the page is stored, extraction is due
    STORED = "stored"
    SKIPPED = "skipped"
    FAILED = "failed"


# Seconds. No request of a site to stay away holds longer: a larger number is a mistake, and Postgres cannot store such times.
MAX_RETRY_AFTER_S = 31 * 86400.0
MAX_DETAIL = 500  # characters; a detail may quote a page or a library, and both may be endless or contain what Postgres refuses
ENDED = frozenset({State.STORED, State.SKIPPED, State.FAILED})

Stage = Literal["poll", "fetch", "extract"]
Again = Literal["yes", "once", "no", "wait"]  # wait: keep trying for any length of time, without counting attempts


@dataclass(frozen=True, slots=True)
class Code:
    """Everything that is known of a failure code: its meaning and its consequences.

    `again`: whether another attempt can help. `late`: also try hours and days later, since a site may be down so long. `blames` names
    the cause: the page (its host did answer), the host, all pages of the host (a single page cannot be the cause), or nobody (no request
    was made, or one of our own rules ended it). `away`: no answer came, or the answer says that the site is down. `slower`: the host
    asks for fewer requests. `refuses`: the host does not want such requests. `blames_lister`: if only feeds of other sites have listed
    the link, they are to blame, not the host. `soft`: the failure passes by itself, so a feed is polled again sooner than after a
    deliberate answer. `moved`: the feed may have moved. `of_text`: a verdict on a page's text, which a better extraction may change.
    """

    meaning: str
    again: Again
    state: State = State.FAILED
    late: bool = False
    blames: Literal["page", "host", "all pages", "nobody"] = "page"
    away: bool = False
    slower: bool = False
    refuses: bool = False
    blames_lister: bool = False
    soft: bool = False
    moved: bool = False
    of_text: bool = False


CODES: dict[str, Code] = {
    "dns": Code("the host name could not be resolved", "yes", late=True, blames="all pages", away=True, soft=True, moved=True),
    "connect": Code("no connection could be made", "yes", late=True, blames="all pages", away=True, soft=True),
    "tls": Code("the TLS handshake or the certificate failed", "once", late=True, blames="all pages", away=True),
    "timeout": Code("the total time for one fetch ran out", "yes", late=True, blames="host", away=True, soft=True),
    "reset": Code("the server closed the connection", "yes", late=True, blames="host", away=True, soft=True),
    "truncated": Code("the body ended before it was complete", "yes", late=True, soft=True),
    "protocol_error": Code("the response was not valid HTTP", "yes", late=True, blames="host", soft=True),
    "bad_encoding": Code("the body could not be decoded as its Content-Encoding says", "once"),
    "too_many_redirects": Code("the redirects loop or are too many", "no", moved=True),
    "bad_redirect": Code("a redirect named no usable address", "no", moved=True),
    "blocked_address": Code("the address is not a public one", "no", blames="nobody"),
    "blocked_scheme": Code("only http and https are fetched", "no", blames="nobody"),
    "blocked_port": Code("the port is not one that news sites use", "no", blames="nobody"),
    "bad_url": Code("the text is not a usable URL", "no", blames="nobody"),
    "too_large": Code("the body is over the size limit", "no"),
    "headers_too_large": Code("the headers are over the size limit", "no"),
    "unsupported_type": Code("the content type holds no article", "no"),
    "no_contact": Code("no contact address is configured, so only loopback is fetched", "no", blames="nobody"),
    "unresolvable_aggregator": Code(
        "the link belongs to an aggregator and does not lead to the article", "no", State.SKIPPED, blames="nobody"
    ),
    "robots_disallowed": Code("robots.txt disallows the URL", "no", State.SKIPPED, blames="nobody"),
    "robots_unreachable": Code("robots.txt could not be read, so no page may be fetched yet", "wait", blames="host"),
    "no_content": Code("no article text was found on the page", "no", of_text=True),
    "not_article": Code("the page is not an article", "no", of_text=True),
    "soft_404": Code("the page says that the article is gone", "no", of_text=True),
    "consent_wall": Code("the page only asks for consent", "no", of_text=True),
    "js_required": Code("the page only works with JavaScript", "no", of_text=True),
    "paywall": Code("the page shows nothing of the article without payment", "no", of_text=True),
    "duplicate": Code("another link already stands for this article", "no", State.SKIPPED, blames="nobody"),
    "excluded_by_feed": Code("the settings of the feed that listed the link exclude it", "no", State.SKIPPED),
    "extract_crashed": Code("the extraction process died on the page", "yes", soft=True, of_text=True),
    "extract_memory": Code("the extraction needs more memory than it may have", "no", of_text=True),
    "extract_timeout": Code("the extraction ran out of time", "no", of_text=True),
    "worker_lost": Code("the worker vanished while it worked on the page", "yes", soft=True),
    "storage_error": Code("Postgres refused to store the article", "no", blames="nobody", of_text=True),
    "not_a_feed": Code("the document is not a feed", "yes", soft=True, moved=True),
    "bad_feed": Code("the feed is too broken to read", "yes", soft=True, moved=True),
    "bad_304": Code("the server answered 304 to a request without validators", "yes", soft=True),
    "challenge": Code("the site demands a browser check", "no", blames="host"),
    "feed_gone": Code("the feed is gone for good", "no", moved=True),
}

# For failures without any answer.
NETWORK = frozenset(name for name, code in CODES.items() if code.away)


def describe(code: str) -> Code:
    """Return what is known of a code. `http_NNN` is judged by its number."""
    if code in CODES:
        return CODES[code]
    if code.startswith("http_") and code[5:].isdigit():
        return _of_status(int(code[5:]))
    raise KeyError(code)


def is_outage(code: str) -> bool:
    """Whether the code means that the site is down. An empty code means no failure."""
    return bool(code) and describe(code).away


def _of_status(status: int) -> Code:
    down = 500 <= status < 600
    temporary = status in (408, 425, 429) or status >= 500
    return Code(
        f"the server answered {status}",
        "yes" if temporary else "no",
        late=temporary,
        blames="host" if down or status in (403, 429) else "page",
        away=down,
        slower=status in (429, 503),
        refuses=status in (401, 403, 429, 503),
        blames_lister=status in (403, 404, 410),
        soft=down or status in (404, 408, 425),
        moved=status in (404, 410),
    )


class Failure(Exception):
    """A step could not do its work. `code` is one of CODES or `http_NNN`; `detail` is one sentence for a person.

    A failed fetch also reports its progress: `final_url`, the address where it failed; `status` of the answer, if there was one; `size`,
    the bytes of body read; `hops`, the redirects before. The site may say how long not to ask again, in seconds: `retry_after_s` is a
    demand (Retry-After, cut to MAX_RETRY_AFTER_S), `fresh_s` a wish (Cache-Control, Expires). `of_robots` means that the host's
    robots.txt could not be read, so the failure holds for all its links.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        retry_after_s: float | None = None,
        fresh_s: float | None = None,
        final_url: str | None = None,
        status: int | None = None,
        size: int | None = None,
        hops: tuple[Hop, ...] = (),
        of_robots: bool = False,
    ) -> None:
        describe(code)  # a misspelt code is a bug; find it here, not in the database
        super().__init__(code, detail)
        self.code = code
        self.detail = one_line(detail, MAX_DETAIL) or describe(code).meaning
        self.retry_after_s = None if retry_after_s is None else min(max(retry_after_s, 0.0), MAX_RETRY_AFTER_S)
        self.fresh_s = fresh_s
        self.final_url = final_url
        self.status = status
        self.size = size
        self.hops = hops
        self.of_robots = of_robots

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The waits between the attempts of a fetch, in seconds: first the `soon` ones, then the `late` ones. After the last attempt the link
    fails."""

    soon: tuple[float, ...] = ()
    late: tuple[float, ...] = ()

    @property
    def waits(self) -> tuple[float, ...]:
        return self.soon + self.late


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What follows from a link's failure.

    `delay_s` is set if the link is tried again; `state` is then waiting or fetched. If `counted` is false, the attempt does not count.
    `late` means that the link waits behind new ones, because its site may be down for hours.
    """

    state: State
    code: str
    detail: str
    delay_s: float | None = None
    counted: bool = True
    late: bool = False

    @property
    def outcome(self) -> str:
        """The outcome that the attempt's row stores."""
        return "retry" if self.delay_s is not None else str(self.state)
