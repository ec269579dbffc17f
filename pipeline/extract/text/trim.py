"""Remove blocks from an article's text that are not part of it: the repeated title, bylines and dates, pointers to other articles, appeals,
credits.

Each rule examines one thing: the position of a block, its links, or its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise

from lxml.html import HtmlElement

from pipeline.extract.html.block_context import Surroundings
from pipeline.extract.html.blocks import Placed
from pipeline.extract.text.boilerplate_phrases import is_appeal, is_boilerplate, is_closing, is_placeholder, is_pointer
from pipeline.normalise.byline_words import BY_WORDS
from pipeline.normalise.dates.dates import parse_date
from pipeline.text import letters_key

PROSE = 80  # characters of a paragraph that certainly belongs to the text
PROSE_UNSPACED = 40  # the same in scripts without spaces between words
RUNNING = 20  # characters of a line that may be running text: a verse, an item, a short paragraph
RUNNING_UNSPACED = 8
MAX_WORD = 20  # characters for each space in a text that separates words
MAX_LINKED = 0.5  # of the characters of a paragraph
STAMP_WORDS = 6  # in a line that is a date
MAX_LINE = 90  # characters of a line above the text that is a date, a name or a section
ALL_LINKED = 0.9  # of a block's characters
HEADLINE_LINKED = 0.45  # of the characters of a link with its kicker
POINTER_LINKED = 0.4  # of the characters of a pointer to another article
MIN_TEASER = 28  # characters of a link that is another article's headline
MAX_LABEL = 60  # characters of a label above links
LONGEST_KICKER = 1.8  # times the title's characters that the title with its kicker may have,
MAX_KICKER = 20  # and so many characters more
MIN_LEFT = 0.3  # of the chosen characters; if less would be left, the rules misread the page
MAX_BOX = 0.2  # of the text, and
MAX_BOX_CHARS = 500  # characters of a box that asks readers for something
MIN_APPEALS = 2  # paragraphs above the text
MAX_BIOGRAPHY = 400  # characters of a line about an author
NEAR = 4  # elements around a block
FOR_A_SCREEN = re.compile(r"(?<![a-z])(?:mobile|phone|tablet|desktop)(?![a-z])", re.IGNORECASE)
WORD = re.compile(r"\w+")
IS = re.compile(r"\s(?:is|are|was|ist|sind|est|es|è|é|är|er|on)\s")
BY = re.compile(rf"^\W*(?:(?:written|reported|story|text|texte)\s+)?(?:{BY_WORDS}|od|текст)\s*:?\s+", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_]{2,}")
DIGIT = re.compile(r"\d")


def trimmed(chosen: set[int], placed: Sequence[Placed], around: Surroundings, title: str, authors: Sequence[str]) -> set[int]:
    """The chosen blocks that belong to the article."""
    text = chosen - _of_the_head(sorted(chosen), placed, title, authors)
    kept = {at for at in text if not around.unrelated(placed[at]) and not is_placeholder(placed[at].text) and WORD.search(placed[at].text)}
    kept -= _teasers(sorted(kept), placed)
    kept -= _appeal_boxes(sorted(kept), placed)
    kept -= _empty_sections(sorted(kept), placed)
    kept -= _labels(sorted(kept), placed) | _doubled(sorted(kept), placed)
    kept -= _of_the_tail(sorted(kept), placed, authors)
    return kept if _size(kept, placed) >= MIN_LEFT * _size(text, placed) else text


def _size(blocks: set[int], placed: Sequence[Placed]) -> int:
    return sum(len(placed[at].text) for at in blocks)


def _of_the_head(order: list[int], placed: Sequence[Placed], title: str, authors: Sequence[str]) -> set[int]:
    """The title wherever it is repeated, and what is above the text: bylines, dates, kickers."""
    found = {at for at in order if repeats(placed[at].text, title)}
    first = next((at for at in order if at not in found and is_prose(placed[at])), -1)
    found |= {at for at in order if at < first and _is_h1(placed[at])}
    names = {letters_key(name) for name in authors}
    top = max((at for at in found if at < first), default=-1)
    for at in order:
        if at >= first:
            break
        text = placed[at].text
        if len(text) <= MAX_LINE and (at < top or letters_key(BY.sub("", text)) in names or is_stamp(text)):
            found.add(at)
    return found | _appeals([at for at in order if at not in found], placed)


def _appeals(order: list[int], placed: Sequence[Placed]) -> set[int]:
    """Appeals to readers above the text, if they have several paragraphs: a single one could be part of an article on that subject."""
    first = next((n for n, at in enumerate(order) if is_prose(placed[at]) and not is_boilerplate(placed[at].text)), 0)
    appeals = {at for at in order[:first] if is_boilerplate(placed[at].text)}
    return appeals if len(appeals) >= MIN_APPEALS else set()


def _appeal_boxes(order: list[int], placed: Sequence[Placed]) -> set[int]:
    """Small boxes among the paragraphs in which the site asks for something: all of their blocks."""
    boxes: dict[HtmlElement | None, list[int]] = {}
    for at in order:
        boxes.setdefault(placed[at].element.getparent(), []).append(at)
    most = MAX_BOX * _size(set(order), placed)
    small = [box for box in boxes.values() if len(box) > 1 and _size(set(box), placed) <= min(most, MAX_BOX_CHARS)]
    return {at for box in small if any(is_appeal(placed[at].text) for at in box) for at in box}


def _teasers(order: list[int], placed: Sequence[Placed]) -> set[int]:
    """Headlines of other articles: blocks that are only links, pointers such as "Read more: …", and lists of links with few other words."""
    found = {at for at in order if is_teaser(placed[at])}
    lists: dict[object, list[int]] = {}
    for at in order:
        if placed[at].kind == "item":
            lists.setdefault(placed[at].element.getparent(), []).append(at)
    for items in lists.values():
        if len(items) > 1 and all(_is_headline(placed[at]) for at in items):
            found |= set(items)
    return found


def _is_headline(place: Placed) -> bool:
    text = place.text
    return place.linked >= HEADLINE_LINKED * len(text) and len(text) >= MIN_TEASER and not text.endswith(".")


def _empty_sections(order: list[int], placed: Sequence[Placed]) -> set[int]:
    """Headings above nothing but links to other articles: the next block that is kept is a similar heading, or there is none."""
    found: set[int] = set()
    for at, after in pairwise([*order, len(placed)]):
        is_over_links = placed[at].kind == "heading" and after > at + 1 and is_teaser(placed[at + 1])
        if is_over_links and (after == len(placed) or placed[after].element.tag == placed[at].element.tag):
            found.add(at)
    return found


def _labels(order: list[int], placed: Sequence[Placed]) -> set[int]:
    """Lines such as "Related:", "You may also like"."""
    return {at for at in order if len(placed[at].text) <= MAX_LABEL and is_pointer(placed[at].text)}


def _doubled(order: list[int], placed: Sequence[Placed]) -> set[int]:
    """Blocks that repeat the one before, such as a first paragraph that is also the standfirst, or a copy for other screens."""
    found = {after for at, after in pairwise(order) if placed[at].text == placed[after].text and is_prose(placed[at])}
    first: dict[str, int] = {}
    again = [at for at in order if first.setdefault(placed[at].text, at) != at]
    return found | {at for at in again if _is_for_a_screen(placed[at].element)}


def _is_for_a_screen(element: HtmlElement) -> bool:
    """Whether the element is shown only on some kinds of screen."""
    return any(FOR_A_SCREEN.search(holder.get("class") or "") for holder in islice(element.iterancestors(), NEAR))


def _of_the_tail(order: list[int], placed: Sequence[Placed], authors: Sequence[str]) -> set[int]:
    """Closing lines, from the last on, as long as they are boilerplate or headings over it. A heading that ends the text is where the
    publisher cut it off."""
    found: set[int] = set()
    names = tuple(letters_key(name) for name in authors if len(name.split()) > 1)
    for at in reversed(order):
        text = placed[at].text
        is_over_found = placed[at].kind == "heading" and bool(found)
        is_date = len(text) <= MAX_LINE and is_stamp(text)
        if not (is_over_found or is_date or is_closing(text) or _is_biography(text, names)):
            break
        found.add(at)
    return found


def _is_biography(text: str, names: tuple[str, ...]) -> bool:
    """Whether a line says who an author is."""
    return len(text) <= MAX_BIOGRAPHY and bool(names) and letters_key(text).startswith(names) and bool(IS.search(text[:MAX_LINE]))


def is_teaser(place: Placed) -> bool:
    """Whether a block is a headline that links to another article, or points to one."""
    text = place.text
    if place.linked >= ALL_LINKED * len(text):
        return len(text) >= MIN_TEASER
    return place.linked >= POINTER_LINKED * len(text) and is_pointer(text)


def is_prose(place: Placed) -> bool:
    """Whether a block is a paragraph of some length that is not mostly links."""
    text = place.text
    enough = PROSE if text.count(" ") * MAX_WORD > len(text) else PROSE_UNSPACED
    return len(text) >= enough and place.kind != "heading" and place.linked < MAX_LINKED * len(text)


def weight(text: str) -> int:
    """How much a text says: a character of a script without spaces counts as two."""
    return len(text) * (1 if text.count(" ") * MAX_WORD > len(text) else 2)


def is_running(place: Placed) -> bool:
    """Whether a block may be running text, however short its paragraphs are."""
    text = place.text
    enough = RUNNING if text.count(" ") * MAX_WORD > len(text) else RUNNING_UNSPACED
    return len(text) >= enough and place.kind != "heading" and place.linked < MAX_LINKED * len(text)


def is_stamp(text: str) -> bool:
    """Whether a line is a date or a time, with or without a few words such as "Updated"."""
    digit = DIGIT.search(text)
    if digit is None or len(LETTERS.findall(text)) > STAMP_WORDS:
        return False
    return parse_date(text) is not None or parse_date(text[digit.start() :]) is not None


def repeats(text: str, title: str) -> bool:
    """Whether a block is the title, with or without its kicker."""
    if len(text) > LONGEST_KICKER * len(title) + MAX_KICKER:
        return False
    whole = letters_key(title)
    own = letters_key(text)
    return bool(whole) and own.endswith(whole) and own.count(whole) == 1  # a verse says it twice


def _is_h1(place: Placed) -> bool:
    return bool(place.element.tag == "h1")
