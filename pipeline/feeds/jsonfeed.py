"""JSON Feed 1.0 and 1.1: https://www.jsonfeed.org/version/1.1/. Every value is checked for its type, since nothing else does."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

from pipeline.feeds.model import Entry, Feed
from pipeline.feeds.xml import absolute, plain_title, unique, value
from pipeline.normalise.dates import parse_date
from pipeline.outcomes import Failure


def read(text: str, url: str) -> Feed:
    """The feed in a JSON document. Raises Failure: not_a_feed (other JSON), bad_feed (broken JSON)."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Failure("bad_feed", f"The body looks like JSON but cannot be read: {str(error)[:200]}.") from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise Failure("not_a_feed", "The body is JSON but has no list of items, so it is no JSON Feed.")
    if "version" in document and "jsonfeed" not in _string(document["version"]):
        raise Failure("not_a_feed", "The body is JSON of some other kind than JSON Feed.")
    items = [item for item in document["items"] if isinstance(item, dict) and _identity(item)]
    inherited = tuple(_people(document))
    return Feed(
        kind="json",
        title=plain_title(_string(document.get("title"))),
        site_url=absolute(_string(document.get("home_page_url")), None, url),
        language=_string(document.get("language")),
        ttl_s=None,
        entries=tuple(_entry(item, url, inherited) for item in items),
        notes=tuple(_notes(document, len(document["items"]) - len(items))),
    )


def _entry(item: dict[str, Any], url: str, inherited: tuple[str, ...]) -> Entry:
    return Entry(
        guid=_identity(item),
        url=absolute(_string(item.get("url")) or _string(item.get("external_url")), None, url),
        title=plain_title(_string(item.get("title"))),
        published=parse_date(_string(item.get("date_published"))),
        updated=parse_date(_string(item.get("date_modified"))),
        summary=_string(item.get("summary")),
        content=_string(item.get("content_html")) or _paragraphs(_string(item.get("content_text"))),
        authors=unique(iter([*_people(item)] or inherited)),
        tags=unique(map(_string, _list(item.get("tags")))),
    )


def _identity(item: dict[str, Any]) -> str:
    """Numbers count as their digits; an item without id must be discarded, says the specification."""
    return _string(item.get("id"))


def _string(found: Any) -> str:
    if isinstance(found, str):
        return value(found)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)[:100]
    return ""


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _people(owner: dict[str, Any]) -> Iterator[str]:
    for author in [*_list(owner.get("authors")), owner.get("author")]:
        name = author.get("name") if isinstance(author, dict) else author
        if isinstance(name, str) and name.strip():
            yield value(name)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(part.strip(), quote=False)}</p>" for part in text.split("\n\n") if part.strip())


def _notes(document: dict[str, Any], without_id: int) -> Iterator[str]:
    if document.get("expired") is True:
        yield "The feed says that it has ended and will not be updated."
    if without_id:
        yield f"{without_id} items without an id were left out."
