"""The pages of a feed that hold its older entries: RFC 5005 (prev-archive, next) and JSON Feed's next_url. Pure policy.

They are read once, one after the other, between the polls of the feed itself, until there are no more, one comes again, or there were
`poll.archive_pages` of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pipeline.normalise.urls import Url, parse
from pipeline.outcomes import Failure, describe

MAX_TRIES = 3  # of one page
RETRY_S = 3600.0  # until a page is tried again; twice that the next time


def following(further: Iterable[str], known: Collection[bytes], most: int) -> Url | None:
    """The page to read next of those that a document names, None where there is none. `known`: keys of the feed's own address and of the
    pages that were begun; `most`: pages that may be read in all."""
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
    """Seconds until the page is tried again after it failed for the `tries`-th time; None where it is given up."""
    if tries >= MAX_TRIES or describe(failure.code).again != "yes":
        return None
    return max(RETRY_S * 2.0 ** (tries - 1), failure.retry_after_s or 0.0)
