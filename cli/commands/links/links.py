"""`newsmill links`, `trace`, `failures` and `retry`: what became of each URL, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import Column, fields, many, moment, printable, say, say_json, table, to_json, url, when
from cli.record_lookup import Which
from cli.record_lookup import link as one_link

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.links.links import Link, LinkFilter
    from pipeline.store.links.trace import Trace

As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Of_code = Annotated[str | None, typer.Option(help="Failure code, for example http_404.", callback=arguments.code)]
Of_host = Annotated[str | None, typer.Option(help="Host, for example www.example.org.", callback=arguments.host)]
Of_feed = Annotated[str | None, typer.Option(help="Number or URL of a feed that lists them.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of links.")]
COLUMNS = [
    Column("link"),
    Column("state"),
    Column("code"),
    Column("tries", number=True),
    Column("changed"),
    Column("article"),
    Column("waits for", long=True),
    Column("url", long=True),
]
# Other programs may count on these names.
JSON_FIELDS = (
    "url",
    "state",
    "code",
    "detail",
    "attempts",
    "host",
    "feed_url",
    "due_at",
    "created_at",
    "updated_at",
    "id",
    "late",
    "waits_for",
    "waits_until",
)
# What the kinds of aliases are to a person.
ALIASES = {"found": "found so", "hop": "on the way of a redirect", "final": "where redirects ended", "canonical": "canonical by its page"}
# Links sent again in one transaction.
BATCH = 10_000


def links(
    state: Annotated[
        str | None, typer.Option(help="waiting, dispatched, running, fetched, stored, skipped or failed.", callback=arguments.link_state)
    ] = None,
    code: Of_code = None,
    host: Of_host = None,
    feed: Of_feed = None,
    limit: Limit = 50,
    late: Annotated[bool, typer.Option("--late", help="Only links that wait for a late retry because their site was away.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All of them, oldest first.")] = False,
    as_json: As_json = False,
) -> None:
    """List links by state, code, host or feed, newest first."""
    from pipeline.store.links import links as store

    with database(settings()) as conn:
        which = _chosen(conn, state=state, code=code, host=host, feed=feed, late=late or None)
        if as_json and not every:
            for link in store.listing(conn, which, limit=limit):
                say_json(link_json(link))
        elif every:
            with closing(store.export(conn, which)) as found:
                for link in found:
                    say(to_json(link_json(link)) if as_json else _tabbed(link))
        else:
            table(COLUMNS, map(row, store.listing(conn, which, limit=limit)), empty="No matching links.")


def trace(
    which: Which,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show everything that happened to one URL, and why. For an article, its link is shown."""
    from pipeline.store.links.trace import trace as story

    with database(settings()) as conn:
        found = story(conn, str(one_link(conn, which).id))
    assert found is not None  # links never go away
    if as_json:
        more = {name: value for name, value in asdict(found).items() if name != "link"}
        say_json(link_json(found.link) | {"article_id": found.link.article_id, "stage": found.link.stage} | more)
        return
    fields(_described(found))
    say()
    columns = [
        Column("when"),
        Column("what"),
        Column("outcome"),
        Column("code"),
        Column("took", number=True),
        Column("worker"),
        Column("detail", long=True),
    ]
    rows = [
        (moment(e.at), e.what, e.outcome, e.code, None if e.elapsed_ms is None else f"{e.elapsed_ms} ms", e.worker, url(e.text))
        for e in found.events
    ]
    table(columns, rows, empty="Nothing has happened to it yet.")


def failures(
    code: Annotated[str | None, typer.Option(help="List the links that ended with this code.", callback=arguments.code)] = None,
    limit: Limit = 50,
    as_json: As_json = False,
) -> None:
    """Count by code the links that ended without an article or wait for a late retry."""
    from pipeline.outcomes import describe
    from pipeline.store.links import links as store
    from pipeline.store.maintenance import status

    with database(settings()) as conn:
        if code is not None:
            which = [
                store.LinkFilter(state="failed", code=code),
                store.LinkFilter(state="skipped", code=code),
                store.LinkFilter(late=True, code=code),
            ]
            found = [link for one in which for link in store.listing(conn, one, limit=limit)][:limit]
            if as_json:
                for link in found:
                    say_json(link_json(link))
            else:
                columns = [Column("link"), Column("when"), *(Column(name, long=True) for name in ("url", "detail", "waits for"))]
                rows = ((f"link {x.id}", when(x.updated_at), url(x.url), url(x.detail), waiting(x)) for x in found)
                table(columns, rows, empty=f"No link ended with {code}.")
            return
        counts = status.late(conn) + status.failures(conn)
    if as_json:
        for count in counts:
            say_json(asdict(count) | {"meaning": describe(count.code).meaning})
        return
    columns = [Column("links", number=True), Column("state"), Column("code"), Column("last"), Column("meaning", long=True)]
    lines = [(f"{c.count:,}", c.state, c.code, when(c.last_at), describe(c.code).meaning) for c in counts]
    table(columns, lines, empty="Nothing has failed.")


