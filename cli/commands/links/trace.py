"""`newsmill trace`: show the history of one URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.links.link_output import link_json, waiting
from cli.connection import database, settings
from cli.output import Column, fields, moment, say, say_json, table, url, when
from cli.record_lookup import Which
from cli.record_lookup import link as one_link

if TYPE_CHECKING:
    from pipeline.store.links.trace import Trace


# What each kind of alias means to a person.
ALIASES = {"found": "as found", "hop": "passed by a redirect", "final": "where redirects ended", "canonical": "canonical by its page"}


def trace(
    which: Which,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show everything that happened to one URL, and why. For an article, its link is shown."""
    from pipeline.store.links.trace import trace as story

    with database(settings()) as conn:
        found = story(conn, str(one_link(conn, which).id))
    assert found is not None  # links are never deleted
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
    table(columns, rows, empty="Nothing has happened yet.")


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


commands: dict[str, Callable[..., Any]] = {"trace": trace}
