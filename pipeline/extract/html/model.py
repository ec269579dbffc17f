"""A fetched page, and the blocks read from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched page: its final URL, the decoded body, and the Content-Type header as sent.

    `headers` are all headers as (name, value), with repeated ones kept apart if known. Reservations are read from them.
    """

    url: str
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text on a line of its own. Its kind is paragraph, heading, item, quote, row (of a table) or code (one line).

    `text` is plain, on one line, never empty. `markdown` is the same with markup, for `pipeline.extract.html.markdown` to join.
    """

    kind: str
    text: str
    markdown: str


def plain(blocks: tuple[Block, ...]) -> str:
    """The blocks as plain text, one a line."""
    return "\n".join(block.text for block in blocks)
