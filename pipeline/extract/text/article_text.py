"""Find the main text of an article: trafilatura's result, corrected by where blocks are on the page and by what the page says about itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from pipeline.extract.html.block_context import Located, Surroundings, located
from pipeline.extract.html.blocks import Placed, of_markup, of_tree
from pipeline.extract.html.model import Block, plain
from pipeline.extract.text import trafilatura_adapter, word_overlap
from pipeline.extract.text.confidence import confidence, signs_of
from pipeline.extract.text.lost_blocks import with_companions, with_duplicates, with_standfirst
from pipeline.extract.text.trim import trimmed

Blocks = tuple[Block, ...]

MIN_STATED_BODY = 500  # characters; a shorter articleBody is a teaser
STATED_FACTOR = 2.0  # an articleBody replaces the extraction only if it is this many times longer
MIN_RIGHT = 0.5  # share of a text that the rules must leave; otherwise they do not fit the page
NEARLY_ALL = 0.7  # share of a page's characters; a page with so much found holds no other text
WHOLE_PAGE = "trafilatura, whole page"  # the usual search found a text about something else
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class MainText:
    """The blocks of an article's text, and their source: 'trafilatura', 'json-ld', WHOLE_PAGE, or '' if there are none.

    `confidence` is the share of it that is expected to be right; None for a text that the page states and that was not searched for.
    `overlap` is the share of the words of title and description that a text found by the search contains.
    """

    blocks: Blocks = ()
    source: str = ""
    confidence: float | None = None
    overlap: float = 0.0


def main_text(
    tree: HtmlElement,
    *,
    title: str,
    stated: str,
    parts: str = "",
    authors: Sequence[str] = (),
    descriptions: Sequence[str] = (),
    afresh: Callable[[], HtmlElement] | None = None,
) -> MainText:
    """The article's text.

    Elements that are never text are removed from the tree. `stated` is the page's own articleBody, plain or HTML. `parts` returns the
    texts of its parts and is called only if the page shows almost nothing: a live blog states posts of days but shows the latest.
    `descriptions` are texts in which the page describes the article; one that is visible above the text is its standfirst. `afresh`
    returns an unchanged tree of the page: if the text has few of the words with which the page describes itself, the whole page is
    searched again.
    """
    found = _of_page(tree, title, authors, descriptions)
    if afresh is not None:
        found = _nearer_text(found, afresh, title, authors, descriptions) or found
    length = len(plain(found.blocks))
    if length < trafilatura_adapter.SHORT_TEXT:
        stated = stated or parts
    if len(stated) >= MIN_STATED_BODY and len(stated) >= length:
        body = without_title(of_markup(stated), title)
        if len(plain(body)) > STATED_FACTOR * length or _lost_its_paragraphs(found.blocks, body):
            return MainText(body, "json-ld")
    return found


def without_title(found: Blocks, title: str) -> Blocks:
    """The text without a first line that only repeats the title."""
    words = WORD.findall(title.casefold())
    return found[1:] if found and words and WORD.findall(found[0].text.casefold()) == words else found


def _lost_its_paragraphs(found: Blocks, stated: Blocks) -> bool:
    """Whether the extraction is the stated body in fewer lines: trafilatura falls back on it, but joins its paragraphs."""
    return len(found) < len(stated) and plain(found).split() == plain(stated).split()


def _of_page(tree: HtmlElement, title: str, authors: Sequence[str], descriptions: Sequence[str]) -> MainText:
    trafilatura_adapter.make_lean(tree, title)
    placed = of_tree(tree)
    return _put_right(trafilatura_adapter.find(tree, placed), placed, title, authors, descriptions) if placed else MainText()


def _nearer_text(
    found: MainText, afresh: Callable[[], HtmlElement], title: str, authors: Sequence[str], descriptions: Sequence[str]
) -> MainText | None:
    """Another text of the page that has clearly more of the words with which the page describes its article, if the found text has few."""
    if found.overlap >= word_overlap.FAR:
        return None
    stated_words = word_overlap.words((title, *descriptions))
    tree = afresh()
    placed = of_tree(tree)
    own, text = plain(found.blocks), "\n".join(place.text for place in placed)
    if len(own) >= NEARLY_ALL * len(text) or not word_overlap.is_nearer(text, own, stated_words):
        return None  # nor can any part of the page
    whole = _of_whole_page(tree, placed, title, authors, descriptions)
    return replace(whole, source=WHOLE_PAGE) if word_overlap.is_nearer(plain(whole.blocks), own, stated_words) else None


def _of_whole_page(
    tree: HtmlElement, placed: Sequence[Placed], title: str, authors: Sequence[str], descriptions: Sequence[str]
) -> MainText:
    blocks = trafilatura_adapter.find_bare(copy(tree))
    whole = without_title(tuple(place.block for place in blocks), title)
    right = _put_right(blocks, placed, title, authors, descriptions) if placed else MainText()
    return right if len(plain(right.blocks)) >= MIN_RIGHT * len(plain(whole)) else replace(right, blocks=whole)


def _put_right(
    blocks: Sequence[Placed], placed: Sequence[Placed], title: str, authors: Sequence[str], descriptions: Sequence[str]
) -> MainText:
    """The found blocks, with lost parts of the article added and foreign parts removed."""
    found = located(blocks, placed)
    chosen = with_duplicates(set(found.taken), placed, Surroundings(placed, found.taken))
    around = Surroundings(placed, chosen)
    chosen = with_companions(chosen, placed, around)
    chosen = with_standfirst(chosen, placed, around, title, descriptions)
    chosen = trimmed(chosen, placed, around, title, authors)
    text = without_title(tuple(place.block for place in _in_order(chosen, found, placed)), title)
    if not text:
        return MainText()
    overlap = word_overlap.share(plain(text), word_overlap.words((title, *descriptions)))
    return MainText(text, "trafilatura", confidence(signs_of(chosen, placed, found.taken, overlap)), overlap)


def _in_order(chosen: set[int], found: Located, placed: Sequence[Placed]) -> Iterator[Placed]:
    """The chosen blocks in page order. Those that could not be located follow their predecessors."""
    for at in sorted(chosen | found.strays.keys()):
        if at in chosen:
            yield found.taken.get(at, placed[at])
        yield from found.strays.get(at, ())
