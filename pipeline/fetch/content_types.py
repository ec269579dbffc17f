"""Decide which content types are read for which purpose, before the body is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from pipeline.outcomes import Failure

Kind = Literal["page", "feed", "robots", "hub"]

ACCEPT: dict[Kind, str] = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1",
    "feed": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.1",
    "robots": "text/plain,*/*;q=0.1",
    "hub": "*/*",
}

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"})
_SNIFFED = 512  # bytes of the body that are examined if no type is declared
_UTF16 = (b"\xff\xfe", b"\xfe\xff")  # text, though full of zero bytes
_BINARY = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF")


def check_type(kind: Kind, content_type: str) -> None:
    """Raise Failure unsupported_type if a page declares a content type that cannot hold an article."""
    declared = media_type(content_type)
    if kind == "page" and declared and declared not in _PAGE_TYPES:
        raise Failure("unsupported_type", f"The content type is {declared[:60]}.")


def checked(kind: Kind, content_type: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pass the pieces on. Raises Failure unsupported_type if a page declares no type and its first piece is not text."""
    sniffing = kind == "page" and not media_type(content_type)
    for piece in pieces:
        if sniffing and piece:
            if piece.startswith(_BINARY) or (b"\0" in piece[:_SNIFFED] and not piece.startswith(_UTF16)):
                raise Failure("unsupported_type", "The body is binary and has no content type.")
            sniffing = False
        yield piece


def media_type(content_type: str) -> str:
    """The media type of a Content-Type header in lower case. Empty if the header names none, as in `text` or `utf-8`."""
    declared = content_type.partition(";")[0].partition(",")[0].strip().lower()
    return declared if "/" in declared else ""
