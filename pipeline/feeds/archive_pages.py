"""Find the pages that hold a feed's older entries: RFC 5005 (prev-archive, next) and JSON Feed's next_url. Pure policy.

The poll step reads each page once, one after another, between polls of the feed itself. It stops when no page follows, when a page repeats,
or after `poll.archive_pages` of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pipeline.normalise.urls import Url, parse
from pipeline.outcomes import Failure, describe

MAX_TRIES = 3  # of one page
RETRY_S = 3600.0  # seconds before a page is tried again; doubled the next time


def following(further: Iterable[str], known: Collection[bytes], most: int) -> Url | None:
    """The next page to read among those that a document names; None if there is none. `known` holds the keys of the feed's address and of
    pages already started; `most` is the number of pages that may be read."""
    if len(known) > most:
        return None
    for address in further:
        try:
            page = parse(address)
        except Failure:
            continue
        if page.key not in known:
            return page
    return None


def retry_s(failure: Failure, tries: int) -> float | None:
    """Seconds before a page is tried again after its `tries`-th failure; None to give it up."""
    if tries >= MAX_TRIES or describe(failure.code).again != "yes":
        return None
    return max(RETRY_S * 2.0 ** (tries - 1), failure.retry_after_s or 0.0)
