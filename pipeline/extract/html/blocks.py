"""Split a tree into blocks of text: paragraphs, headings, list items, quotes, table rows and code, each with its Markdown.

Reads HTML and the XML that trafilatura produces (https://trafilatura.readthedocs.io), which uses other names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.html import markdown
from pipeline.extract.html.markdown import Piece
from pipeline.extract.html.model import Block
from pipeline.extract.html.page import parse_markup
from pipeline.extract.html.tags import BLOCKS, CELLS, SILENT
from pipeline.text import clean

KINDS = {
    **{f"h{level}": "heading" for level in range(1, 7)}, "head": "heading", "li": "item", "item": "item", "dt": "item", "dd": "item",
    "blockquote": "quote", "quote": "quote", "pre": "code", "tr": "row", "row": "row",
}  # fmt: skip
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
RENDERED = {"#b": "**", "#i": "*", "#t": "`"}
CELLS_APART = "\t"  # between the cells of a row in plain text, as browsers copy tables: with a sign there no phrase would be found
LISTS = frozenset(("ul", "ol", "list"))
ACTIVE = BLOCKS | CELLS | frozenset(MARKS) | {"a", "hi"}
IN_LAYOUT = frozenset(("div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "section", "article"))


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with the element that contains it, and the number of its characters in links."""

    kind: str
    text: str
    element: HtmlElement
    linked: int
    marker: str
    pieces: tuple[Piece, ...] | tuple[tuple[Piece, ...], ...]  # of the text; in a row, of each cell

    @property
    def block(self) -> Block:
        """The block with its Markdown, which is made only for blocks that are kept."""
        if self.kind == "row":
            return Block("row", self.text, markdown.row(markdown.inline(cell) for cell in self.pieces))  # type: ignore[arg-type]
        if self.kind == "code":
            return Block("code", self.text, self.marker)
        if self.kind == "heading":
            return Block("heading", self.text, self.marker + markdown.escaped(self.text))
        is_bare = not markdown.SIGN.search(self.text) and all(isinstance(piece, str) for piece in self.pieces)  # as most are
        marked = self.text if is_bare else markdown.inline(self.pieces)  # type: ignore[arg-type]
        return Block(self.kind, self.text, self.marker + markdown.safe_start(marked))


def of_markup(markup: str) -> tuple[Block, ...]:
    """The blocks of a fragment known to be an article (a feed's content, an articleBody), plain or HTML."""
    if "<" not in markup:
        return of_lines(markup.splitlines())
    tree, _ = parse_markup(f"<html><body><div>{markup}</div></body></html>".encode("utf-8", "replace"))
    return () if tree is None else tuple(placed.block for placed in of_tree(tree))


def of_lines(lines: Iterable[str]) -> tuple[Block, ...]:
    """One paragraph for each line that is not blank."""
    texts = (folded(line) for line in lines)
    return tuple(Block("paragraph", text, markdown.paragraph(text)) for text in texts if text)


def of_tree(root: HtmlElement) -> list[Placed]:
    """The blocks of all text in a tree, in order. Not recursive, because nesting can be deep."""
    reader = _Reader(root)
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in SILENT or (tag == "head" and _is_of_page(element)):
                walk.skip_subtree()
                continue
            if tag in ACTIVE:
                reader.enter(tag, element)
            if text := element.text:
                reader.write(text)
            continue
        if tag in ACTIVE and not (tag == "head" and _is_of_page(element)):
            reader.leave(tag, element)
        if (text := element.tail) and element is not root:
            reader.write(text)
    reader.flush()
    return reader.placed


def cut(blocks: tuple[Block, ...], limit: int) -> tuple[Block, ...]:
    """The first blocks, up to `limit` characters in total; the last one may be cut."""
    kept: list[Block] = []
    for block in blocks:
        if limit <= 0:
            break
        kept.append(block if len(block.text) <= limit else Block(block.kind, block.text[:limit], markdown.paragraph(block.text[:limit])))
        limit -= len(block.text) + 1
    return tuple(kept)


def folded(text: str) -> str:
    """Clean text with its white space folded."""
    return " ".join(clean(text).split())


