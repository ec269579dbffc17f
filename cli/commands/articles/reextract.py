"""`newsmill reextract`: extract stored pages with the current version, and show what that changes."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments
from cli.connection import database, settings
from cli.output import Column, fields, many, progress, say, say_json, table, url

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.reextract import Outcome
    from pipeline.settings import Settings
    from pipeline.store.extraction.reextracting import Scope

SHOWN = 20
SAVE_S = 2.0  # seconds between two records of the progress
CUT = 60  # characters of a value that are shown
SAID = {
    "same": "unchanged",
    "changed": "changed",
    "stored": "now articles, which had failed",
    "duplicate": "now known as duplicates, which had failed",
    "refused": "no articles for this version; they stay as they are",
    "still": "failed, as before",
    "withdrawn": "removed, because their text came from a feed that does not speak for their site",
    "fetched again": "without a page; it is fetched again",
    "pruned": "without a page, because it was pruned",
    "busy": "skipped, because a worker has them",
    "broken": "broken off",
}


@dataclass(slots=True)
class LinksUnderWay:
    """The links handed out: how many, the last one, and those still running."""

    count: int = 0
    last: int = 0
    open: set[int] = field(default_factory=set)
    all: bool = False

    def out(self, links: Iterator[int], limit: int | None) -> Iterator[int]:
        for link_id in islice(links, limit):
            self.count, self.last = self.count + 1, link_id
            self.open.add(link_id)
            yield link_id
        self.all = next(links, None) is None

    @property
    def upto(self) -> int:
        """All links up to this one are done."""
        return min(self.open) - 1 if self.open else self.last


@dataclass(slots=True)
class Report:
    """The results of a run. `refused` counts by the new code, `stored` by the previous one."""

    outcomes: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: int = 0
    gained: int = 0
    examples: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.outcomes[outcome.what] += 1
        self.fields.update(change.field for change in outcome.changes)
        self.lost += outcome.lost
        self.gained += outcome.gained
        if outcome.what in ("stored", "duplicate", "refused", "withdrawn", "broken") or (
            outcome.what == "still" and outcome.was != outcome.code
        ):
            self.verdicts[outcome.was or "stored", outcome.code or outcome.what] += 1
        if outcome.what not in ("same", "still", "pruned", "busy"):
            self.examples.append(outcome)
            self.examples.sort(key=_weight, reverse=True)
            del self.examples[SHOWN:]


def reextract(
    since: Annotated[
        datetime | None,
        typer.Option(
            help="Only articles stored since then: a date such as 2026-11-22, or a length of time such as 7d.",
            parser=arguments.since,
            metavar="TIME",
        ),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Only links of this host.", callback=arguments.host)] = None,
    feed: Annotated[str | None, typer.Option(help="Only links of this feed, by its number or URL.")] = None,
    untrusted: Annotated[
        bool, typer.Option("--untrusted", help="Only articles with hints of a feed that does not speak for their site.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Maximum number of links; the next run continues after them.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Start from the beginning although an earlier run was stopped.")] = False,
    processes: Annotated[int | None, typer.Option(min=1, help="Pages extracted at a time. Default: half of the cores.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Extract the stored pages again with this version. Earlier texts are kept as revisions. An article stays even if its page no longer passes as one."""
    from pipeline.extract.model import EXTRACTOR
    from pipeline.store.extraction import reextracting

    found = settings()
    report = Report()
    with database(found) as conn:
        feed_id = arguments.feed(conn, feed).id if feed is not None else None
        scope = reextracting.Scope(since, host, feed_id, untrusted)
        after = 0 if restart or dry_run else reextracting.reached(conn, scope)
        if after and not as_json:
            say(f"continuing after link {after}, where the last run stopped; --restart starts again")
        finished = _run(conn, found, scope, report, after=after, limit=limit, apply=not dry_run, processes=processes or _half())
    if as_json:
        say_json({"applied": not dry_run, "finished": finished, "extractor": EXTRACTOR, **_as_json(report)})
        return
    _print(report, dry_run=dry_run)
    if not finished:
        say("there are more links; run it again to continue" if not dry_run else "there are more links")


commands: dict[str, Callable[..., Any]] = {"reextract": reextract}


def _run(
    conn: Connection, found: Settings, scope: Scope, report: Report, *, after: int, limit: int | None, apply: bool, processes: int
) -> bool:
    """Re-extract the links of the scope that follow `after`. Returns whether that was all of them. If it ends early, the progress is stored."""
    from pipeline.store.extraction import reextracting
    from workers.processes.child_pool import extract_again

    given, saved = LinksUnderWay(), time.monotonic()
    with progress() as bar:
        total = None if bar.disable else min(reextracting.count(conn, scope, after), limit or sys.maxsize)
        task = bar.add_task("extracting again" if apply else "trying", total=total)
        links = given.out(reextracting.link_ids(conn, scope, after), limit)
        try:
            for outcome in extract_again(links, found, apply=apply, processes=processes):
                given.open.discard(outcome.link_id)
                report.add(outcome)
                bar.advance(task)
                if apply and time.monotonic() - saved > SAVE_S:
                    reextracting.note_reached(conn, scope, given.upto)
                    saved = time.monotonic()
        finally:
            if apply and given.upto and not conn.broken:
                reextracting.note_reached(conn, scope, given.upto)
    if apply and given.all:
        reextracting.note_done(conn, scope)
    return given.all


def _half() -> int:
    return max(1, (os.cpu_count() or 1) // 2)


def _weight(outcome: Outcome) -> tuple[bool, int]:
    """What is shown first: verdicts, then the texts that changed most."""
    return outcome.what != "changed", outcome.lost + outcome.gained


def _as_json(report: Report) -> dict[str, object]:
    return {
        "links": report.outcomes.total(),
        "outcomes": dict(report.outcomes),
        "fields": dict(report.fields.most_common()),
        "paragraphs": {"lost": report.lost, "gained": report.gained},
        "verdicts": [{"was": was, "now": now, "links": count} for (was, now), count in report.verdicts.most_common()],
        "examples": [asdict(example) for example in report.examples],
    }


def _print(report: Report, *, dry_run: bool) -> None:
    if not report.outcomes:
        say("there is nothing to extract again")
        return
    say(f"{many(report.outcomes.total(), 'link')}{', and nothing was changed' if dry_run else ''}:")
    fields((meaning, f"{report.outcomes[what]:,}") for what, meaning in SAID.items() if report.outcomes[what])
    if report.fields:
        say()
        rows = ((name, f"{count:,}") for name, count in report.fields.most_common())
        table([Column("field"), Column("changed", number=True)], rows, empty="")
        say(f"texts: {many(report.lost, 'paragraph')} less, {report.gained:,} more")
    if report.verdicts:
        say()
        columns = [Column("verdict before"), Column("now"), Column("links", number=True)]
        table(columns, ((was, now, f"{count:,}") for (was, now), count in report.verdicts.most_common()), empty="")
    if report.examples:
        say()
    for example in report.examples:
        say(_line(example))


def _line(outcome: Outcome) -> str:
    which = f"article {outcome.article_id}" if outcome.article_id else f"link {outcome.link_id}"
    if outcome.changes:
        summary = "; ".join(f"{change.field} {_short(change.before)} → {_short(change.after)}" for change in outcome.changes)
    else:
        summary = f"{outcome.was or 'stored'} → {outcome.code or outcome.what}" + (f" ({outcome.detail})" if outcome.detail else "")
    return f"{which} {url(outcome.url)}: {summary}"


def _short(text: str) -> str:
    return text if len(text) <= CUT else f"{text[: CUT - 1]}…"
