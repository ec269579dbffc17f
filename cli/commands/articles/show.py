"""`newsmill show`: show one article, fields and text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connection import database, settings
from cli.output import fields, many, moment, printable, say, say_json, url
from cli.record_lookup import Which
from cli.record_lookup import article as one_article

if TYPE_CHECKING:
    from pipeline.store.articles.fields import Stored


def show(
    which: Which,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The text alone, as Markdown.")] = False,
    dropped: Annotated[
        bool, typer.Option("--dropped", help="List the paragraphs removed from the text as site boilerplate, one a line.")
    ] = False,
) -> None:
    """Show one article, fields and text. For a link, its article is shown."""
    with database(settings()) as conn:
        article = one_article(conn, which)
    if as_json:
        say_json(article)
        return
    if markdown:
        say(article.markdown or article.text)
        return
    if dropped:
        for line in article.dropped:
            say(printable(line["text"]))
        return
    fields(_described(article))
    say()
    say(article.text)


commands: dict[str, Callable[..., Any]] = {"show": show}


def _described(article: Stored) -> list[tuple[str, object]]:
    """Labels and values: those from the table of fields, and some that `show` formats itself."""
    from pipeline.store.articles.fields import SHOWN

    own: dict[str, str] = {
        "published_at": _dated(article.published_at, article.published_precision, article.published_local),
        "modified_at": _dated(article.modified_at, article.modified_precision, article.modified_local),
        "original_publisher": " ".join(part for part in (article.original_publisher, url(article.original_url)) if part),
        "canonical_url": url(article.canonical_url) if article.canonical_url not in (article.url, article.final_url) else "",
        "image_url": url(article.image_url) + (f" ({article.image_width} × {article.image_height})" if article.image_width else ""),
        "licence": url(article.licence),
    }
    return [
        ("article", article.id),
        ("link", f"{article.link_id} (`newsmill trace link {article.link_id}`)"),
        *((field.column.shown, own[field.name] if field.name in own else _joined(getattr(article, field.name))) for field in SHOWN),
        ("story", _story(article)),
        ("length", many(article.word_count, "word")),
        ("url", url(article.url)),
        ("ended at", url(article.final_url) if article.final_url != article.url else ""),
        ("feeds", "; ".join(map(url, article.feed_urls))),
        ("fetched", moment(article.fetched_at)),
        ("extractor", article.extractor),
        ("left out", f"{many(len(article.dropped), 'paragraph')} of the site; --dropped shows them" if article.dropped else ""),
        ("flags", "; ".join(article.flags)),
        ("from", "; ".join(f"{name}: {source}" for name, source in article.sources.items())),
    ]


def _joined(value: object) -> object:
    return "; ".join(value) if isinstance(value, list) else value


def _story(article: Stored) -> str:
    if article.story_id is None:
        return ""
    copy = "the original" if article.duplicate_of is None else f"a copy of article {article.duplicate_of}"
    return f"{article.story_id}, {copy}; `newsmill stories {article.story_id}` lists all"


def _dated(at: datetime | None, precision: str, local: str) -> str:
    """A moment with its precision, by the publisher's clock if that is known. A day is not shown as midnight."""
    if local:
        return local.replace("T", " ")
    if at is None or precision != "day":
        return f"{moment(at)} (no zone stated, UTC assumed)" if at and precision == "zone_assumed" else moment(at)
    return f"{at:%Y-%m-%d}"
