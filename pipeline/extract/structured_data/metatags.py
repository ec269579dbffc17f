"""The meta elements of a page, and the names under which sites state a field, the most trusted first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

Meta = dict[str, list[str]]

_PARTS = str.maketrans(":.-", "___")

AUTHOR = (
    "author", "article:author", "byl", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "citation_author", "cxenseparse:author",
)  # fmt: skip
PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date.issued", "dcterms.created", "dc.date", "parsely-pub-date",
    "sailthru.date", "publish-date", "publishdate", "pubdate", "publication_date", "article.published", "cxenseparse:recs:publishtime", "rnews:datepublished", "og:published_time",
)  # fmt: skip
MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "last-modified", "dcterms.modified", "dc.date.modified",
)  # fmt: skip
TAGS = ("news_keywords", "keywords", "parsely-tags", "sailthru.tags")
# The name of a field inside a name that a site invented: `articleauthor`, `lrt_authors`, `custom-keywords`, `classification-tags`.
OWN_AUTHOR = re.compile(r"(?:^|[\W_]|article|page|content)authors?(?:[\W_]?names?)?$")
OWN_TAGS = re.compile(r"(?:^|[\W_]|article|page|content)(?:tags?|keywords?|topics?|subjects?)$")


def read(elements: Iterable[HtmlElement]) -> Meta:
    """The contents of meta elements by lower-case property, name, itemprop or http-equiv, and also by the `folded` name."""
    found: Meta = {}
    for element in elements:
        content = (element.get("content") or "").strip()
        names = {name.strip().lower() for key in ("property", "name", "itemprop", "http-equiv") if (name := element.get(key))}
        for name in names | {folded(name) for name in names} if content else ():
            found.setdefault(name, []).append(content)
    return found


def folded(name: str) -> str:
    """A name without separators: sites write article:published_time, article:published:time and article.published-time."""
    return name.translate(_PARTS)


def like(meta: Meta, pattern: re.Pattern[str], known: Iterable[str]) -> list[str]:
    """The contents of meta elements whose names end like `pattern` and are not among the `known` ones."""
    names = {folded(name) for name in meta} - {folded(name) for name in known}
    return [value for name in sorted(names) if pattern.search(name) for value in meta[name]]
