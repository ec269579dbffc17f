"""The main text of an article: what trafilatura finds, put right by where it stands on the page and by what the page says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from pipeline.extract import first_pass
from pipeline.extract.blocks import Placed, of_markup, of_tree
from pipeline.extract.model import Block, plain
from pipeline.extract.repair import with_companions, with_standfirst, with_twins
from pipeline.extract.surroundings import Located, Surroundings, located
from pipeline.extract.trim import trimmed

Blocks = tuple[Block, ...]

MIN_STATED_BODY = 500  # characters; a shorter articleBody is a teaser
STATED_FACTOR = 2.0  # an articleBody replaces the extraction only where it is so many times longer
WORD = re.compile(r"\w+")


def main_text(
    tree: HtmlElement, *, title: str, stated: str, parts: str = "", authors: Sequence[str] = (), descriptions: Sequence[str] = ()
) -> tuple[Blocks, str]:
    """The blocks of the article's text, and where they came from ('trafilatura', 'json-ld' or '' where there are none).

    What is never text is taken out of the tree.
    `stated` is the page's own articleBody; it may be plain or HTML. `parts` are the texts of its parts, which are asked only where the page
    shows next to nothing: a live blog states posts of days and shows the last. `descriptions` are texts in which the page says what the article is
    about; one that is shown over the text is its standfirst.
    """
    found = without_title(_of_page(tree, title, authors, descriptions), title)
    length = len(plain(found))
    if length < first_pass.SHORT_TEXT:
        stated = stated or parts
    if len(stated) >= MIN_STATED_BODY and len(stated) >= length:
        body = without_title(of_markup(stated), title)
        if len(plain(body)) > STATED_FACTOR * length or _lost_its_paragraphs(found, body):
            return body, "json-ld"
    return found, "trafilatura" if found else ""


def without_title(found: Blocks, title: str) -> Blocks:
    """The text without a first line that only repeats the title."""
    words = WORD.findall(title.casefold())
    return found[1:] if found and words and WORD.findall(found[0].text.casefold()) == words else found


def _lost_its_paragraphs(found: Blocks, stated: Blocks) -> bool:
    """Whether the extraction is the stated body itself, in fewer lines: trafilatura falls back on it, but runs it together."""
    return len(found) < len(stated) and plain(found).split() == plain(stated).split()


def _of_page(tree: HtmlElement, title: str, authors: Sequence[str], descriptions: Sequence[str]) -> Blocks:
    first_pass.make_lean(tree)
    placed = of_tree(tree)
    if not placed:
        return ()
    found = located(first_pass.find(tree, placed), placed)
    chosen = with_twins(set(found.taken), placed, Surroundings(placed, found.taken))
    around = Surroundings(placed, chosen)
    chosen = with_companions(chosen, placed, around)
    chosen = with_standfirst(chosen, placed, around, title, descriptions)
    chosen = trimmed(chosen, placed, around, title, authors)
    return tuple(place.block for place in _in_order(chosen, found, placed))


def _in_order(chosen: set[int], found: Located, placed: Sequence[Placed]) -> Iterator[Placed]:
    """The chosen blocks in the order of the page, those that could not be located behind the ones that they followed."""
    for at in sorted(chosen | found.strays.keys()):
        if at in chosen:
            yield found.taken.get(at, placed[at])
        yield from found.strays.get(at, ())
