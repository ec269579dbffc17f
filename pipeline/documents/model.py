"""What comes out of a file before the extraction."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.html.model import Page


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file says of its article, as written; what it does not say is empty. `url` is the article's own address, `published` a date in
    words or digits, `origin` the lines that say where the text was published first."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    site_name: str = ""
    tags: tuple[str, ...] = ()
    url: str = ""
    origin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as the page that the extraction reads. `text` is the article's text where the file has no markup to find it in. `flags` say
    what was lost on the way."""

    page: Page
    text: str = ""
    flags: tuple[str, ...] = ()
