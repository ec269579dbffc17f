"""`newsmill feeds …`: look at feeds, and tell them when to be polled."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.commands.feeds import control_feeds, move_feed, try_feed
from cli.commands.feeds import feed_health as cli_health
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import Column, console, fields, many, moment, say, say_json, size, span, table, url, when

if TYPE_CHECKING:
    from pipeline.store.feeds.feeds import Feed
    from pipeline.store.feeds.websub import Shown as Subscription

app = typer.Typer(help="List, show, pause, resume, poll, move, change and remove feeds.", invoke_without_command=True)

SITES = 10  # named of those that announce a feed
As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Of_state = Annotated[str | None, typer.Option(help="active, paused, stopped or failing.", callback=arguments.feed_state)]
By_health = Annotated[bool, typer.Option("--health", help="Their health: healthy, quiet, failing or stopped, and why.")]


@app.callback()
def _feeds(context: typer.Context, state: Of_state = None, health: By_health = False, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        listing(state, 1000, health, as_json)


@app.command("list")
def listing(
    state: Of_state = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of feeds.")] = 1000,
    health: By_health = False,
    as_json: As_json = False,
) -> None:
    """List feeds, their health and when they are polled next."""
    if health:
        cli_health.listing(state, limit, as_json)
        return
    from pipeline.store.feeds import feeds

    with database(settings()) as conn:
        found = feeds.listing(conn, state=state, limit=limit)
    if as_json:
        for feed in found:
            say_json(feed)
        return
    columns = [
        Column("id", number=True),
        Column("feed", long=True),
        Column("state"),
        Column("stored", number=True),
        Column("links", number=True),
    ]
    columns += [Column("every"), Column("polled"), Column("next"), Column("last result")]
    table(columns, map(_row, found), empty="There are no feeds; `newsmill add URL` adds one." if state is None else f"No feed is {state}.")


@app.command()
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


for _command in (control_feeds.pause, control_feeds.resume, control_feeds.poll, control_feeds.remove, move_feed.move):
    app.command()(_command)
app.command("test")(try_feed.dry_run)


@app.command("set")
def set_(
    which: Annotated[str, typer.Argument(help="Number or URL of a feed.", metavar="FEED")],
    given: Annotated[list[str], typer.Argument(help="Settings, such as exclude=/sport/ min_interval=15m.", metavar="KEY=VALUE…")],
) -> None:
    """Settings of one feed, from its next poll on. Several values: name the key again. No value: as for all feeds.

    min_interval, max_interval: bounds of the time between polls, such as 15m or 6h. priority: -9 to 9, of its articles before those of
    other feeds. tags, title. language: of its articles, where they do not tell. user_agent; header: "Name: value", sent with its polls.
    include, exclude: patterns of article addresses; * stands for any characters, ^ and $ for the ends. articles: fetch, or feed for its own
    full text without fetching pages. trusted: true where it speaks for every site that it lists, not only for its own. paused: yes or no.
    """
    from pipeline.feeds import options
    from pipeline.store.feeds import feeds

    pairs = [arguments.setting(text) for text in given]
    own = [(key, text) for key, text in pairs if key not in ("title", "tags", "paused")]
    tags = [text for key, text in pairs if key == "tags"]
    title = next((text for key, text in reversed(pairs) if key == "title"), None)
    paused = next((_yes(text) for key, text in reversed(pairs) if key == "paused"), None)
    with database(settings()) as conn:
        feed = arguments.feed(conn, which)
        try:
            changed = options.changed(feeds.options_of(conn, feed.id), own)
        except options.WrongOption as wrong:
            raise CliError(str(wrong), WRONG_USAGE) from None
        feeds.configure(conn, feed.id, changed, title=title, tags=[tag for tag in tags if tag] if tags else None)
        if paused is not None and paused != (feed.state == "paused"):
            (feeds.pause if paused else feeds.resume)(conn, feed.id)
        feed = arguments.feed(conn, str(feed.id))
    fields(
        [("feed", feed.id), ("url", url(feed.url)), ("state", feed.state), ("tags", "; ".join(feed.tags)), ("settings", _settings(feed))]
    )


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no", "true", "false"):
        raise CliError(f"paused cannot be {text[:40]!r}; write yes or no.", WRONG_USAGE)
    return text.lower() in ("yes", "true")


def _settings(feed: Feed) -> str:
    """The feed's own settings as `feeds set` takes them; secrets stay hidden."""
    from pipeline.feeds import options

    texts = options.as_texts(options.from_json(feed.options))
    return ", ".join(f"{name}={text}" for name, several in texts.items() for text in several) or "as for all feeds"


def _named(sites: list[str]) -> str:
    """The sites whose pages announce the feed, so that it speaks for them."""
    more = f" and {many(len(sites) - SITES, 'more site')}" if len(sites) > SITES else ""
    return ", ".join(map(url, sites[:SITES])) + more


def _row(feed: Feed) -> tuple[object, ...]:
    name = f"{feed.title}\n{url(feed.url)}" if feed.title and console().is_terminal else url(feed.url)
    last = feed.code and f"{feed.code} ({feed.failures} in a row)"
    due = when(feed.next_poll_at) if feed.state == "active" else "never"
    return (
        feed.id,
        name,
        feed.state,
        feed.stored,
        feed.links,
        span(feed.interval_s) if feed.interval_s else "-",
        when(feed.last_polled_at),
        due,
        last or ("ok" if feed.last_polled_at else ""),
    )


def _described(feed: Feed) -> list[tuple[str, object]]:
    return [
        ("feed", feed.id),
        ("url", url(feed.url)),
        ("title", feed.title),
        ("site", url(feed.site_url)),
        ("kind", feed.kind),
        ("language", feed.language),
        ("tags", "; ".join(feed.tags)),
        ("settings", _settings(feed)),
        ("state", feed.state),
        ("polled", f"{when(feed.last_polled_at)}, last well {when(feed.last_ok_at)}"),
        ("next poll", f"{when(feed.next_poll_at)}: {feed.next_poll_why}" if feed.state == "active" else f"never: {feed.next_poll_why}"),
        ("interval", span(feed.interval_s) if feed.interval_s else "-"),
        (
            "last result",
            feed.last_polled_at
            and _result(feed.code, feed.detail) + (f" ({many(feed.failures, 'failure')} in a row)" if feed.failures else ""),
        ),
        ("successor", feed.successor and f"{url(feed.successor)}, announced by its site; `newsmill feeds move {feed.id}` takes it"),
        ("links", f"{feed.links:,}, {feed.stored:,} stored"),
        ("added", moment(feed.created_at)),
    ]


def _hub(subscribed: Subscription | None) -> list[tuple[str, object]]:
    """How the feed's WebSub hub does, where we are subscribed to one or try to be."""
    if subscribed is None:
        return []
    about = subscribed.state + (f" until {moment(subscribed.lease_until)}" if subscribed.lease_until else "")
    if subscribed.state == "active":
        about += f", {many(subscribed.pushes, 'delivery')}, the last {when(subscribed.last_push_at)}"
        about += "" if subscribed.works or not subscribed.pushes else "; polls find what it does not send"
    elif subscribed.detail:
        about += f": {subscribed.detail}"
    return [("hub", f"{url(subscribed.hub)}: {about}")]


def _result(code: str, detail: str) -> str:
    return f"{code}: {detail}" if code else f"ok; {detail}" if detail else "ok"
