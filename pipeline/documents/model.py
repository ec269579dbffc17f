"""What a file contains, before extraction."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.html.model import Page


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file states about its article, as written; empty if it does not say. `url` is the article's own address, `published` a date in
    words or digits, `origin` the lines on where the text was first published."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    site_name: str = ""
    tags: tuple[str, ...] = ()
    url: str = ""
    origin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as the page that extraction reads. `text` is the article's text if the file has no markup in which to find it. `flags` name
    what was lost."""

    page: Page
    text: str = ""
    flags: tuple[str, ...] = ()
