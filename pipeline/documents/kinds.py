"""The kinds of files that newsmill reads, and how to recognise them."""

from __future__ import annotations

from pathlib import PurePath

from pipeline.outcomes import Failure

HTML, TEXT, PDF, MAIL, MHTML = "text/html", "text/plain", "application/pdf", "message/rfc822", "multipart/related"
SUFFIXES = {
    ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".txt": TEXT, ".text": TEXT, ".pdf": PDF, ".eml": MAIL, ".mht": MHTML, ".mhtml": MHTML,
}  # fmt: skip
KNOWN = ".html, .txt, .pdf, .eml and .mhtml"
_WINDOW = 1024  # bytes examined
_PDF = b"%PDF-"  # some programs put a line or two before it
_PICTURES_AND_ARCHIVES = (
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"RIFF",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
)
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16 and UTF-32 are text, though full of zero bytes


def media_type(name: str, body: bytes) -> str:
    """The media type of a file by its name, unless the content contradicts it.

    Raises Failure: unsupported_type (a kind that is not read), no_content (empty).
    """
    kind = SUFFIXES.get(PurePath(name).suffix.lower(), "")
    if not kind:
        raise Failure("unsupported_type", f"Only {KNOWN} files are read.")
    if not body.strip():
        raise Failure("no_content", "The file is empty.")
    if body.startswith(_PDF) or (kind == PDF and _PDF in body[:_WINDOW]):
        return PDF
    if kind == PDF:
        raise Failure("unsupported_type", "The file is named like a PDF but is not one.")
    if body.startswith(_PICTURES_AND_ARCHIVES) or (b"\0" in body[:_WINDOW] and not body.startswith(_WIDE)):
        raise Failure("unsupported_type", "The file is named like text but is binary.")
    return kind
