"""Plain text: an article as somebody saved it, with its head and the site's standing lines."""

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
    """Raises Failure no_content where nothing but head and standing lines is found."""
    return of_text(name, decoded(body))


def decoded(body: bytes) -> str:
    """The text of a file that does not say its encoding. The detector errs between the encodings of Latin scripts where letters with accents
    are few; a text in a western language is in the western one."""
    _, encoding = to_utf8(body, "text/plain")
    text = body.decode(encoding, "replace").lstrip("\ufeff")
    if encoding != WESTERN and codecs.lookup(encoding).name in LATIN and detect(text) in WESTERN_LANGUAGES:
        return body.decode(WESTERN, "replace")
    return text


def of_text(name: str, text: str) -> Opened:
    """The page that a plain text makes. Raises Failure no_content where it holds no article."""
    found = lines.read(text)
    stated, paragraphs = article.read(found.paragraphs, running=found.running)
    if not paragraphs:
        raise Failure("no_content", "The file holds no text of an article.")
    return Opened(Page(stated.url or name, markup.page(stated), "text/html; charset=utf-8"), "\n".join(paragraphs))
