"""A page as it was fetched, and the blocks that are read from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched page: its final URL, the decoded body, and the Content-Type header as the server sent it.

    `headers` are all of them, as (name, value), repeated ones apart where that is known: reservations are read from them.
    """

    url: str
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text that stands on a line of its own: kind is paragraph, heading, item, quote, row (of a table) or code (a line of it).

    `text` is plain, on one line, never empty; `markdown` is the same with its signs, as `pipeline.extract.html.markdown` puts blocks together.
    """

    kind: str
    text: str
    markdown: str


def plain(blocks: tuple[Block, ...]) -> str:
    """The blocks as plain text, one a line."""
    return "\n".join(block.text for block in blocks)
