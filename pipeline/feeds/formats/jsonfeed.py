"""JSON Feed 1.0 and 1.1: https://www.jsonfeed.org/version/1.1/. Every value's type is checked here, because nothing else does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.feeds.formats.addresses import absolute, items_base, web_address
from pipeline.feeds.formats.channel import enclosures
from pipeline.feeds.formats.entry_dates import read_date
from pipeline.feeds.formats.model import Entry, Feed, Origin
from pipeline.feeds.formats.xml import MAX_ENTRIES, check_time, plain_title, unique, value
from pipeline.feeds.repair.broken_json import loads
from pipeline.outcomes import Failure

_VERSION = re.compile(r"jsonfeed|^1(?:\.[01])?$", re.IGNORECASE)
_CONTENT = ("content_html", "content_text", "summary")


def read(text: str, origin: Origin) -> Feed:
    """Read the feed in a JSON document. Raises Failure not_a_feed (other JSON) and bad_feed (broken JSON)."""
    try:
        document, problems, cut_off = loads(text)
    except ValueError:
        raise Failure("bad_feed", "The body looks like JSON but is too broken to repair.") from None
    if not isinstance(document, dict) or not _is_feed(document):
        raise Failure("not_a_feed", "The body is JSON, but not JSON Feed: it has no list of items.")
    if "version" in document and not _VERSION.search(_string(document["version"])):
        raise Failure("not_a_feed", "The body is JSON, but not JSON Feed.")
    found = document.get("items")
    listed = (list(found.values()) if isinstance(found, dict) else _list(found))[:MAX_ENTRIES]  # PHP writes a list with gaps as an object
    items = [item for item in listed if isinstance(item, dict) and (_identity(item) or any(_string(item.get(key)) for key in _CONTENT))]
    if without_id := len(listed) - len(items):
        problems += (f"{without_id} items without an id were left out.",)
    inherited = tuple(_people(document))
    site_url = _address(document, "home_page_url", origin)
    inside = replace(origin, url=items_base(site_url, origin.url), language=_string(document.get("language")))
    return Feed(
        kind="json",
        title=plain_title(_string(document.get("title"))),
        site_url=site_url,
        language=_string(document.get("language")),
        ttl_s=None,
        entries=tuple(_in_time(item, inside, inherited) for item in items),
        problems=problems,
        partial=cut_off,
        self_url=_address(document, "feed_url", origin),
        hubs=tuple(_hubs(document, origin)),
        next_url=_address(document, "next_url", origin),
        ended=document.get("expired") is True,
        image_url=_address(document, "icon", origin) or _address(document, "favicon", origin),
    )


def _in_time(item: dict[str, Any], origin: Origin, inherited: tuple[str, ...]) -> Entry:
    check_time(origin)
    return _entry(item, origin, inherited)


def _entry(item: dict[str, Any], origin: Origin, inherited: tuple[str, ...]) -> Entry:
    language = _string(item.get("language"))
    dates = [(key, raw) for key in ("date_published", "date") if (raw := _string(item.get(key)))]
    published = read_date(dates, origin.now, language or origin.language)
    updated = read_date([("date_modified", _string(item.get("date_modified")))], origin.now, language or origin.language)
    guid = _identity(item)
    return Entry(
        guid=guid,
        url=_address(item, "url", origin) or _address(item, "external_url", origin) or (guid if web_address(guid) else ""),
        title=plain_title(_string(item.get("title"))),
        published=published.at,
        updated=updated.at,
        summary=_string(item.get("summary")),
        content=_string(item.get("content_html")) or _paragraphs(_string(item.get("content_text"))),
        authors=unique([*_people(item)] or inherited),
        tags=unique([*map(_string, _list(item.get("tags")))]),
        published_raw=published.raw,
        date_source=published.source,
        zone_assumed=published.zone_assumed,
        language=language,
        enclosures=enclosures([*_files(item)], None, origin.url),
    )


def _address(owner: dict[str, Any], key: str, origin: Origin) -> str:
    return absolute(_string(owner.get(key)), None, origin.url)


def _files(item: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for attachment in _list(item.get("attachments")):
        if isinstance(attachment, dict):
            yield _string(attachment.get("url")), _string(attachment.get("mime_type")), _string(attachment.get("size_in_bytes"))


def _hubs(document: dict[str, Any], origin: Origin) -> Iterator[str]:
    for hub in _list(document.get("hubs"))[:5]:
        if isinstance(hub, dict) and (address := _address(hub, "url", origin)):
            yield address


def _is_feed(document: dict[str, Any]) -> bool:
    """Whether the document has a list of items, or has none but declares itself a JSON Feed: then it is empty."""
    if document.get("items") is None:
        return "jsonfeed" in _string(document.get("version"))
    items = document["items"]
    return isinstance(items, list) or (isinstance(items, dict) and bool(items) and all(isinstance(item, dict) for item in items.values()))


def _identity(item: dict[str, Any]) -> str:
    """The item's id; numbers count as their digits. The specification wants items without id discarded, but feed readers accept those with
    an address."""
    return next(filter(None, (_string(item.get(key)) for key in ("id", "url", "external_url"))), "")


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
