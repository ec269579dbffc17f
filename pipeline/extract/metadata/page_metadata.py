"""Read what a page says about its article: each field from the best place that has it, with its source."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.html.page import Document
from pipeline.extract.metadata.authors import authors
from pipeline.extract.metadata.claimed_urls import canonical, claims
from pipeline.extract.metadata.dates import modified, published
from pipeline.extract.metadata.image import Image, image
from pipeline.extract.metadata.original_source import Origin, origin
from pipeline.extract.metadata.section import section
from pipeline.extract.metadata.summary import descriptions, summary
from pipeline.extract.metadata.title import title
from pipeline.extract.metadata.title_suffixes import host_names
from pipeline.extract.metadata.topics import topics
from pipeline.extract.model import Hints
from pipeline.extract.rights.access import access
from pipeline.extract.rights.licence import licence
from pipeline.extract.structured_data import jsonld, jsonld_body
from pipeline.extract.structured_data.page_statements import PageStatements, first, gather, line, pick
from pipeline.normalise.canonical import Claims
from pipeline.normalise.dates.date_precision import Published
from pipeline.normalise.language import code_of


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of an article except its text.

    `descriptions` are all texts that describe the article. `stated_text` is the page's own articleBody, `stated_parts` the texts of its
    parts, `stated_words` its stated number of words (0: none stated). `is_article` means that the page calls itself an article;
    `og_type` is the type of its share card; `types` are all schema.org types on it. `canonical_claims` are all URLs that the page
    claims; `canonical_url` is the first usable one.
    """

    title: str
    authors: tuple[str, ...]
    published: Published | None
    modified: Published | None
    language: str | None
    site_name: str
    canonical_url: str
    image: Image
    section: str
    tags: tuple[str, ...]
    summary: str
    origin: Origin
    licence: str
    access: str
    descriptions: tuple[str, ...]
    stated_text: str
    stated_parts: str
    stated_words: int
    is_article: bool
    og_type: str
    types: frozenset[str]
    sources: dict[str, str]
    flags: tuple[str, ...]
    canonical_claims: Claims


def read(document: Document, hints: Hints) -> Metadata:
    """Read every field from the best place that has it. Fields that no place has are empty."""
    page = gather(document, hints)
    site_name, site_source = _site_name(page)
    names = [site_name, *page.stated("publisher", "name"), *host_names(document.url)]
    found_title, title_source = title(page, names)
    found_authors, authors_source = authors(page, names)
    at = published(page)
    changed = modified(page, at.at if at else None)
    address, address_source = canonical(page)
    picture = image(page)
    part, section_source = section(page, names, found_title)
    tags, tags_source = topics(page, names)
    about, summary_source = summary(page)
    language, language_source = _language(page)
    first_published = origin(page, names)
    terms, licence_source = licence(page)
    open_to, access_source = access(page)
    card = first(page.named("og:type")).lower()
    sources = {
        "title": title_source, "authors": authors_source, "published_at": at.source if at else "", "modified_at": changed.source if changed else "",
        "language": language_source, "site_name": site_source, "canonical_url": address_source, "image_url": picture.source, "section": section_source,
        "tags": tags_source, "summary": summary_source, "original_publisher": first_published.source, "licence": licence_source, "access": access_source,
    }  # fmt: skip
    return Metadata(
        title=found_title,
        authors=tuple(found_authors),
        published=at,
        modified=changed,
        language=language or None,
        site_name=site_name,
        canonical_url=address,
        image=picture,
        section=part,
        tags=tags,
        summary=about,
        origin=first_published,
        licence=terms,
        access=open_to,
        descriptions=descriptions(page),
        stated_text=jsonld_body.body(page),
        stated_parts=jsonld_body.parts(page),
        stated_words=_number(page.article.get("wordCount")),
        is_article=bool(page.article) or "article" in card,
        og_type=card,
        types=frozenset(kind for node in page.nodes for kind in jsonld.types(node)),
        sources={field: source for field, source in sources.items() if source},
        flags=("published_day_only",) if at and at.day_only else (),
        canonical_claims=claims(page),
    )


def _number(value: object) -> int:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 7 else 0


def _site_name(page: PageStatements) -> tuple[str, str]:
    return pick(
        "",
        ("og", lambda: line(page.named("og:site_name"))),
        (page.statement, lambda: line(page.stated("publisher", "name"))),
        ("meta", lambda: line(page.named("application-name", "twitter:app:name:iphone", "apple-mobile-web-app-title"))),
        (page.hints.source, lambda: page.hints.site_name),
        ("url", lambda: line(host_names(page.document.url))),
    )


def _language(page: PageStatements) -> tuple[str, str]:
    tree = page.document.tree
    return pick(
        "",
        ("html", lambda: code_of(tree.get("lang") or tree.get("xml:lang")) or ""),
        (page.statement, lambda: code_of(first(page.stated("inLanguage", "alternateName", "name"))) or ""),
        ("meta", lambda: code_of(first(page.named("og:locale", "content-language", "language", "dc.language"))) or ""),
    )