@dataclass(slots=True)
class _Reader:
    """The block being built, and its context."""

    root: HtmlElement
    placed: list[Placed] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    at: HtmlElement | None = None  # where the block started
    linked: int = 0  # characters of the block in links
    within: list[HtmlElement] = field(default_factory=list)  # open block elements
    kinds: list[tuple[str, str]] = field(default_factory=list)  # open structures, outermost first: kind and marker
    marks: list[str] = field(default_factory=list)  # open emphasis
    links: int = 0  # open links
    lists: list[int] = field(default_factory=list)  # open lists: the number of the next item, 0 if the list is not numbered
    cells: list[tuple[str, tuple[Piece, ...]]] | None = None  # of the row being built: text and pieces
    begun: bool = False  # the open item or quote already has a block

    def enter(self, tag: str, element: HtmlElement) -> None:
        if tag in BLOCKS:
            self.flush()
            self.within.append(element)
            if tag in LISTS:
                self.lists.append(1 if tag == "ol" or element.get("rend") == "ol" else 0)
            elif tag in KINDS and not (tag == "tr" and _is_layout(element)):
                self._open(tag, element)
        elif tag in CELLS:
            self._end_cell(keep_empty=False)
        elif tag == "a":
            self.links += not _is_within_page(element)
        elif mark := _mark(tag, element):
            self.marks.append(mark)
            self.pieces.append((mark, True))

    def leave(self, tag: str, element: HtmlElement) -> None:
        if tag in BLOCKS:
            self.flush()
            self.within.pop()
            if tag in LISTS:
                self.lists.pop()
            elif tag in ("tr", "row"):
                self._end_row()
            elif tag in KINDS:
                self.kinds.pop()
        elif tag in CELLS:
            self._end_cell(keep_empty=True)
        elif tag == "a":
            self.links -= not _is_within_page(element)
        elif mark := _mark(tag, element):
            self.marks.pop()
            self.pieces.append((mark, False))

    def write(self, text: str) -> None:
        if self.kinds and self.kinds[-1][0] == "code":
            *whole, text = text.split("\n")
            for line in whole:
                self._add(line)
                self.flush()
        self._add(text)

    def _add(self, text: str) -> None:
        if self.at is None and not text.isspace():
            self.at = self.within[-1] if self.within else self.root
        if self.links:
            self.linked += len(text.strip())
        self.pieces.append(text)

    def flush(self) -> None:
        """End the block, if one has started. Within a table row, only separate words."""
        if self.cells is not None:
            self.pieces.append(" ")
            return
        if self.at is not None:
            self._keep()
        if self.pieces:
            self._begin()

    def _keep(self) -> None:
        kind, marker = self.kinds[-1] if self.kinds else ("paragraph", "")
        raw = markdown.words(self.pieces)
        text = folded(raw)
        if not text:
            return
        if kind == "code":
            marker = clean(raw).rstrip()
        elif kind == "item" and self.begun:
            marker = " " * len(marker)
        self.placed.append(Placed(kind, text, self._place(), self.linked, marker, tuple(self.pieces)))
        self.begun = True

    def _begin(self) -> None:
        self.pieces = [(mark, True) for mark in self.marks]
        self.at, self.linked = None, 0

    def _place(self) -> HtmlElement:
        return self.root if self.at is None else self.at

    def _open(self, tag: str, element: HtmlElement) -> None:
        kind, marker = KINDS[tag], ""
        if kind == "row":
            self._end_row()  # a broken page may open a row within another; that ends the outer one
            self.cells = []
            return
        if kind == "heading":
            level = (element.get("rend") or "h2")[1:] if tag == "head" else tag[1:]
            marker = "#" * (int(level) if level.isdecimal() else 2) + " "
        elif kind == "item":
            marker = self._item_marker()
        elif kind == "quote":
            marker = "> "
        self.kinds.append((kind, marker))
        self.begun = False

    def _item_marker(self) -> str:
        indent = "  " * (len(self.lists) - 1)
        if not self.lists or not self.lists[-1]:
            return f"{indent}- "
        number = self.lists[-1]
        self.lists[-1] += 1
        return f"{indent}{number}. "

    def _end_cell(self, *, keep_empty: bool) -> None:
        if self.cells is None:
            self.flush()
            return
        text = folded(markdown.words(self.pieces))
        if text or keep_empty:
            self.cells.append((text, tuple(self.pieces)))
        self.pieces = [(mark, True) for mark in self.marks]

    def _end_row(self) -> None:
        if self.cells is None:
            return
        self._end_cell(keep_empty=False)
        cells, self.cells = self.cells, None
        if any(text for text, _ in cells):
            shown = CELLS_APART.join(text for text, _ in cells if text)
            self.placed.append(Placed("row", shown, self._place(), self.linked, "", tuple(pieces for _, pieces in cells)))
        self._begin()


def _is_within_page(link: HtmlElement) -> bool:
    """Whether a link leads to a place on the same page: a heading's own anchor, a footnote."""
    return (link.get("href") or "").startswith("#")


def _mark(tag: str, element: HtmlElement) -> str:
    return RENDERED.get(element.get("rend") or "", "") if tag == "hi" else MARKS.get(tag, "")


def _is_of_page(element: HtmlElement) -> bool:
    """Whether a `head` is the page's; trafilatura uses that name for headings."""
    parent = element.getparent()
    return parent is not None and parent.tag == "html"


def _is_layout(row: HtmlElement) -> bool:
    """Whether the row belongs to a layout table: its cells contain blocks."""
    return any(inner.tag in IN_LAYOUT for cell in row for inner in cell) or any(len(cell.findall("p")) > 1 for cell in row)
