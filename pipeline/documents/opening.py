"""Open a saved file with the reader for its kind."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.documents import eml, pdf, saved_page, txt
from pipeline.documents.kinds import HTML, MAIL, MHTML, PDF, TEXT
from pipeline.documents.model import Opened
from pipeline.outcomes import Failure
from pipeline.settings import Files

READERS: dict[str, Callable[[str, bytes, Files], Opened]] = {
    HTML: saved_page.read,
    TEXT: txt.read,
    PDF: pdf.read,
    MAIL: eml.read,
    MHTML: eml.read,
}


def open_file(name: str, body: bytes, media_type: str, settings: Files) -> Opened:
    """Read a file. `name` identifies it if it contains no address of its own.

    Raises Failure unsupported_type, no_content, extract_crashed, extract_timeout or extract_memory.
    """
    reader = READERS.get(media_type)
    if reader is None:
        raise Failure("unsupported_type", f"Files of type {media_type[:60]} are not read.")
    return reader(name, body, settings)
