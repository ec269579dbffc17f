"""Who wrote an article."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.extract import metatags
from pipeline.extract.byline import bylines
from pipeline.extract.evidence import Evidence, pick
from pipeline.normalise.people import split_authors


def authors(page: Evidence, site_names: list[str]) -> tuple[list[str], str]:
    """The people named; where the structured data names only the site, the byline may know better."""
    site = {name.casefold() for name in site_names}

    def people(names: Iterable[str]) -> list[str]:
        return [name for name in split_authors(names) if name.casefold() not in site]

    stated = page.stated("author", "name") or page.stated("creator", "name")
    named = [value for value in page.named(*metatags.AUTHOR) if "://" not in value]
    return pick(
        [],
        ("json-ld", lambda: people(stated)),
        ("meta", lambda: people(named)),
        ("byline", lambda: people(bylines(page.document.tree))),
        ("feed", lambda: people(page.hints.authors)),
        ("json-ld", lambda: split_authors(stated)),
        ("meta", lambda: split_authors(named)),
    )
