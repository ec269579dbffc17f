"""The description of an article."""

from __future__ import annotations

from pipeline.extract.html.blocks import of_markup
from pipeline.extract.html.model import plain
from pipeline.extract.structured_data.page_statements import PageStatements, line, pick
from pipeline.text import one_line

MAX_SUMMARY = 2000  # characters
MAX_MARKUP = 20_000  # characters of a description with markup that are read


def summary(page: PageStatements) -> tuple[str, str]:
    """The description on one line, and its source: og, json-ld, meta or feed."""
    return pick(
        "",
        ("og", lambda: line(map(_text, page.named("og:description")), MAX_SUMMARY)),
        (page.statement, lambda: line(map(_text, page.stated("description")), MAX_SUMMARY)),
        ("meta", lambda: line(map(_text, page.named("description", "twitter:description", "dc.description")), MAX_SUMMARY)),
        (page.hints.source, lambda: one_line(_text(page.hints.summary), MAX_SUMMARY)),
    )


def descriptions(page: PageStatements) -> tuple[str, ...]:
    """All texts that the page states as descriptions of its article, each on one line."""
    stated = [*page.named("og:description", "description", "twitter:description", "dc.description"), *page.stated("description")]
    return tuple(dict.fromkeys(one_line(_text(text), MAX_SUMMARY) for text in [*stated, *page.stated("abstract")]))


def _text(description: str) -> str:
    """A description without the markup that some sites leave in it."""
    return plain(of_markup(description[:MAX_MARKUP])) if "<" in description else description
