"""Write blocks of a text as Markdown (CommonMark, with GitHub's tables)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from pipeline.extract.html.model import Block
from pipeline.text import clean

Piece = str | tuple[str, bool]  # text, or the start (True) or end of an emphasis with its mark

SIGN = re.compile(r"[\\`*\[\]<_]")  # every match of SPECIAL contains one of these
SPECIAL = re.compile(r"[\\`*\[\]]|<(?=[A-Za-z/!?])|(?<!\w)_|_(?!\w)")
START = re.compile(r"^(?:[#>+\-=~|](?=[\s#=~|>-]|$)|\d{1,9}[.)](?=\s|$))")
ITEM = re.compile(r"\s*(?:-|\d+\.)\s")
RUNS = frozenset(("item", "quote", "row", "code"))  # consecutive blocks of these kinds are not separated


def escaped(text: str) -> str:
    """Escape everything that Markdown would interpret."""
    return SPECIAL.sub(r"\\\g<0>", text) if SIGN.search(text) else text


def safe_start(marked: str) -> str:
    """Change the line so that it starts no heading, list or quote."""
    return START.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], marked)


def paragraph(text: str) -> str:
    """The text as a Markdown paragraph, with special characters escaped."""
    return safe_start(escaped(text))


def words(pieces: Iterable[Piece]) -> str:
    """The text of pieces, without their marks."""
    return "".join([piece for piece in pieces if isinstance(piece, str)])


def inline(pieces: Iterable[Piece]) -> str:
    """The pieces of a line with their marks, white space folded."""
    out: list[str] = []
    marks: list[tuple[str, int]] = []
    for piece in pieces:
        if isinstance(piece, str):
            out.append(escaped(piece))
        elif piece[1]:
            marks.append((piece[0], len(out)))
        elif marks:
            mark, start = marks.pop()
            out[start:] = [emphasised("".join(out[start:]), mark)]
    for mark, start in reversed(marks):
        out[start:] = [emphasised("".join(out[start:]), mark)]
    return " ".join(clean("".join(out)).split())


def emphasised(marked: str, mark: str) -> str:
    """The text between marks, with white space outside them. Unchanged if it is blank or already contains such a mark."""
    inner = marked.strip()
    if not inner or mark in inner:
        return marked
    lead, _, trail = marked.partition(inner)
    return f"{lead}{mark}{inner}{mark}{trail}"


def row(cells: Iterable[str]) -> str:
    """One row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def document(blocks: Iterable[Block]) -> str:
    """The blocks as one document, separated by blank lines, except within lists, quotes, tables and code."""
    blocks = tuple(blocks)
    pieces = [_opening(blocks[0]) if blocks else ""]
    for before, block in pairwise(blocks):
        if before.kind == block.kind and block.kind in RUNS:
            pieces.append(_between(block) + block.markdown)
        else:
            pieces.append(_closing(before) + "\n\n" + _opening(block))
    return "".join(pieces) + (_closing(blocks[-1]) if blocks else "")


def _between(block: Block) -> str:
    """What separates a block from the previous one in the same list, quote, table or code."""
    if block.kind == "quote":
        return "\n>\n"
    return "\n\n" if block.kind == "item" and not ITEM.match(block.markdown) else "\n"


def _opening(block: Block) -> str:
    if block.kind == "code":
        return f"```\n{block.markdown}"
    if block.kind == "row":
        columns = len(re.findall(r"(?<!\\)\|", block.markdown)) - 1
        return f"{block.markdown}\n|{' --- |' * columns}"
    return block.markdown


def _closing(block: Block) -> str:
    return "\n```" if block.kind == "code" else ""
