"""Which of the headlines that a page states is the title of its article.

JSON-LD's headline, the share card (og:title) and the headings often differ: one has the kicker or the site's name, another is written for
search engines, a third for social networks. What stands over the article where a reader sees it decides between them.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.extract.metadata.title_suffixes import SEPARATOR, is_site, key, site_keys, without_site, words
from pipeline.extract.structured_data.page_statements import JSON_LD, MAX_LINE, Evidence, first, is_around, line
from pipeline.text import one_line

MAX_TITLE = MAX_LINE  # characters
MAX_PARTS = 12  # elements of one heading that are looked at
GOOGLE_LIMIT = 100  # characters; JSON-LD headlines are often cut off at 110, without a mark
MIN_SHARE = 0.5  # of the longer title that the shorter must have to be the same without its kicker, and not a cut one
MIN_WORDS = 3  # of a headline; a shorter one is a section or a name,
MIN_KEY = 12  # unless it has so many letters, as in Japanese
MIN_OVERLAP = 0.5  # of the words of the shorter of two titles of one article
ELLIPSES = ("…", "...")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as its text, and the texts of the elements in it: often one is the kicker and another the headline."""

    text: str
    parts: tuple[str, ...] = ()
    level: str = ""

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((key(self.text), *(key(part) for part in self.parts)))


def title(page: Evidence, site_names: list[str]) -> tuple[str, str]:
    """The title on one line without the site's name, and its source: json-ld, og, h1, title or feed."""
    sites = site_keys(site_names)
    headings = visible_headings(page.headings)
    top = next((heading for heading in headings if heading.text), Heading(""))
    raw = _stated(page) if page.statement == JSON_LD else ""  # what is marked up in the page is what a reader sees, kickers and all
    known = frozenset(key(text) for text in (raw, *(h.text for h in headings[:3])) if text)

    def bare(text: str) -> str:
        return without_site(text, sites, known)

    shared = bare(line(page.named("og:title", "twitter:title")))
    stated = whole(bare(raw), [shared, top.text])
    card = whole(shared, [stated, top.text])
    seen = frozenset().union(*(h.keys for h in headings), (key(page.hints.title),)) - {""}
    window = bare(first(page.windows))
    best = between(stated, card, seen)
    shown = headline(headings, sites)
    chosen = without_kicker(best, top)
    if not chosen and best and not raw and shown and is_better(shown, best, [card, window]):
        chosen = bare(shown)
    chosen = chosen or best or confirmed(page.headings, window)
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
        return chosen, next(source for source, text in places if chosen in text)
    return next(((text, source) for source, text in places[2:] if text), ("", ""))


def between(stated: str, card: str, seen: frozenset[str]) -> str:
    """The title of the two, `seen` being the keys of what a reader sees as a headline.

    Words are hung on a headline (kickers, names, words for search engines), never taken off: where one holds the other, the shorter is it.
    Else it is the one that is seen, and the structured data's where that does not tell.
    """
    a, b = key(stated), key(card)
    if not a or not b:
        return stated or card
    if a == b:
        return (
            card if SEPARATOR.search(stated) and not SEPARATOR.search(card) else stated
        )  # "Kicker - Title" is "Kicker: Title" joined by a machine
    shorter, longer = sorted((stated, card), key=len)
    if key(shorter) in key(longer) and len(shorter) >= MIN_SHARE * len(longer):
        return shorter
    return card if b in seen and a not in seen else stated


def headline(headings: list[Heading], sites: frozenset[str]) -> str:
    """The one h1 of the page that can be its article's headline; '' where there is none, or more than one to choose from."""
    found = {key(h.text): h.text for h in headings if h.level == "h1" and key(h.text) and not is_site(h.text, sites)}
    text = next(iter(found.values())) if len(found) == 1 else ""
    return text if len(words(text)) >= MIN_WORDS or len(key(text)) >= MIN_KEY else ""


def is_better(shown: str, best: str, stated: list[str]) -> bool:
    """Whether the headline that a reader sees is to be taken instead of the share card's title, which is often written for social networks.

    Where one of the two only has something hung on, `between` and `without_kicker` have chosen. Else the headline has to be about the
    same: half of its words, or of those of one of the `stated` titles, must be in the other.
    """
    a, b = key(shown), key(best)
    if a in b:
        return a != b and len(a) >= MIN_SHARE * len(b)
    return b not in a and any(overlap(shown, text) >= MIN_OVERLAP for text in stated)


def overlap(a: str, b: str) -> float:
    """The share of the words of the shorter title that are in the other."""
    one, other = set(words(a)), set(words(b))
    return len(one & other) / max(1, min(len(one), len(other)))


def confirmed(elements: list[HtmlElement], window: str) -> str:
    """Of a page that states no title, the longest heading that <title> repeats; '' where it repeats none, or only the name of the site."""
    inside = [text for e in visible_elements(elements) if (text := one_line("".join(e.itertext()), MAX_TITLE)) and key(text) in key(window)]
    return max(inside, key=len, default="")


def without_kicker(title: str, heading: Heading) -> str:
    """The title as the last part of the heading has it, where the two agree on that part but not on the kicker before it; else ''."""
    own = key(title)
    if own in heading.keys or len(heading.parts) < 2:
        return ""
    last = heading.parts[-1]
    is_tail = key(heading.text).endswith(key(last)) and own.endswith(key(last)) and title.endswith(last)
    before = title[: -len(last)].rstrip() if is_tail else ""
    return last if before.endswith((":", "-", "–", "—", "|", "/")) else ""


def whole(text: str, others: list[str]) -> str:
    """The text, or where it is cut off, one of the others that goes on from it; '' where none does."""
    cut = text.rstrip(".… ")
    longer = next((other for other in others if len(other) > len(text) and other.startswith(cut) and not other.endswith(ELLIPSES)), "")
    if text.endswith(ELLIPSES):
        return longer
    return longer if longer and len(text) >= GOOGLE_LIMIT else text


def visible_headings(elements: list[HtmlElement]) -> list[Heading]:
    """The headings over or in the article, h1 first."""
    return [_heading(e) for e in sorted(visible_elements(elements), key=lambda e: str(e.tag))]


def visible_elements(headings: list[HtmlElement]) -> list[HtmlElement]:
    """The headings without those of menus, breadcrumbs, lists and links to other articles; where these are all, they will do."""
    free = [e for e in headings if not is_around(e, "li")]
    return [e for e in free if not is_around(e, "a") and e.find(".//a") is None] or free or headings


def _heading(element: HtmlElement) -> Heading:
    text = one_line("".join(element.itertext()), MAX_TITLE)
    inside = [one_line("".join(e.itertext()), MAX_TITLE) for e in list(element.iterdescendants())[:MAX_PARTS]]
    return Heading(text, tuple(part for part in inside if key(part) and part != text), str(element.tag))


def _stated(page: Evidence) -> str:
    return line(page.stated("headline") or page.stated("name"))
