"""Find blocks that an extraction lost, by their position beside and among those found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.html.block_context import Surroundings
from pipeline.extract.html.blocks import Placed
from pipeline.extract.text.boilerplate_phrases import is_closing
from pipeline.extract.text.plain_page import is_in
from pipeline.extract.text.trim import DIGIT, is_prose, is_running, repeats
from pipeline.text import letters_key

MIN_TWIN = 25  # characters of a block that is added because similar ones were found
MIN_SHARE = 0.2  # of the chosen text that must be in elements of one kind before others of the kind are added
MAX_LINKED = 0.5  # of a block's characters
MIN_NAMES = 8  # characters of class names that identify a kind of element
MIN_STANDFIRST = 40  # characters
WINDOW = 200  # characters at the start of a text that count as its head
DATELINE = 20  # characters, without white space, of a place name before a standfirst: "Berlin. "
SAME = 60  # characters, without white space and signs, in which a standfirst and a description must agree
NEAR = 4  # elements around a note
MAX_DIGITS = 8  # of a lead; a line with more consists of times and dates
SENTENCE_END = re.compile(r"[.!?…。！？।]\W{0,2}$")
SUBHEADS = frozenset(("h2", "h3", "h4", "h5", "h6"))

Signature = tuple[str, str, str, str]


def with_duplicates(chosen: set[int], placed: Sequence[Placed], around: Surroundings) -> set[int]:
    """Add to the chosen blocks those in the same kind of element as much of the chosen text: in the same container, or in later ones if the
    kind is distinctive. The next h1 starts another article, because endless-scrolling pages contain several."""
    sizes: dict[Signature, int] = defaultdict(int)
    for at in chosen:
        sizes[_signature(placed[at].element)] += len(placed[at].text)
    usual = {signature for signature, size in sizes.items() if size >= MIN_SHARE * around.total}
    first = min((at for at in chosen if is_prose(placed[at])), default=len(placed))
    next_article = next((at for at in range(first + 1, len(placed)) if placed[at].element.tag == "h1"), len(placed))

    def is_duplicate(at: int, place: Placed) -> bool:
        signature = _signature(place.element)
        if signature not in usual or len(place.text) < MIN_TWIN or place.linked > MAX_LINKED * len(place.text):
            return False
        return (around.inside(place.element) or (first < at < next_article and _is_telling(signature))) and not around.unrelated(place)

    return chosen | {at for at, place in enumerate(placed) if at not in chosen and is_duplicate(at, place)}


def with_companions(chosen: set[int], placed: Sequence[Placed], around: Surroundings) -> set[int]:
    """The chosen blocks, and the headings, lists and loose text that stand among paragraphs of theirs, in the same
    element; loose text just before the first too, as some sites put the paragraph element only between paragraphs; and its notes behind them."""
    parents = {placed[at].element.getparent() for at in chosen if is_running(placed[at])} - {None}
    last = max((at for at in chosen if is_running(placed[at])), default=-1)
    first = min((at for at in chosen if is_running(placed[at])), default=0)

    def is_loose(at: int, place: Placed) -> bool:
        return at >= first - 1 and place.element in parents and is_prose(place)

    among = {
        at
        for at, place in enumerate(placed[: last + 1])
        if at not in chosen and (is_loose(at, place) or (at > first and _is_among(place, parents))) and not around.unrelated(place)
    }
    notes = {at for at in range(last + 1, len(placed)) if placed[at].kind == "item" and _is_footnote(placed[at].element, parents)}
    return chosen | among | notes


def with_standfirst(chosen: set[int], placed: Sequence[Placed], around: Surroundings, title: str, descriptions: Iterable[str]) -> set[int]:
    """Add the standfirst: a text between title and body that is the page's own description of the article."""
    first = next((at for at in sorted(chosen) if is_prose(placed[at])), 0)
    top = max((at for at in range(first) if placed[at].kind == "heading" and repeats(placed[at].text, title)), default=first)
    between = [at for at in range(top + 1, first) if at not in chosen and len(placed[at].text) >= MIN_STANDFIRST]
    if not between:
        return chosen
    heads = {_head(text) for text in descriptions if len(text) >= MIN_STANDFIRST} - {_head(placed[at].text) for at in chosen}
    for at in between:
        opening = letters_key(placed[at].text[:WINDOW])[: SAME + DATELINE]
        if any(head in opening for head in heads) and not around.unrelated(placed[at]):
            return chosen | {at}
    return chosen | (_lead(between, placed, around) if top < first else set())


def _lead(between: Sequence[int], placed: Sequence[Placed], around: Surroundings) -> set[int]:
    """The single paragraph of whole sentences between headline and text. Several paragraphs are a separate box."""
    prose = [at for at in between if is_prose(placed[at]) and not placed[at].linked and not around.unrelated(placed[at])]
    lead = [at for at in prose if SENTENCE_END.search(placed[at].text) and not is_closing(placed[at].text)]
    is_repeated = len(prose) == len(lead) == 1 and len(DIGIT.findall(placed[lead[0]].text)) <= MAX_DIGITS
    return set(lead) if is_repeated else set()


def _head(text: str) -> str:
    return letters_key(text[:WINDOW])[:SAME]


def _is_among(place: Placed, parents: set[HtmlElement | None]) -> bool:
    element, parent = place.element, place.element.getparent()
    if place.kind == "heading":
        return element.tag in SUBHEADS and parent in parents and place.linked <= MAX_LINKED * len(place.text)
    if place.kind in ("item", "row"):
        return parent is not None and place.linked <= MAX_LINKED * len(place.text) and is_in(parents, parent)
    return False


def _is_footnote(element: HtmlElement, parents: set[HtmlElement | None]) -> bool:
    """Whether a block is in the article's own list of notes."""
    around = islice(element.iterancestors(), NEAR)
    notes = next((e for e in around if e.get("role") == "doc-endnotes" or e.get("class") == "footnotes"), None)
    return notes is not None and notes.getparent() in parents


def _is_telling(signature: Signature) -> bool:
    """Whether the rest of the page is unlikely to have such elements."""
    return len(signature[1]) + len(signature[3]) >= MIN_NAMES


def _signature(element: HtmlElement) -> Signature:
    """The kind of element that contains a block."""
    parent = element.getparent()
    outer = ("", "") if parent is None else (str(parent.tag), (parent.get("class") or "").strip().partition(" ")[0])
    return (str(element.tag), element.get("class") or "", *outer)
