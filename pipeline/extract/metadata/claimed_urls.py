"""The URLs that a page claims for its article."""

from __future__ import annotations

from pipeline.extract.structured_data.page_statements import PageStatements, first, pick
from pipeline.normalise.canonical import Claims

MAX_CLAIMS = 20  # rel=canonical links examined; two that differ are enough


def canonical(page: PageStatements) -> tuple[str, str]:
    """The first usable claim, trusted or not, and its source: link or og."""
    return pick("", ("link", lambda: page.address(_links(page))), ("og", lambda: page.address(page.named("og:url"))))


def claims(page: PageStatements) -> Claims:
    """Everything that the page claims, for `normalise.canonical` to judge."""
    stated = page.stated("url", "@id") or page.stated("mainEntityOfPage", "@id", "url")
    links = tuple(_links(page)[:MAX_CLAIMS])
    return Claims(link=links, og_url=first(page.named("og:url")), jsonld_url=first(stated), base=page.document.base)


def _links(page: PageStatements) -> list[str]:
    return [link.get("href") or "" for link in page.linked("canonical")]
