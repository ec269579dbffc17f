"""Write what a file states as the head of a page, so that its fields are extracted like any page's."""

from __future__ import annotations

import json
from html import escape

from pipeline.documents.model import Stated


def head(stated: Stated) -> str:
    """The elements of a page's head that state this: structured data of a NewsArticle."""
    node: dict[str, object] = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": stated.title}
    if stated.authors:
        node["author"] = [{"@type": "Person", "name": name} for name in stated.authors]
    if stated.published:
        node["datePublished"] = stated.published
    if stated.site_name:
        node["publisher"] = {"@type": "Organization", "name": stated.site_name}
    if stated.tags:
        node["keywords"] = list(stated.tags)
    site = f'<meta property="og:site_name" content="{escape(stated.site_name)}">' if stated.site_name else ""
    data = json.dumps(node, ensure_ascii=False).replace("<", "\\u003c")
    return f'<title>{escape(stated.title)}</title>{site}<script type="application/ld+json">{data}</script>'


def page(stated: Stated) -> bytes:
    """A page with these statements and no text, except the lines on where the article comes from."""
    origin = "".join(f"<p>{escape(line)}</p>" for line in stated.origin)
    markup = f"<!DOCTYPE html><html><head>{head(stated)}</head><body><article>{origin}</article></body></html>"
    return markup.encode("utf-8", "replace")
