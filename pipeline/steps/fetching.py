"""The second step: fetch a page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.extract.model import EXTRACTOR
from pipeline.fetch.client import Client, Response, failure_of
from pipeline.jobs import KEPT_HEADERS, FetchJob, Page, StoredPage
from pipeline.normalise import aggregators
from pipeline.normalise.site import same_site
from pipeline.normalise.urls import Url, is_homepage
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure
from pipeline.text import clean

_LOGIN = re.compile(r"/(login|signin|sign-in|consent|cookie-?wall|privacy-?wall|subscribe)(/|$|\.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The result of a fetch. `answered_at` is time.monotonic() when the answer started; `elapsed_s` runs from the first request to the last
    byte. `unchanged`: a recheck found no change. `downgraded`: a redirect led from https to http."""

    page: Page
    answered_at: float
    elapsed_s: float
    unchanged: bool
    downgraded: bool = False


def fetch(client: Client, job: FetchJob, admit: Callable[[Url], None] | None) -> Fetched:
    """GET one page, continuing where earlier visits of its redirects ended. `admit` is called before each further host. Raises Failure, and
    what `admit` raises."""
    if reason := aggregators.unresolvable(job.address):
        raise Failure("unresolvable_aggregator", reason)
    kept = job.kept
    if kept is not None and kept.extractor not in ("", EXTRACTOR):  # a later version may extract more from the same page
        kept = None
    validators_of = kept.url if kept is not None else ""
    response = client.get(job.address, kind="page", headers=_validators(kept), validators_of=validators_of, admit=admit, before=job.before)
    if failure := failure_of(response):
        raise failure
    if _elsewhere(job, response):
        raise Failure(
            "soft_404",
            f"the link now leads to {response.final_url[:200]}, which is not the article",
            final_url=response.final_url,
            status=response.status,
            size=len(response.body),
            hops=response.hops,
        )
    unchanged = kept is not None and (response.status == 304 or hashlib.sha256(response.body).digest() == kept.sha256)
    if response.status == 304 and kept is None:
        raise Failure("protocol_error", "the server answered 304 to a request without validators", final_url=response.final_url, status=304)
    return Fetched(_page(job.url, response), response.answered_at, response.elapsed_s, unchanged, response.downgraded)


def _validators(kept: StoredPage | None) -> dict[str, str]:
    if kept is None:
        return {}
    headers = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in headers.items() if value}


def _elsewhere(job: FetchJob, response: Response) -> bool:
    """Whether redirects ended at the home page or a login page instead of the requested one. A recheck must also end at the article's site:
    otherwise the author of a redirecting link could replace the article later."""
    url, final_url = job.url, response.final_url
    if job.kept is not None and job.kept.url and not same_site(parse_url(job.kept.url).host, parse_url(final_url).host):
        return True
    if not response.hops:
        return False
    if is_homepage(final_url):
        return not is_homepage(url)
    return bool(_LOGIN.search(urlsplit(final_url).path)) and not _LOGIN.search(urlsplit(url).path)


def _page(url: str, response: Response) -> Page:
    headers = {name: clean(response.headers[name], 2000) for name in KEPT_HEADERS if name in response.headers}
    raw = tuple((clean(name, 200), clean(value, 8000)) for name, value in response.raw_headers)
    return Page(
        url,
        response.final_url,
        response.status,
        headers,
        response.hops,
        response.body,
        reason=clean(response.reason, 200),
        raw_headers=raw,
    )
