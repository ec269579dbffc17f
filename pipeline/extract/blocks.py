"""From a tree to the blocks of a text: paragraphs, headings, list items, quotes, table rows and code, each with its Markdown.

Reads HTML and the XML that trafilatura makes of it (https://trafilatura.readthedocs.io), whose names for the same things differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract import markdown
from pipeline.extract.model import Block
from pipeline.extract.page import parse_markup
from pipeline.normalise.text import clean

# Elements that begin and end a block, and those whose text is none.
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
     "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
     "table", "tr", "ul", "head", "item", "lb", "list", "quote", "row")
)  # fmt: skip
SILENT = frozenset(
    ("script", "style", "noscript", "template", "iframe", "object", "svg", "math", "button", "select", "textarea", "audio", "video")
)
KINDS = {
    **{f"h{level}": "heading" for level in range(1, 7)}, "head": "heading", "li": "item", "item": "item", "dt": "item", "dd": "item",
    "blockquote": "quote", "quote": "quote", "pre": "code", "tr": "row", "row": "row",
}  # fmt: skip
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
RENDERED = {"#b": "**", "#i": "*", "#t": "`"}
LISTS = frozenset(("ul", "ol", "list"))
CELLS = frozenset(("td", "th", "cell"))
IN_LAYOUT = frozenset(("div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "section", "article"))


def of_markup(markup: str) -> tuple[Block, ...]:
    """The blocks of a fragment that is known to be an article (a feed's content, an articleBody), plain or HTML."""
    if "<" not in markup:
        return of_lines(markup.splitlines())
    tree, _ = parse_markup(f"<html><body><div>{markup}</div></body></html>".encode("utf-8", "replace"))
    return () if tree is None else of_tree(tree)


def of_lines(lines: Iterable[str]) -> tuple[Block, ...]:
    """A paragraph for each line that holds something."""
    texts = (folded(line) for line in lines)
    return tuple(Block("paragraph", text, markdown.paragraph(text)) for text in texts if text)


def of_tree(root: HtmlElement) -> tuple[Block, ...]:
    """The blocks of all text in a tree, in order. Without recursion, as nesting can be deep."""
    reader = _Reader()
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            silent += tag in SILENT or (tag == "head" and element.getparent() is not None and element.getparent().tag == "html")
            if not silent:
                reader.enter(element)
                reader.write(element.text)
            continue
        if not silent:
            reader.leave(element)
        silent -= tag in SILENT or (tag == "head" and element.getparent() is not None and element.getparent().tag == "html")
        if not silent and element is not root:
            reader.write(element.tail)
    reader.flush()
    return tuple(reader.blocks)


def cut(blocks: tuple[Block, ...], limit: int) -> tuple[Block, ...]:
    """The first blocks, of `limit` characters together; the last of them may be a part of one."""
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
    """The block in the making: its pieces as plain text and as Markdown, and what it stands in."""

    blocks: list[Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    kinds: list[tuple[str, str]] = field(default_factory=list)  # what is open, outermost first: kind and marker
    marks: list[tuple[str, int]] = field(default_factory=list)  # emphasis that is open, and from which piece on
    lists: list[int] = field(default_factory=list)  # lists that are open: the number of the next item, 0 where they are not numbered
    cells: list[tuple[str, str]] | None = None  # of the row in the making, as text and as Markdown
    begun: bool = False  # the open item or quote has a block already

    def enter(self, element: HtmlElement) -> None:
        tag = str(element.tag)
        if tag in CELLS:
            self._end_cell(keep_empty=False)
        elif tag in BLOCKS:
            self.flush()
            if tag in LISTS:
                numbered = tag == "ol" or element.get("rend") == "ol"
                self.lists.append(1 if numbered else 0)
            elif tag in KINDS and not (tag == "tr" and _is_layout(element)):
                self._open(tag, element)
        elif mark := _mark(element):
            self.marks.append((mark, len(self.marked)))

    def leave(self, element: HtmlElement) -> None:
        tag = str(element.tag)
        if tag in CELLS:
            self._end_cell(keep_empty=True)
        elif tag in BLOCKS:
            self.flush()
            if tag in LISTS and self.lists:
                self.lists.pop()
            elif tag in ("tr", "row") and self.cells is not None:
                self._end_row()
            elif tag in KINDS and tag not in ("tr", "row") and self.kinds:
                self.kinds.pop()
        elif _mark(element) and self.marks:
            mark, start = self.marks.pop()
            self._emphasise(mark, start)

    def write(self, text: str | None) -> None:
        if not text:
            return
        if self.kinds and self.kinds[-1][0] == "code":
            *whole, text = text.split("\n")
            for line in whole:
                self.text.append(line)
                self.flush()
        self.text.append(text)
        self.marked.append(markdown.escaped(text))

    def flush(self) -> None:
        """End the block, if it has begun; within a row of a table, only part the words."""
        if self.cells is not None:
            self.text.append(" ")
            self.marked.append(" ")
            return
        kind, marker = self.kinds[-1] if self.kinds else ("paragraph", "")
        if kind == "code":
            if line := clean("".join(self.text)).rstrip():
                self.blocks.append(Block("code", line.strip(), line))
        elif text := folded("".join(self.text)):
            for mark, start in reversed(self.marks):
                self._emphasise(mark, start)
            marked = folded("".join(self.marked))
            if kind in ("item", "quote") and self.begun:
                marker = " " * len(marker) if kind == "item" else marker
            self.blocks.append(Block(kind, text, marker + markdown.safe_start(marked) if kind != "heading" else marker + marked))
            self.begun = True
        self.text.clear()
        self.marked.clear()
        self.marks = [(mark, 0) for mark, _ in self.marks]

    def _open(self, tag: str, element: HtmlElement) -> None:
        kind, marker = KINDS[tag], ""
        if kind == "heading":
            level = (element.get("rend") or "h2")[1:] if tag == "head" else tag[1:]
            marker = "#" * (int(level) if level.isdecimal() else 2) + " "
        elif kind == "item":
            marker = self._item_marker()
        elif kind == "quote":
            marker = "> "
        elif kind == "row":
            self.cells = []
            return
        self.kinds.append((kind, marker))
        self.begun = False

    def _item_marker(self) -> str:
        indent = "  " * (len(self.lists) - 1)
        if not self.lists or not self.lists[-1]:
            return f"{indent}- "
        number = self.lists[-1]
        self.lists[-1] += 1
        return f"{indent}{number}. "

    def _emphasise(self, mark: str, start: int) -> None:
        if self.kinds and self.kinds[-1][0] in ("heading", "code"):
            return
        inner = "".join(self.marked[start:])
        self.marked[start:] = [markdown.emphasised(inner, mark)]

    def _end_cell(self, *, keep_empty: bool) -> None:
        if self.cells is None:
            self.flush()
            return
        text = folded("".join(self.text))
        if text or keep_empty:
            self.cells.append((text, folded("".join(self.marked))))
        self.text.clear()
        self.marked.clear()
        self.marks = [(mark, 0) for mark, _ in self.marks]

    def _end_row(self) -> None:
        self._end_cell(keep_empty=False)
        cells, self.cells = self.cells or [], None
        if any(text for text, _ in cells):
            self.blocks.append(Block("row", " | ".join(text for text, _ in cells if text), markdown.row(marked for _, marked in cells)))


def _mark(element: HtmlElement) -> str:
    tag = str(element.tag)
    return RENDERED.get(element.get("rend") or "", "") if tag == "hi" else MARKS.get(tag, "")


def _is_layout(row: HtmlElement) -> bool:
    """Whether the row belongs to a table that only places things: its cells hold blocks."""
    return any(inner.tag in IN_LAYOUT for cell in row for inner in cell) or any(len(cell.findall("p")) > 1 for cell in row)
