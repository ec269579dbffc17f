"""The newspapers of the demo, with their feeds and pages."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

FOLDER = Path(__file__).parent
FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json", "rdf": "application/rdf+xml"}


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `behaviour` is empty, busy (503 to the first request) or gone (410)."""

    slug: str
    title: str
    author: str
    published: datetime
    paragraphs: tuple[str, ...]
    behaviour: str

    @property
    def path(self) -> str:
        return f"/articles/{self.slug}"

    @property
    def summary(self) -> str:
        return self.paragraphs[0].split(". ")[0].rstrip(".") + "."


@dataclass(frozen=True, slots=True)
class Paper:
    """One newspaper; `kind` is the format of its feed."""

    name: str
    language: str
    kind: str
    section: str
    articles: tuple[Article, ...]


def read_papers(now: datetime) -> list[Paper]:
    """The bundled newspapers, with articles as old as their file says."""
    given = tomllib.loads((FOLDER / "articles.toml").read_text("utf-8"))["papers"]
    return [_paper(paper, now.replace(second=0, microsecond=0)) for paper in given]


def feed_path(paper: Paper) -> str:
    return {"rss": "/rss.xml", "atom": "/atom.xml", "json": "/feed.json", "rdf": "/index.rdf"}[paper.kind]


def feed(paper: Paper, base: str) -> str:
    """The paper's feed; `base` is the address of its host."""
    write = {"rss": _rss, "atom": _atom, "json": _json_feed, "rdf": _rdf}[paper.kind]
    return write(paper, base)


def page(paper: Paper, article: Article, base: str) -> str:
    """The article's page, with what news pages have around the text."""
    url = base + article.path
    others = [other for other in paper.articles if other is not article][:4]
    return Template((FOLDER / "page.html").read_text("utf-8")).substitute(
        {name: escape(value) for name, value in _words(paper, article, base, url).items()},
        json_ld=_json_ld(paper, article, base, url),
        paragraphs="\n".join(f"<p>{escape(text)}</p>" for text in article.paragraphs),
        related="\n".join(f'<li><a href="{escape(base + other.path)}">{escape(other.title)}</a></li>' for other in others),
    )


def front_page(paper: Paper, base: str) -> str:
    items = "\n".join(f'<li><a href="{escape(base + one.path)}">{escape(one.title)}</a></li>' for one in paper.articles)
    link = f'<link rel="alternate" type="{FEED_TYPES[paper.kind]}" href="{feed_path(paper)}">'
    head = f'<meta charset="utf-8"><title>{escape(paper.name)}</title>{link}'
    return (
        f'<!DOCTYPE html><html lang="{paper.language}"><head>{head}</head><body><h1>{escape(paper.name)}</h1><ul>{items}</ul></body></html>'
    )


def _paper(given: dict[str, Any], now: datetime) -> Paper:
    articles = tuple(_article(one, now) for one in given["articles"])
    return Paper(given["name"], given["language"], given["kind"], given["section"], articles)


def _article(given: dict[str, Any], now: datetime) -> Article:
    paragraphs = tuple(given["text"].strip().split("\n\n"))
    published = now.astimezone(UTC) - timedelta(hours=given["hours_ago"])
    return Article(given["slug"], given["title"], given["author"], published, paragraphs, given.get("behaviour", ""))


def _words(paper: Paper, article: Article, base: str, url: str) -> dict[str, str]:
    return {
        "language": paper.language,
        "paper": paper.name,
        "section": paper.section,
        "title": article.title,
        "summary": article.summary,
        "author": article.author,
        "slug": article.slug,
        "base": base,
        "url": url,
        "feed_url": base + feed_path(paper),
        "feed_type": FEED_TYPES[paper.kind],
        "published": article.published.isoformat(),
        "published_words": f"{article.published:%d.%m.%Y %H:%M}",
        "year": str(article.published.year),
    }


def _json_ld(paper: Paper, article: Article, base: str, url: str) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.summary,
        "inLanguage": paper.language,
        "datePublished": article.published.isoformat(),
        "dateModified": article.published.isoformat(),
        "author": [{"@type": "Person", "name": article.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": paper.name},
        "articleSection": paper.section,
        "image": [f"{base}/images/{article.slug}.jpg"],
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _rss(paper: Paper, base: str) -> str:
    items = "".join(
        f'<item><title>{escape(one.title)}</title><link>{base}{one.path}</link><guid isPermaLink="true">{base}{one.path}</guid>'
        f"<pubDate>{format_datetime(one.published, usegmt=True)}</pubDate><dc:creator>{escape(one.author)}</dc:creator>"
        f"<category>{escape(paper.section)}</category><description>{escape(one.summary)}</description></item>"
        for one in paper.articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(paper.name)}</title><link>{base}/</link><description>{escape(paper.section)}</description>"
        f"<language>{paper.language}</language><ttl>10</ttl>{items}</channel></rss>"
    )


def _atom(paper: Paper, base: str) -> str:
    entries = "".join(
        f'<entry><title>{escape(one.title)}</title><link rel="alternate" href="{base}{one.path}"/><id>{base}{one.path}</id>'
        f"<published>{one.published.isoformat()}</published><updated>{one.published.isoformat()}</updated>"
        f"<author><name>{escape(one.author)}</name></author><summary>{escape(one.summary)}</summary></entry>"
        for one in paper.articles
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{paper.language}">'
        f'<title>{escape(paper.name)}</title><id>{base}/</id><link rel="alternate" href="{base}/"/>'
        f'<link rel="self" href="{base}{feed_path(paper)}"/><updated>{paper.articles[0].published.isoformat()}</updated>{entries}</feed>'
    )


def _json_feed(paper: Paper, base: str) -> str:
    items = [
        {
            "id": base + one.path,
            "url": base + one.path,
            "title": one.title,
            "summary": one.summary,
            "date_published": one.published.isoformat(),
            "authors": [{"name": one.author}],
            "tags": [paper.section],
        }
        for one in paper.articles
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": paper.name, "home_page_url": f"{base}/", "language": paper.language}
    return json.dumps(head | {"feed_url": base + feed_path(paper), "items": items}, ensure_ascii=False)


def _rdf(paper: Paper, base: str) -> str:
    listed = "".join(f'<rdf:li rdf:resource="{base}{one.path}"/>' for one in paper.articles)
    items = "".join(
        f'<item rdf:about="{base}{one.path}"><title>{escape(one.title)}</title><link>{base}{one.path}</link>'
        f"<dc:date>{one.published.isoformat()}</dc:date><dc:creator>{escape(one.author)}</dc:creator>"
        f"<description>{escape(one.summary)}</description></item>"
        for one in paper.articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{base}{feed_path(paper)}"><title>{escape(paper.name)}</title><link>{base}/</link>'
        f"<description>{escape(paper.section)}</description><dc:language>{paper.language}</dc:language>"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>{items}</rdf:RDF>"
    )
