"""`newsmill status`: the state of everything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connection import database, settings
from cli.output import Column, build_table, console, say_json, show, span, url, when

if TYPE_CHECKING:
    from psycopg import Connection
    from rich.console import RenderableType

    from pipeline.settings import Settings
    from pipeline.store.maintenance.status import Summary
    from workers.checks import Facts

# Failure codes in the overview; `newsmill failures` shows all.
TOP = 10


def status(
    watch: Annotated[bool, typer.Option("--watch", help="Refresh until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option(help="With --watch: seconds between refreshes.", min=0.2)] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, with --watch one a line.")] = False,
) -> None:
    """Show the state of everything: links by state, queues and their lag, failures, paused hosts, workers."""
    found = settings()
    with database(found) as conn:
        if not watch:
            _once(conn, found, as_json)
            return
        try:
            _again_and_again(conn, found, every, as_json)
        except KeyboardInterrupt:
            return


commands: dict[str, Callable[..., Any]] = {"status": status}


def _once(conn: Connection, found: Settings, as_json: bool) -> None:
    from workers.checks import examine

    summary, facts = _look(conn, found)
    if as_json:
        queues, checks = facts.redis and facts.redis.depths, [asdict(one) for one in examine(facts)]
        say_json(asdict(summary) | {"queues": queues, "contact": found.fetch.contact, "tick_s": facts.round("dispatch"), "checks": checks})
    else:
        show(*_overview(summary, facts))


def _again_and_again(conn: Connection, found: Settings, every: float, as_json: bool) -> None:
    if as_json or not console().is_terminal:
        while True:
            _once(conn, found, as_json)
            time.sleep(every)
    from rich.console import Group
    from rich.live import Live

    with Live(console=console(), screen=True, auto_refresh=False) as live:
        while True:
            live.update(Group(*_overview(*_look(conn, found))), refresh=True)
            time.sleep(every)


def _look(conn: Connection, found: Settings) -> tuple[Summary, Facts]:
    """The numbers from Postgres, and the facts that the checks judge."""
    from pipeline.store.maintenance.status import summary
    from workers.checks.facts import gather

    return summary(conn), gather(found)


def _overview(summary: Summary, facts: Facts) -> Iterator[RenderableType]:
    from rich.text import Text

    from workers.checks import examine

    for check in examine(facts):
        if check.level == "fail":
            yield Text(f"{check}\n", style="bold red")
    feeds, links = summary.feeds, summary.links
    yield Text(
        f"feeds     {feeds['active']:,} active ({feeds['failing']:,} failing), {feeds['paused']:,} paused, {feeds['stopped']:,} stopped"
    )
    yield Text(
        "links     " + ", ".join(f"{count:,} {state}" for state, count in links.items()) + f"; {summary.retrying:,} to be tried again"
    )
    yield Text(
        f"articles  {summary.articles:,}, {summary.articles_last_hour:,} in the last hour, {summary.articles_last_day:,} in the last day"
    )
    tick = facts.round("dispatch")
    yield Text(f"ticks     last one {span(tick)} ago" if tick is not None else "ticks     none yet")
    for title, columns, rows in _sections(summary, facts.redis.depths if facts.redis else {}):
        built, count = build_table(columns, rows)
        if count:
            yield Text(f"\n{title}", style="bold")
            yield built


def _sections(summary: Summary, depths: dict[str, int]) -> Iterator[tuple[str, list[Column], list[tuple[object, ...]]]]:
    yield (
        "Queues",
        [Column("queue"), *(Column(name, number=True) for name in ("due", "under way", "in Redis", "oldest due"))],
        [
            (name, f"{line.waiting:,}", f"{line.in_flight:,}", depths.get(name, "?"), span(line.lag_s) if line.waiting else "-")
            for name, line in summary.lines.items()
        ],
    )
    yield (
        "Failures",
        [Column("links", number=True), Column("state"), Column("code"), Column("last"), Column("last url", long=True)],
        [(f"{f.count:,}", f.state, f.code, when(f.last_at), url(f.last_url)) for f in (summary.late + summary.failures)[:TOP]],
    )
    yield (
        "Paused hosts",
        [Column("host"), Column("until"), Column("waiting", number=True), Column("why", long=True)],
        [
            (h.name, when(h.paused_until) if h.paused_until else "resumed by hand", f"{h.waiting:,}", h.pause_reason)
            for h in summary.paused_hosts
        ],
    )
    yield (
        "Workers",
        [Column("worker"), Column("queue"), Column("slots", number=True), Column("version"), Column("up"), Column("last report")],
        [(w.name, w.queue, w.slots, w.version, when(w.started_at), f"{span(w.silent_s)} ago") for w in summary.workers],
    )