def retry(
    code: Of_code = None,
    host: Of_host = None,
    feed: Of_feed = None,
    older_than: Annotated[
        float | None,
        typer.Option(help="Only links that ended longer ago than this, for example 2h.", parser=arguments.seconds, metavar="TIME"),
    ] = None,
    state: Annotated[str | None, typer.Option(help="failed or skipped; by itself it is failed, or what the code stands for.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that failed.")] = False,
) -> None:
    """Send links that failed or wait for a late retry again from the first try, chosen by code, host, feed or age. With a code, feeds that
    failed with it are polled, too."""
    from pipeline.outcomes import describe
    from pipeline.store.feeds import feeds
    from pipeline.store.links import links as store

    if not (every or code or host or feed or older_than is not None or state):
        raise CliError("Say which links to send again: --code, --host, --feed, --older-than, --state, or --all.", WRONG_USAGE)
    if state not in (None, "failed", "skipped"):
        raise CliError(f"Only failed and skipped links can be sent again, not {state} ones.", WRONG_USAGE)
    state = state or (str(describe(code).state) if code else "failed")
    with database(settings()) as conn:
        which = _chosen(conn, state=state, code=code, host=host, feed=feed, older_than_s=older_than)
        sent = sum(_batches(lambda: store.retry(conn, which, limit=BATCH)))
        polled = feeds.retry(conn, code, host=host, feed_id=which.feed_id) if code and older_than is None else 0
    again = [many(number, noun) for number, noun in ((sent, "link"), (polled, "feed")) if number]
    say(f"{' and '.join(again)} sent again" if again else "no matching links; nothing was sent again")


commands: dict[str, Callable[..., Any]] = {"links": links, "trace": trace, "failures": failures, "retry": retry}


def link_json(link: Link) -> dict[str, object]:
    """One link as other programs get it."""
    return {name: getattr(link, name) for name in JSON_FIELDS}


def row(link: Link) -> tuple[object, ...]:
    article = f"article {link.article_id}" if link.article_id else ""
    return f"link {link.id}", link.state, link.code, link.attempts, when(link.updated_at), article, waiting(link), url(link.url)


def waiting(link: Link) -> str:
    """`robots.txt of theguardian.com: dns, next look in 4 min`; '' for a link that has ended."""
    return url(link.waits_for) + (f", next look {when(link.waits_until)}" if link.waits_until else "")


def _tabbed(link: Link) -> str:
    cells = (f"link {link.id}", link.state, link.code, str(link.attempts), moment(link.updated_at), printable(url(link.url)))
    return "\t".join(cells)


def _batches(send: Callable[[], int]) -> Iterator[int]:
    while True:
        count = send()
        yield count
        if count < BATCH:
            return


def _chosen(conn: Connection, *, feed: str | None, **conditions: Any) -> LinkFilter:
    from pipeline.store.links.links import LinkFilter

    return LinkFilter(feed_id=arguments.feed(conn, feed).id if feed is not None else None, **conditions)


def _described(found: Trace) -> list[tuple[str, object]]:
    from pipeline.outcomes import ENDED

    link = found.link
    why = f"{link.code}: {link.detail}" if link.code else ""
    lines: list[tuple[str, object]] = [
        ("link", link.id),
        ("url", url(link.url)),
        ("state", link.state if link.state in ENDED else f"{link.state} for {link.stage}, due {when(link.due_at)}"),
        ("waits for", waiting(link)),
        ("next", f"a redirect led to {url(found.next_url)}, which waits for the turn of {link.host}" if found.next_url else ""),
        ("why", url(why)),
        ("article", f"{link.article_id} (`newsmill show article {link.article_id}`)" if link.article_id else ""),
        ("tries", link.attempts),
        ("feed", url(link.feed_url) if link.feed_url else "enqueued by hand"),
    ]
    return lines + [("alias", f"{url(alias.url)} ({ALIASES.get(alias.kind, alias.kind)})") for alias in found.aliases]
