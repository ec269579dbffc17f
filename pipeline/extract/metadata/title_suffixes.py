"""Remove what sites add to their titles: their name, sections, dates, authors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from pipeline.normalise.byline_words import BY_WORDS
from pipeline.normalise.dates.dates import parse_date
from pipeline.text import letters_key

SEPARATOR = re.compile(r"(?<!\s)\s+(?:[|\-–—·•:»«/*~]|--|::|&raquo;)\s+|(?:(?<!\s)\s+)?[|｜]\s*")
WORD = re.compile(r"\w+")
BY = re.compile(rf"(?:{BY_WORDS})\s", re.IGNORECASE)
GENRES = frozenset(("opinion", "analysis", "commentary", "perspective"))  # set off by a bar in titles for use outside the page
# "The Post", "Post Online" and "post.example" are one name.
ARTICLE = re.compile(r"^(?:the|der|die|das|le|la|el|il)(?=\w{3})")
GENERIC = re.compile(r"(?<=\w{3})(?:online|news|com|app|magazine|zeitung|newspaper)$")
MIN_LABEL = 2  # characters of a host's label that can be a name
SECOND_LEVEL = frozenset(("co", "com", "org", "net", "gov", "edu", "ac", "or", "ne"))  # of co.uk, com.au and similar
MIN_REST = 0.3  # of a title; a heading on the page that is a smaller part of it is a section
MAX_CUTS = 30  # separators of a title; more are not treated as separators
MAX_SECTION = 3  # words of a section in a chain of sections


def words(text: str) -> list[str]:
    """The words of a title, for comparison."""
    return WORD.findall(text.casefold().replace("’", "").replace("'", "").replace("\xad", ""))


def host_names(url: str) -> list[str]:
    """The names that a site's host contains: 'www.news.example.co.uk' gives the host without www, and its labels that can be names."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return []
    labels = host.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in SECOND_LEVEL:
        labels = labels[:-1]
    return [host, *(label for i, label in enumerate(labels) if len(label) > 3 or (i == len(labels) - 1 and len(label) >= MIN_LABEL))]


def site_keys(names: Iterable[str]) -> frozenset[str]:
    """The keys of a site's names, with and without words that are sometimes added to them."""
    keys = {letters_key(name) for name in names} - {""}
    return frozenset(keys | {_core(name) for name in keys})


def is_site(text: str, sites: frozenset[str]) -> bool:
    """Whether a text is only the name of the site."""
    name = letters_key(text)
    return bool(name) and (name in sites or _core(name) in sites)


def without_site(title: str, sites: frozenset[str], known: frozenset[str]) -> str:
    """The title without the site's name, section, author or date at its ends.

    A part is cut off if the rest is a headline on the page (its key is in `known`), or if the part is a name of the site (`sites`); then
    everything in a chain with it goes too, as in "Title | Section | Site | 5.3.2026". A genre is cut off as well: "Title | Opinion".
    """
    return _without_genre(_without_names(title, sites, known))


def _without_genre(title: str) -> str:
    parts = title.split("|")
    first, last = 0, len(parts) - 1
    while first < last and parts[first].strip().lower() in GENRES and parts[first + 1].strip():
        first += 1
    while first < last and parts[last].strip().lower() in GENRES and parts[last - 1].strip():
        last -= 1
    return "|".join(parts[first : last + 1]).strip()


def _without_names(title: str, sites: frozenset[str], known: frozenset[str]) -> str:
    cuts = list(SEPARATOR.finditer(title))
    if not cuts or len(cuts) > MAX_CUTS:
        return title
    for cut in cuts:  # the shortest head or the longest tail that is a headline by itself
        for rest in (title[: cut.start()], title[cut.end() :]):
            if letters_key(rest) in known and len(rest) >= MIN_REST * len(title):
                return rest.strip()
    return _without_head(_without_tail(title, cuts, sites), sites).strip()


def dates(title: str) -> list[str]:
    """The parts of a title that are dates, as written: "Title | Site | 5.3.2026" has one."""
    return [part for part in SEPARATOR.split(title)[1:] if _is_date(part)]


def _without_tail(title: str, cuts: list[re.Match[str]], sites: frozenset[str]) -> str:
    """Cut after the last part that is neither site, date nor author, if the site follows it."""
    at = len(cuts)
    named = False
    while at:
        part = title[cuts[at - 1].end() : cuts[at].start() if at < len(cuts) else None]
        if is_site(part, sites):
            named = True
        elif not (_is_note(part) or (named and _is_section(part, cuts[at - 1], left=title[: cuts[at - 1].start()]))):
            break
        at -= 1
    return title[: cuts[at].start()] if named and at < len(cuts) else title


def _without_head(title: str, sites: frozenset[str]) -> str:
    cut = SEPARATOR.search(title)
    while cut and is_site(title[: cut.start()], sites):
        title = title[cut.end() :]
        cut = SEPARATOR.search(title)
    return title


def _is_note(part: str) -> bool:
    """Whether the part is a date or the name of an author."""
    return bool(BY.match(part)) or _is_date(part)


def _is_date(part: str) -> bool:
    return any(c.isdigit() for c in part) and parse_date(part) is not None


def _is_section(part: str, cut: re.Match[str], left: str) -> bool:
    """Whether the part is a word or two between bars before the site's name, after something longer."""
    return "|" in cut.group() and len(part.split()) <= MAX_SECTION and len(part.split()) < len(left.split())


def _core(name: str) -> str:
    return GENERIC.sub("", ARTICLE.sub("", name))
