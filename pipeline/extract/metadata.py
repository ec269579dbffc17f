"""What a page says about its article: each field from the best place that has it, with where it was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.extract import jsonld
from pipeline.extract.addresses import canonical, claims
from pipeline.extract.affixes import host_names
from pipeline.extract.authors import authors
from pipeline.extract.dates import modified, published
from pipeline.extract.evidence import Evidence, first, gather, line, pick
from pipeline.extract.image import image
from pipeline.extract.model import Hints
from pipeline.extract.page import Document
from pipeline.extract.summary import summary
from pipeline.extract.title import title
from pipeline.extract.topics import topics
from pipeline.normalise.canonical import Claims
from pipeline.normalise.language import code_of


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of an article that are not its text.

    `stated_text` is the page's own articleBody, `is_article` that the page calls itself an article, `types` every schema.org type on it.
    `canonical_claims` is all that the page says of its address, of which `canonical_url` is the first that can be used.
    """

    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    language: str | None
    site_name: str
    canonical_url: str
    image_url: str
    tags: tuple[str, ...]
    summary: str
    stated_text: str
    is_article: bool
    types: frozenset[str]
    sources: dict[str, str]
    flags: tuple[str, ...]
    canonical_claims: Claims


def read(document: Document, hints: Hints) -> Metadata:
    """Read every field from the best place that has it. Fields nobody names are empty."""
    page = gather(document, hints)
    site_name, site_source = _site_name(page)
    names = [site_name, *page.stated("publisher", "name"), *host_names(document.url)]
    found_title, title_source = title(page, names)
    found_authors, authors_source = authors(page, names)
    at = published(page)
    changed = modified(page, at.at if at else None)
    address, address_source = canonical(page)
    picture, image_source = image(page)
    tags, tags_source = topics(page, names)
    about, summary_source = summary(page)
    language, language_source = _language(page)
    sources = {
        "title": title_source, "authors": authors_source, "published_at": at.source if at else "", "modified_at": "page" if changed else "",
        "language": language_source, "site_name": site_source, "canonical_url": address_source, "image_url": image_source, "tags": tags_source, "summary": summary_source,
    }  # fmt: skip
    return Metadata(
        title=found_title,
        authors=tuple(found_authors),
        published_at=at.at if at else None,
        modified_at=changed,
        language=language or None,
        site_name=site_name,
        canonical_url=address,
        image_url=picture,
        tags=tags,
        summary=about,
        stated_text="\n".join(page.stated("articleBody")),
        is_article=bool(page.article) or "article" in first(page.named("og:type")).lower(),
        types=frozenset(kind for node in page.nodes for kind in jsonld.types(node)),
        sources={field: source for field, source in sources.items() if source},
        flags=("published_day_only",) if at and at.day_only else (),
        canonical_claims=claims(page),
    )


def _site_name(page: Evidence) -> tuple[str, str]:
    return pick(
        "",
        ("og", lambda: line(page.named("og:site_name"))),
        ("json-ld", lambda: line(page.stated("publisher", "name"))),
        ("meta", lambda: line(page.named("application-name", "twitter:app:name:iphone", "apple-mobile-web-app-title"))),
        ("url", lambda: line(host_names(page.document.url))),
    )


def _language(page: Evidence) -> tuple[str, str]:
    tree = page.document.tree
    return pick(
        "",
        ("html", lambda: code_of(tree.get("lang") or tree.get("xml:lang")) or ""),
        ("json-ld", lambda: code_of(first(page.stated("inLanguage", "alternateName", "name"))) or ""),
        ("meta", lambda: code_of(first(page.named("og:locale", "content-language", "language", "dc.language"))) or ""),
    )
