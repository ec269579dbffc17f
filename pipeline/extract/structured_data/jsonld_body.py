"""The text of an article in its structured data: as a whole (`articleBody`), or in parts (`hasPart`, the posts of a live blog)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.extract.structured_data import jsonld
from pipeline.extract.structured_data.page_statements import PageStatements

PARTS = ("liveBlogUpdate", "hasPart")
MAX_PARTS = 1000  # posts of a live blog; those over days reach a few hundred


def body(page: PageStatements) -> str:
    """The article's own body, plain or HTML, or empty if the page states none."""
    return "\n".join(page.stated("articleBody"))


def parts(page: PageStatements) -> str:
    """The text of the article's parts in their order, each after its heading. It may be plain or HTML; it is empty if no part has a text."""
    return "\n".join(_parts(page))


def _parts(page: PageStatements) -> Iterator[str]:
    for name in PARTS:
        for part in jsonld.follow(page.article.get(name), page.nodes)[:MAX_PARTS]:
            text = jsonld.texts(part.get("articleBody") or part.get("text")) if isinstance(part, dict) else []
            if text:
                yield from jsonld.texts(part.get("headline") or part.get("name"))
                yield from text
