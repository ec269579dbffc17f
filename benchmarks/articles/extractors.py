"""The extractors that are compared: newsmill, and those of the others that are installed (the extra `bench`).

Each takes a page as bytes and its URL, and returns what it found: title, authors, published (ISO 8601), topics, body; any subset.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pipeline.extract.extraction import extract
from pipeline.extract.html.blocks import of_markup
from pipeline.extract.html.model import Page, plain
from pipeline.extract.model import Hints
from pipeline.outcomes import Failure
from pipeline.settings import Extract

Extractor = Callable[[bytes, str], dict[str, Any]]

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("newspaper").setLevel(logging.CRITICAL)


def installed() -> dict[str, Extractor]:
    """The extractors by name; those whose library is missing are left out."""
    needs = {"newsmill": "pipeline", "trafilatura": "trafilatura", "newspaper4k": "newspaper", "readability-lxml": "readability"}
    needs["resiliparse"] = "resiliparse"
    made: dict[str, Extractor] = {
        "newsmill": newsmill,
        "trafilatura": trafilatura,
        "newspaper4k": newspaper4k,
        "readability-lxml": readability,
        "resiliparse": resiliparse,
    }
    return {name: extractor for name, extractor in made.items() if importlib.util.find_spec(needs[name])}


def newsmill(page: bytes, url: str) -> dict[str, Any]:
    try:
        found = extract(Page(url, page, "text/html; charset=utf-8"), Hints(), Extract())
    except Failure:
        return {}
    at = found.published_at
    local = at and at.astimezone(timezone(timedelta(minutes=found.published_offset_min or 0)))
    when = local and (local.date().isoformat() if "published_day_only" in found.flags else local.isoformat())
    return {"title": found.title, "authors": list(found.authors), "published": when, "topics": list(found.tags), "body": found.text}


def trafilatura(page: bytes, url: str) -> dict[str, Any]:
    """With dates as exact as it can make them; by default it gives the day only."""
    from trafilatura import bare_extraction

    dates = {
        "original_date": True,
        "extensive_search": True,
        "max_date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "outputformat": "%Y-%m-%dT%H:%M:%S%z",
        "deferred_url_extractor": True,
    }
    found = bare_extraction(_text(page), url=url, with_metadata=True, include_comments=False, date_extraction_params=dates)
    if found is None:
        return {}
    topics = [topic.strip() for tags in found.tags or [] for topic in tags.split(",") if topic.strip()]
    authors = [name for name in (found.author or "").split("; ") if name]
    return {"title": found.title, "authors": authors, "published": found.date, "topics": topics, "body": found.text}


def newspaper4k(page: bytes, url: str) -> dict[str, Any]:
    import newspaper

    try:
        found = newspaper.Article(url, fetch_images=False)  # it goes to the network for each image otherwise
        found.download(input_html=_text(page))
        found.parse()
    except (ImportError, LookupError, ValueError, newspaper.ArticleException):  # some languages need libraries or data of their own
        return {}
    when = found.publish_date.isoformat() if isinstance(found.publish_date, datetime) else found.publish_date
    topics = sorted(found.tags or ()) or [word for word in found.meta_keywords or () if word]
    return {"title": found.title, "authors": found.authors, "published": when, "topics": topics, "body": found.text}


def readability(page: bytes, url: str) -> dict[str, Any]:
    import readability

    try:
        document = readability.Document(_text(page), url=url)
        return {"title": document.short_title(), "body": plain(of_markup(document.summary(html_partial=True)))}
    except (readability.readability.Unparseable, ValueError):  # ValueError: control characters
        return {}


def resiliparse(page: bytes, url: str) -> dict[str, Any]:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(_text(page))
    return {"title": tree.title, "body": extract_plain_text(tree, main_content=True, alt_texts=False)}


def _text(page: bytes) -> str:
    return page.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
