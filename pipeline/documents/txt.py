"""Read plain text: an article as somebody saved it, with its head and the site's boilerplate."""

from __future__ import annotations

import codecs

from pipeline.documents import article, lines, markup
from pipeline.documents.model import Opened
from pipeline.extract.html.model import Page
from pipeline.extract.html.page import to_utf8
from pipeline.normalise.language import detect
from pipeline.outcomes import Failure
from pipeline.settings import Files

WESTERN = "cp1252"
WESTERN_LANGUAGES = frozenset(("en", "fr", "de", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "is", "ca", "gl", "ga"))
LATIN = frozenset(
    ("cp1250", "cp1254", "cp1257", "cp1258", "cp437", "cp850", "cp852", "cp858", "iso8859-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-9",
     "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "mac-roman", "mac-latin2")
)  # fmt: skip


def read(name: str, body: bytes, _: Files) -> Opened:
    """Read a text file. Raises Failure no_content if it contains only a head and boilerplate."""
    return of_text(name, decoded(body))


def decoded(body: bytes) -> str:
    """Decode a text file without a declared encoding. The detector confuses the encodings of Latin scripts if accented letters are few; a
    text in a Western European language is then read in the Western encoding."""
    _, encoding = to_utf8(body, "text/plain")
    text = body.decode(encoding, "replace").lstrip("\ufeff")
    if encoding != WESTERN and codecs.lookup(encoding).name in LATIN and detect(text) in WESTERN_LANGUAGES:
        return body.decode(WESTERN, "replace")
    return text


def of_text(name: str, text: str) -> Opened:
    """The page made from a plain text. Raises Failure no_content if it contains no article."""
    found = lines.read(text)
    stated, paragraphs = article.read(found.paragraphs, running=found.running)
    if not paragraphs:
        raise Failure("no_content", "The file contains no article text.")
    return Opened(Page(stated.url or name, markup.page(stated), "text/html; charset=utf-8"), "\n".join(paragraphs))
