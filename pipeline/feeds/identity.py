"""Which entries are the same article: within one document, and from one poll to the next. Pure.

An entry is known by the key of its link. A guid is opaque and compared exactly (RSS 2.0; RFC 4287 section 4.2.6), and counts only where the
feed uses it as it should: many feeds put one guid on all items, leave it empty, or change it when they move to https. An entry whose link
is new, but whose guid and title this feed has given before, is the same article at another address.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.feeds.model import Entry
from pipeline.normalise import files
from pipeline.normalise.urls import Url


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the feed and the identity of its link. `excluded` says why the feed's own settings leave it out; `vouched`: the feed speaks
    for the site of the link."""

    entry: Entry
    url: Url
    excluded: str = ""
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A link that is known already, and what its sighting by this feed says; `entry_hash` None: this feed has not listed it yet."""

    link_id: int
    entry_hash: bytes | None = None
    updates: int = 0


@dataclass(frozen=True, slots=True)
class Namesake:
    """The one link that this feed has listed under a guid, with the title it gave."""

    link_id: int
    title: str
    failed: bool  # its page could not be had, so a new address may be the cure


@dataclass(frozen=True, slots=True)
class Plan:
    """What a poll has to write: `fresh` need a link, `told` a sighting made or renewed, `moved` are known links at other addresses."""

    fresh: tuple[Listed, ...] = ()
    told: tuple[Listed, ...] = ()
    moved: tuple[tuple[Listed, int], ...] = ()


def names(entries: Iterable[Entry], feed_id: int) -> dict[int, Url]:
    """What stands in place of a link for entries that have none but carry a text, by their place among the entries: a name like a file's,
    made of the feed and the guid, or where that is missing or not the entry's alone, of title and date or text (row I2)."""
    items = list(entries)
    times = Counter(entry.guid for entry in items)
    found = {}
    for place, entry in enumerate(items):
        if entry.url or not (entry.content or entry.summary):
            continue
        dated = entry.published_raw or entry.content or entry.summary
        own = ("guid", entry.guid) if entry.guid and times[entry.guid] == 1 else ("hash", entry.title, dated)
        found[place] = files.named("\x1f".join((f"entry of feed {feed_id}", *own)).encode("utf-8", "replace"))
    return found


def distinct(listed: Iterable[Listed]) -> list[Listed]:
    """One of each link, the first; a guid that stands on several links identifies none and is left out (row I3)."""
    items = list(listed)
    links: defaultdict[str, set[bytes]] = defaultdict(set)
    for item in items:
        links[item.entry.guid].add(item.url.key)
    first: dict[bytes, Listed] = {}
    for item in items:
        reused = len(links[item.entry.guid]) > 1
        first.setdefault(item.url.key, replace(item, entry=replace(item.entry, guid="")) if reused else item)
    return list(first.values())


def unknown_guids(listed: Iterable[Listed], seen: Mapping[bytes, Seen]) -> list[str]:
    """The guids of entries whose links are new."""
    return [item.entry.guid for item in listed if item.url.key not in seen and item.entry.guid]


def plan(listed: Iterable[Listed], seen: Mapping[bytes, Seen], namesakes: Mapping[str, Namesake], max_updates: int) -> Plan:
    """What to write of a poll's distinct entries; `seen` by link key, `namesakes` by guid."""
    fresh: list[Listed] = []
    told: list[Listed] = []
    moved: list[tuple[Listed, int]] = []
    for item in listed:
        before = seen.get(item.url.key)
        if before is None:
            namesake = namesakes.get(item.entry.guid)
            # An address on a site that the feed does not speak for would stand for that site's own article.
            if item.vouched and namesake is not None and namesake.title == item.entry.title and not namesake.failed:
                moved.append((item, namesake.link_id))
                continue
            fresh.append(item)
            told.append(item)
        elif before.entry_hash != entry_hash(item.entry) and before.updates < max_updates:
            told.append(item)
    return Plan(tuple(fresh), tuple(told), tuple(moved))


def entry_hash(entry: Entry) -> bytes:
    """The sha-256 of what the feed says of an entry, its dates and tags aside: feeds that stamp each poll say nothing new."""
    said = (entry.guid, entry.title, "\x1f".join(entry.authors), entry.summary, entry.content)
    return hashlib.sha256("\x1e".join(said).encode("utf-8", "replace")).digest()
