"""The options with which `newsmill articles` and `newsmill export` select articles."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.articles.article_lists import ArticleFilter

TIME = "a date such as 2026-11-22, or a length of time such as 7d"

Feed = Annotated[str | None, typer.Option(help="Number or URL of a feed that lists them.")]
Site = Annotated[
    str | None, typer.Option(help="Host, for example example.org, which stands for www.example.org too.", callback=arguments.host)
]
Language = Annotated[str | None, typer.Option(help="Language code, for example en.", metavar="CODE")]
Tag = Annotated[str | None, typer.Option(help="Tag of the article, or of a feed that listed it.")]
PublishedSince = Annotated[datetime | None, typer.Option(help=f"Published since then: {TIME}.", parser=arguments.since, metavar="TIME")]
PublishedBefore = Annotated[datetime | None, typer.Option(help="Published before then.", parser=arguments.since, metavar="TIME")]
StoredSince = Annotated[datetime | None, typer.Option(help=f"Stored since then: {TIME}.", parser=arguments.since, metavar="TIME")]
StoredBefore = Annotated[datetime | None, typer.Option(help="Stored before then.", parser=arguments.since, metavar="TIME")]
Flag = Annotated[str | None, typer.Option(help="That carry this flag, for example doubtful or paywall.")]


def wanted(
    conn: Connection,
    feed: str | None,
    site: str | None,
    language: str | None,
    tag: str | None,
    published_since: datetime | None,
    published_before: datetime | None,
    stored_since: datetime | None,
    stored_before: datetime | None,
    flag: str | None = None,
) -> ArticleFilter:
    """What the options select. Raises CliError if there is no such feed."""
    from pipeline.store.articles.article_lists import ArticleFilter

    return ArticleFilter(
        feed_id=arguments.feed(conn, feed).id if feed is not None else None,
        site=site.removeprefix("www.") if site else None,
        language=language.lower() if language else None,
        tag=tag,
        published_since=published_since,
        published_before=published_before,
        stored_since=stored_since,
        stored_before=stored_before,
        flag=flag,
    )
