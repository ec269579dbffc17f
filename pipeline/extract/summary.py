"""The description of an article."""

from __future__ import annotations

from pipeline.extract.blocks import of_markup
from pipeline.extract.evidence import Evidence, line, pick
from pipeline.extract.model import plain
from pipeline.normalise.text import one_line

MAX_SUMMARY = 2000  # characters


def summary(page: Evidence) -> tuple[str, str]:
    """The description on one line, and its source: og, json-ld, meta or feed."""
    return pick(
        "",
        ("og", lambda: line(page.named("og:description"), MAX_SUMMARY)),
        (page.statement, lambda: line(page.stated("description"), MAX_SUMMARY)),
        ("meta", lambda: line(page.named("description", "twitter:description", "dc.description"), MAX_SUMMARY)),
        (page.hints.source, lambda: one_line(plain(of_markup(page.hints.summary)), MAX_SUMMARY)),
    )


def descriptions(page: Evidence) -> tuple[str, ...]:
    """Every text that the page states as a description of its article, each on one line."""
    stated = [*page.named("og:description", "description", "twitter:description", "dc.description"), *page.stated("description")]
    return tuple(dict.fromkeys(one_line(text, MAX_SUMMARY) for text in [*stated, *page.stated("abstract")]))
