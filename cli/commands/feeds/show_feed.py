"""`newsmill feeds show`: show one feed, its health, its next poll and its last polls."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.commands.feeds import feed_health as cli_health
from cli.commands.feeds.set_feed import settings_text
from cli.connection import database, settings
from cli.output import Column, fields, many, moment, say, say_json, size, span, table, url, when

if TYPE_CHECKING:
    from pipeline.store.feeds.feeds import Feed
    from pipeline.store.feeds.websub import SubscriptionStatus as Subscription


SITES = 10  # sites named, of those that announce the feed


def show(
    which: Annotated[str, typer.Argument(help="Number or URL of a feed.", metavar="FEED")],
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of past polls.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show one feed: its health, its next poll and why, and its last polls."""
    from pipeline.store.feeds import announcements, feeds, health, moved_feeds, websub

    with database(settings()) as conn:
        feed = arguments.feed(conn, which)
        polls = feeds.history(conn, feed.id, limit)
        subscribed = websub.of_feed(conn, feed.id)
        announced_by = announcements.sites(conn, feed.id)
        state, former = health.of_feeds(conn, [feed.id])[feed.id], moved_feeds.former(conn, feed.id)
    if as_json:
        more = {
            "health": cli_health.as_object(state),
            "former_urls": former,
            "announced_by": announced_by,
            "hub": subscribed and asdict(subscribed),
        }
        say_json(asdict(feed) | more | {"polls": [asdict(poll) for poll in polls]})
        return
    fields([*_described(feed), ("announced by", _named(announced_by)), *cli_health.described(state, former), *_hub(subscribed)])
    if polls:
        say()
    columns = [Column("polled"), Column("took", number=True), Column("status"), Column("size", number=True), Column("entries", number=True)]
    columns += [Column("new", number=True), Column("result", long=True)]
    rows = [
        (moment(p.started_at), f"{p.elapsed_ms} ms", p.status, size(p.bytes), p.entries, p.new_links, _result(p.code, p.detail))
        for p in polls
    ]
    table(columns, rows, empty="It has not been polled yet.")


def _named(sites: list[str]) -> str:
    """The sites whose pages announce the feed, so that it may speak for them."""
    more = f" and {many(len(sites) - SITES, 'more site')}" if len(sites) > SITES else ""
    return ", ".join(map(url, sites[:SITES])) + more


def _described(feed: Feed) -> list[tuple[str, object]]:
    return [
        ("feed", feed.id),
        ("url", url(feed.url)),
        ("title", feed.title),
        ("site", url(feed.site_url)),
        ("kind", feed.kind),
        ("language", feed.language),
        ("tags", "; ".join(feed.tags)),
        ("settings", settings_text(feed)),
        ("state", feed.state),
        ("polled", f"{when(feed.last_polled_at)}, last success {when(feed.last_ok_at)}"),
        ("next poll", f"{when(feed.next_poll_at)}: {feed.next_poll_why}" if feed.state == "active" else f"never: {feed.next_poll_why}"),
        ("interval", span(feed.interval_s) if feed.interval_s else "-"),
        (
            "last result",
            feed.last_polled_at
            and _result(feed.code, feed.detail) + (f" ({many(feed.failures, 'failure')} in a row)" if feed.failures else ""),
        ),
        ("successor", feed.successor and f"{url(feed.successor)}, announced by its site; `newsmill feeds move {feed.id}` uses it"),
        ("links", f"{feed.links:,}, {feed.stored:,} stored"),
        ("added", moment(feed.created_at)),
    ]


def _hub(subscribed: Subscription | None) -> list[tuple[str, object]]:
    """The state of the feed's WebSub subscription, if there is one or newsmill tries to get one."""
    if subscribed is None:
        return []
    about = subscribed.state + (f" until {moment(subscribed.lease_until)}" if subscribed.lease_until else "")
    if subscribed.state == "active":
        about += f", {many(subscribed.pushes, 'delivery')}, the last {when(subscribed.last_push_at)}"
        about += "" if subscribed.works or not subscribed.pushes else "; polls find entries that it did not push"
    elif subscribed.detail:
        about += f": {subscribed.detail}"
    return [("hub", f"{url(subscribed.hub)}: {about}")]


def _result(code: str, detail: str) -> str:
    return f"{code}: {detail}" if code else f"ok; {detail}" if detail else "ok"
