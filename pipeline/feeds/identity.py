"""Decide which entries are the same article, within one document and from one poll to the next. Pure.

An entry is known by the key of its link. A guid is opaque and compared exactly (RSS 2.0; RFC 4287 section 4.2.6). It counts only if the
feed uses it properly: many feeds give one guid to all items, leave it empty, or change it when they move to https. If an entry's link is
new, but this feed has given its guid and title before, it is the same article at another address.

Entries may share a link, as on a status page or in a live blog. They are separate articles if they have ids and texts of their own and
the feed speaks for the site. They are then known by a name made of the feed and the id, like entries without a link.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.feeds.formats.model import Entry
from pipeline.normalise import file_names
from pipeline.normalise.urls import Url, is_homepage

FULL_TEXT = 600  # characters; a shorter content is a teaser of its page
ALIKE = 0.5  # share of common words above which two texts under one title are editions of one article
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Folded:
    """An entry that is not a separate article, and why."""

    entry: Entry
    why: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the feed and the identity of its link.

    `excluded` is the reason if the feed's own settings exclude the entry. `trusted` means that the feed speaks for the link's site.
    `name` identifies the entry if its link does not; it is None if the entry has no id or text of its own, or the feed may not speak for
    it. `page` is set if the entry shares its link with others: then `url` is the name, and the article is made of the feed's own text.
    `address` is the link as the feed gives it, with its fragment. `folded` are the entries that this one includes.
    """

    entry: Entry
    url: Url
    excluded: str = ""
    trusted: bool = False
    name: Url | None = None
    page: Url | None = None
    address: str = ""
    folded: tuple[Folded, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A known link and its sighting by this feed. `entry_hash` is None if this feed has not listed it yet."""

    link_id: int
    entry_hash: bytes | None = None
    updates: int = 0
    guid: str = ""


@dataclass(frozen=True, slots=True)
class SameGuid:
    """The one link that this feed has listed under a guid, with the title it gave."""

    link_id: int
    title: str
    failed: bool  # its page could not be fetched, so a new address may help


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document's entries: links by key, links by guid, and the keys of links that several entries of this feed have
    shared."""

    seen: Mapping[bytes, Seen]
    same_guids: Mapping[str, SameGuid]
    shared: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a poll has to write.

    `new` entries need a link; `updated` need a sighting made or renewed; `moved` are known links at other addresses. `later` counts new
    entries that are left to a later poll (`offsite_entries.py`).
    """

    new: tuple[Listed, ...] = ()
    updated: tuple[Listed, ...] = ()
    moved: tuple[tuple[Listed, int], ...] = ()
    later: int = 0


def names(entries: Sequence[Entry], feed_id: int) -> dict[int, Url]:
    """Names for entries that carry a text, by their position. A name identifies an entry if its link does not; it has the form of a file's
    name, made of the feed and the guid.

    If the guid is missing or shared, the fragment of the link tells entries of one page apart; entries without a link are told apart by
    title and date, or by text.
    """
    times = Counter(entry.guid for entry in entries)
    found = {}
    for place, entry in enumerate(entries):
        if not (entry.content or entry.summary):
            continue
        own: tuple[str, ...]
        if entry.guid and times[entry.guid] == 1:
            own = ("guid", entry.guid)
        elif "#" in entry.url.rstrip("#"):
            own = ("link", entry.url)
        elif not entry.url:
            own = ("hash", entry.title, entry.published_raw or entry.content or entry.summary)
        else:
            continue
        found[place] = file_names.named("\x1f".join((f"entry of feed {feed_id}", *own)).encode("utf-8", "replace"))
    return found


def distinct(listed: Iterable[Listed]) -> list[Listed]:
    """Each article once. If entries share a link, the first stands for all, unless they are separate articles. A guid that occurs with
    several links identifies nothing and is dropped."""
    items = list(listed)
    links: defaultdict[str, set[bytes]] = defaultdict(set)
    groups: defaultdict[bytes, list[Listed]] = defaultdict(list)
    for item in items:
        links[item.entry.guid].add(item.url.key)
        groups[item.url.key].append(item)
    reused = {guid for guid, keys in links.items() if len(keys) > 1}
    found = [one for group in groups.values() for one in (_unfolded(group) if len(group) > 1 else group)]
    places = {id(item.entry): place for place, item in enumerate(items)}
    found.sort(key=lambda item: places[id(item.entry)])
    return [replace(item, entry=replace(item.entry, guid="")) if item.entry.guid in reused else item for item in found]


def _unfolded(group: Sequence[Listed]) -> list[Listed]:
    """Of entries that share a link, those that are articles, each with the entries folded into it."""
    own, why = _of_their_own(group)
    if len(own) < 2:
        rest = group[1:]
        return [replace(group[0], folded=tuple(Folded(item.entry, why.get(id(item), "it has the same link")) for item in rest))]
    folded = [Folded(item.entry, why[id(item)]) for item in group if id(item) in why]
    own[0] = replace(own[0], folded=tuple(folded))
    # Two entries with one page and only a teaser each are usually one article listed again under another guid, so its page is fetched.
    pair = len(own) == 2 and not is_homepage(own[0].url.text) and not any("#" in item.address or _is_full(item.entry) for item in own)
    return [item if pair and item is own[0] else replace(item, url=item.name or item.url, page=item.url) for item in own]


def _of_their_own(group: Sequence[Listed]) -> tuple[list[Listed], dict[int, str]]:
    """The entries that have an id and a text of their own; and for the others, by id(), why not."""
    own: list[Listed] = []
    why: dict[int, str] = {}
    ids: set[bytes] = set()
    texts: set[tuple[str, ...]] = set()
    titled: dict[str, frozenset[str]] = {}
    for item in group:
        words = tuple(_WORD.findall((item.entry.content or item.entry.summary).casefold()))
        title = item.entry.title.casefold()
        if item.name is None:
            why[id(item)] = _nameless(item)
        elif item.name.key in ids:
            why[id(item)] = "it has the same link and the same id"
        elif words in texts:
            why[id(item)] = "it has the same link and the same text"
        elif title and title in titled and _alike(titled[title], frozenset(words)):
            why[id(item)] = "it has the same link and title, and nearly the same text"
        else:
            own.append(item)
            ids.add(item.name.key)
            texts.add(words)
            titled.setdefault(title, frozenset(words))
    return own, why


def _nameless(item: Listed) -> str:
    if not item.trusted:
        return "it has the same link, on a site that the feed does not speak for"
    missing = "id" if item.entry.content or item.entry.summary else "text"
    return f"it has the same link and no {missing} of its own"


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)


def _is_full(entry: Entry) -> bool:
    return len(entry.content) >= FULL_TEXT


def unknown_guids(listed: Iterable[Listed], seen: Mapping[bytes, Seen]) -> list[str]:
    """The guids of entries whose links are new."""
    return [item.entry.guid for item in listed if item.url.key not in seen and item.entry.guid]


def plan(listed: Iterable[Listed], known: Known, max_updates: int) -> Plan:
    """Decide what to write of a poll's distinct entries."""
    new: list[Listed] = []
    updated: list[Listed] = []
    moved: list[tuple[Listed, int]] = []
    for item in listed:
        item, before = _identified(item, known)
        if before is None:
            same_guid = known.same_guids.get(item.entry.guid)
            # An address on a site that the feed does not speak for would replace that site's own article.
            if item.trusted and same_guid is not None and same_guid.title == item.entry.title and not same_guid.failed:
                if item.page is None:  # else the link belongs to other entries too
                    moved.append((item, same_guid.link_id))
                continue
            new.append(item)
            updated.append(item)
        elif before.entry_hash != entry_hash(item) and before.updates < max_updates:
            updated.append(item)
    return Plan(tuple(new), tuple(updated), tuple(moved))


def _identified(item: Listed, known: Known) -> tuple[Listed, Seen | None]:
    """The entry under its link or its name, and what is known of that. An entry keeps the identity that it had before, whatever is beside
    it now."""
    link = item.page or item.url
    at_link = known.seen.get(link.key)
    if item.name is None or item.name.key == link.key:
        return item, at_link
    named = replace(item, url=item.name, page=link)
    if at_name := known.seen.get(item.name.key):
        return named, at_name
    stands_there = at_link is not None and at_link.entry_hash is not None and at_link.guid == item.entry.guid
    if (item.page is not None or link.key in known.shared) and not stands_there:
        return named, None
    return replace(item, url=link, page=None), at_link


def entry_hash(item: Listed) -> bytes:
    """The SHA-256 of what the feed says of an entry and of those folded into it, without dates and tags: some feeds restamp them at each
    poll."""
    entry = item.entry
    hashed = (entry.guid, entry.title, "\x1f".join(entry.authors), entry.summary, entry.content)
    others = [text for one in item.folded for text in (one.entry.guid, one.entry.title)]
    return hashlib.sha256("\x1e".join((*hashed, *others)).encode("utf-8", "replace")).digest()
