"""Decide which of a page's headlines is the title of its article.

JSON-LD's headline, the share card (og:title) and the headings often differ: one includes the kicker or the site's name, one is written
for search engines, one for social networks. The visible headline above the article decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.extract.metadata.title_suffixes import SEPARATOR, is_site, site_keys, without_site, words
from pipeline.extract.structured_data.page_statements import JSON_LD, MAX_LINE, PageStatements, first, line
from pipeline.text import letters_key, one_line

MAX_TITLE = MAX_LINE  # characters
MAX_PARTS = 12  # elements of one heading that are examined
GOOGLE_LIMIT = 100  # characters; JSON-LD headlines are often cut at 110, without a mark
MIN_SHARE = 0.5  # share of the longer title that the shorter one must have to be the same without kicker, and not a cut one
MIN_WORDS = 3  # of a headline; a shorter one is a section or a name,
MIN_KEY = 12  # unless it has this many letters, as in Japanese
MAX_START = 0.4  # of the shorter of two titles; if a longer part of their starts agrees, one is an edit of the other
MAX_OVERLAP = 0.93  # of the words of the shorter of two titles: all but one of a long headline
MIN_REPEATED = 0.8  # of a heading's words in <title>
MIN_OVERLAP = 0.5  # of the words of the shorter of two titles of one article
ELLIPSES = ("…", "...")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its text, and the texts of its elements, of which one is often the kicker and another the headline."""

    text: str
    parts: tuple[str, ...] = ()
    level: str = ""
    is_entry: bool = False  # marked as the title of an entry (hAtom, which WordPress themes keep)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((letters_key(self.text), *(letters_key(part) for part in self.parts)))


def title(page: PageStatements, site_names: list[str]) -> tuple[str, str]:
    """The title on one line without the site's name, and its source: json-ld, og, h1, title or feed."""
    sites = site_keys([*site_names, *(one_line("".join(e.itertext())) for e in page.headings if page.is_link_home(e))])
    headings = visible_headings(page)
    top = next((heading for heading in headings if heading.text), Heading(""))
    raw = _stated(page) if page.statement == JSON_LD else ""  # microdata marks up what a reader sees, kickers included
    known = frozenset(letters_key(text) for text in (raw, *(h.text for h in headings[:3] if h.level == top.level)) if text)

    def bare(text: str) -> str:
        return without_site(text, sites, known)

    shared = bare(line(page.named("og:title", "twitter:title")))
    stated = whole(bare(raw), [shared, top.text])
    card = whole(shared, [stated, top.text])
    seen = frozenset().union(*(h.keys for h in headings), (letters_key(page.hints.title),)) - {""}
    window = bare(first(page.windows))
    best = between(stated, card, seen)
    shown = headline(headings, sites)
    chosen = without_kicker(best, top)
    if (
        not chosen
        and best
        and seen.isdisjoint((letters_key(stated), letters_key(card)))
        and is_better(shown, best, [card, window], has_data=bool(raw))
    ):
        chosen = bare(shown.text)
    chosen = chosen or best or confirmed(page, window)
    places = (
        (page.statement, raw),
        ("og", shared),
        ("h1", top.text if top.level == "h1" and (not window or overlap(top.text, window) >= MIN_OVERLAP) else ""),
        (page.statement, bare(_stated(page))),
        ("title", window),
        ("h1", top.text),
        (page.hints.source, one_line(page.hints.title, MAX_TITLE)),
    )
    if chosen:
        return chosen, next((source for source, text in places if chosen in text), "h1")
    return next(((text, source) for source, text in places[2:] if text), ("", ""))


def between(stated: str, card: str, seen: frozenset[str]) -> str:
    """Choose between two titles. `seen` are the keys of the visible headlines.

    Words are added to a headline (kickers, names, words for search engines), never removed: if one title contains the other, the shorter
    one is right. Otherwise the visible title wins. If both or neither are visible, the title of the structured data wins.
    """
    a, b = letters_key(stated), letters_key(card)
    if not a or not b:
        return stated or card
    if a == b:
        return (
            card if SEPARATOR.search(stated) and not SEPARATOR.search(card) else stated
        )  # "Kicker - Title" is "Kicker: Title" joined by a program
    shorter, longer = sorted((stated, card), key=len)
    if letters_key(shorter) in letters_key(longer) and len(shorter) >= MIN_SHARE * len(longer):
        return shorter
    return card if b in seen and a not in seen else stated


