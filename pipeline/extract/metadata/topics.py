"""The tags of an article: keywords and topics that the page states."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.extract.metadata import tag_links
from pipeline.extract.structured_data import metatags
from pipeline.extract.structured_data.page_statements import Option, PageStatements
from pipeline.text import one_line

Tags = tuple[str, ...]

MAX_TAG = 100  # characters
MAX_TAGS = 50
RUN_TOGETHER = 6  # words of a single keyword that is a list without commas
SEEN = 1.5  # votes of the visible topics; other lists have one each
BORNE_OUT = 2.0  # votes: its own and another place's
SEVERAL = 3  # tags of a list; a single tag elsewhere is then the section
MANY_CODES = 5  # keywords that are a system's codes, not words; fewer may be names

KIND = re.compile(r"^(?:[A-Z]+ )?(?:category|kategorie|catégorie|categoría|tag|topic|thema|keyword|subject|section)\s*:\s*", re.IGNORECASE)
MACHINE = re.compile(
    r"^[\da-f]{8}-[\da-f-]{27}$|^[a-z]+:[a-z]+:|^https?://|^[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|co\.\w\w|[a-z]{2})$|^[A-Za-z]$",
    re.IGNORECASE,
)
PATH = re.compile(r"^[a-z]+(?:-[a-z]+)*/(?=[^/]+$)")
CODE = re.compile(r"[A-Z][A-Z\d:&-]+")


def topics(page: PageStatements, excluded: Iterable[str] = ()) -> tuple[Tags, str]:
    """The tags, each once, and their source: json-ld, og, meta, link, feed, or section if there is nothing else.

    Sites state tags in several places, not all of which editors fill. The list that the others confirm most is taken. `excluded` are
    names that are no topics, such as the site's own.
    """
    known = {name.casefold() for name in excluded}
    stated = (
        (page.statement, page.stated("keywords", "name")),
        ("og", page.named("article:tag")),
        ("meta", page.named("news_keywords")),
        ("meta", page.named("keywords")),
        ("meta", page.named("parsely-tags", "sailthru.tags")),
    )
    lists = [(source, tags) for source, values in stated if (tags := tidy(split_tags(values), known))]

    def shown() -> Tags:
        return tidy(split_tags(tag_links.shown(page), joined=False), known)

    if lists:
        return elect(lists, shown() if _is_open(lists) else ())
    others: tuple[Option[Tags], ...] = (
        (page.statement, lambda: split_tags(page.stated("about", "name"))),
        ("link", lambda: split_tags(tag_links.labelled(page), joined=False)),
        ("link", shown),
        ("meta", lambda: split_tags(metatags.like(page.meta, metatags.OWN_TAGS, metatags.TAGS))),
        (page.hints.source, lambda: split_tags(page.hints.tags, joined=False)),
        ("section", lambda: split_tags((page.stated("articleSection") or page.named("article:section"))[:1])),
    )
    return next(((tags, source) for source, read in others if (tags := tidy(read(), known))), ((), ""))


def elect(lists: list[tuple[str, Tags]], shown: Tags = ()) -> tuple[Tags, str]:
    """The list most similar to the others and to the visible topics; of equals, the first.

    A single tag that occurs in only one place, while others name several, is the section.
    """
    seen = _keys(shown)
    if len(seen) > 1 and all(len(tags) == 1 and _keys(tags) < seen for _, tags in lists):
        return shown, "link"
    keys = [_keys(tags) for _, tags in lists]
    votes = [sum(_likeness(own, other) for other in keys) + SEEN * _likeness(own, seen) for own in keys]
    if any(len(own) >= SEVERAL for own in keys):
        votes = [vote if len(own) > 1 or vote >= BORNE_OUT else 0.0 for vote, own in zip(votes, keys, strict=True)]
    source, tags = lists[votes.index(max(votes))]
    return tags, source


def _is_open(lists: list[tuple[str, Tags]]) -> bool:
    """Whether the visible topics may decide: the lists differ, or have only one tag."""
    keys = {_keys(tags) for _, tags in lists}
    return len(keys) > 1 or len(next(iter(keys))) == 1


def _keys(tags: Tags) -> frozenset[str]:
    return frozenset(tag.casefold() for tag in tags)


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """Dice's coefficient."""
    return 2 * len(a & b) / (len(a) + len(b))


def split_tags(values: Iterable[str], *, joined: bool | None = None) -> Tags:
    """Keywords, each once. They come as a list, as one string with commas, or as a list of such strings; `joined` says which, if known."""
    listed = list(dict.fromkeys(values))
    if joined is None:
        joined = len(listed) == 1 or any(value.count(",") > 1 for value in listed)
    parts = [part for value in listed for part in (re.split("[,;、]", value) if joined else [value])]
    found: dict[str, str] = {}
    for part in parts:
        if tag := one_line(part, MAX_TAG):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MAX_TAGS]


def tidy(tags: Tags, excluded: set[str]) -> Tags:
    """The tags without those that machines add; empty if all are codes or were run together."""
    if len(tags) == 1 and len(tags[0].split()) >= RUN_TOGETHER:
        return ()
    if sum(1 for tag in tags if CODE.fullmatch(tag)) > max(MANY_CODES - 1, len(tags) / 2):
        return ()
    is_path = all(PATH.match(tag) for tag in tags)
    bare = (PATH.sub("", tag) if is_path else KIND.sub("", tag) for tag in tags if not MACHINE.match(tag))
    return tuple(dict.fromkeys(tag for tag in bare if tag and tag.casefold() not in excluded))
