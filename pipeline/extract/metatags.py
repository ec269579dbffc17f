"""The meta elements of a page, and the names under which sites state a field in them, the most trusted first."""

from __future__ import annotations

from lxml.html import HtmlElement

Meta = dict[str, list[str]]

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


def read(tree: HtmlElement) -> Meta:
    """The contents of the meta elements by lower-cased property, name, itemprop or http-equiv."""
    found: Meta = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        names = {name.strip().lower() for key in ("property", "name", "itemprop", "http-equiv") if (name := element.get(key))}
        for name in names if content else ():
            found.setdefault(name, []).append(content)
    return found