def headline(headings: list[Heading], sites: frozenset[str]) -> Heading:
    """The only h1 of the page that can be its article's headline; empty if there is none or more than one."""
    found = {letters_key(h.text): h for h in headings if h.level == "h1" and letters_key(h.text) and not is_site(h.text, sites)}
    only = next(iter(found.values())) if len(found) == 1 else Heading("")
    return only if len(words(only.text)) >= MIN_WORDS or len(letters_key(only.text)) >= MIN_KEY else Heading("")


def is_better(shown: Heading, best: str, stated: list[str], *, has_data: bool) -> bool:
    """Whether to prefer the visible headline to a title that no reader sees, written for social networks or search engines.

    Titles that differ only by added words are decided by `between` and `without_kicker`. Otherwise the heading must be marked as the
    title of its entry, or have the same subject: half of its words, or of the words of one of the `stated` titles, must be in the other.
    If the two start alike, or the heading hardly differs from the data, one is an edit of the other, and the stated title stays.
    """
    a, b = letters_key(shown.text), letters_key(best)
    if not a or b in a:
        return False
    if a in b:
        return len(a) >= MIN_SHARE * len(b)
    is_edited = _common(a, b) >= MAX_START * min(len(a), len(b)) or (has_data and overlap(shown.text, best) > MAX_OVERLAP)
    return shown.is_entry or (not is_edited and any(overlap(shown.text, text) >= MIN_OVERLAP for text in stated))


def _common(a: str, b: str) -> int:
    """How many characters two keys have in common at their start."""
    return next((at for at, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b)))


def overlap(a: str, b: str) -> float:
    """The share of the shorter title's words that are in the other."""
    one, other = set(words(a)), set(words(b))
    return len(one & other) / max(1, min(len(one), len(other)))


def confirmed(page: PageStatements, window: str) -> str:
    """If the page states no title: the longest heading that <title> repeats, except perhaps a damaged word; empty if there is none."""
    shown = [text for e in page.headlines if (text := one_line("".join(e.itertext()), MAX_TITLE)) and letters_key(text)]
    inside = [text for text in shown if letters_key(text) in letters_key(window) or share_in(text, window) >= MIN_REPEATED]
    return max(inside, key=len, default="")


def share_in(text: str, other: str) -> float:
    """The share of a text's words that are in another."""
    one, found = words(text), frozenset(words(other))
    return sum(1 for word in one if word in found) / max(1, len(one))


def without_kicker(title: str, heading: Heading) -> str:
    """The title as in the last part of the heading, if the two agree on that part but not on the kicker; else empty."""
    own = letters_key(title)
    if own in heading.keys or len(heading.parts) < 2:
        return ""
    last = heading.parts[-1]
    is_tail = letters_key(heading.text).endswith(letters_key(last)) and own.endswith(letters_key(last)) and title.endswith(last)
    before = title[: -len(last)].rstrip() if is_tail else ""
    return last if before.endswith((":", "-", "–", "—", "|", "/")) else ""


def whole(text: str, others: list[str]) -> str:
    """The text, or if it is cut off, one of the others that continues it; empty if none does."""
    cut = text.rstrip(".… ")
    longer = next((other for other in others if len(other) > len(text) and other.startswith(cut) and not other.endswith(ELLIPSES)), "")
    if text.endswith(ELLIPSES):
        return longer
    return longer if longer and len(text) >= GOOGLE_LIMIT else text


def visible_headings(page: PageStatements) -> list[Heading]:
    """The headings above or in the article, h1 first."""
    return [_heading(e) for e in sorted(page.headlines, key=lambda e: str(e.tag))]


def _heading(element: HtmlElement) -> Heading:
    text = one_line("".join(element.itertext()), MAX_TITLE)
    parts = list(element.iterdescendants())[:MAX_PARTS]
    inside = [one_line(piece, MAX_TITLE) for e in parts for piece in ("".join(e.itertext()), e.tail or "")]
    return Heading(
        text,
        tuple(part for part in inside if letters_key(part) and part != text),
        str(element.tag),
        "entry-title" in (element.get("class") or "").split(),
    )


def _stated(page: PageStatements) -> str:
    return line(page.stated("headline") or page.stated("name"))
