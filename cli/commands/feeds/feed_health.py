"""`newsmill feeds --health`: the health of each feed, those that need attention first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.connection import database, settings
from cli.output import Column, fields, say_json, table, url

if TYPE_CHECKING:
    from pipeline.feeds.scheduling.health import Health

_ORDER = ("failing", "quiet", "stopped", "healthy")


def listing(state: str | None, limit: int, as_json: bool) -> None:
    """List all feeds as failing, quiet, stopped or healthy, each with the reason."""
    from pipeline.store.feeds import feeds, health

    with database(settings()) as conn:
        found = feeds.listing(conn, state=state, limit=limit)
        states = health.of_feeds(conn, [feed.id for feed in found])
    found.sort(key=lambda feed: (_ORDER.index(states[feed.id].status), -(states[feed.id].less or 0)))
    if as_json:
        for feed in found:
            say_json({"id": feed.id, "url": feed.url, "title": feed.title} | as_object(states[feed.id]))
        return
    columns = [
        Column("id", number=True),
        Column("feed", long=True),
        Column("health"),
        Column("less", number=True),
        Column("why", long=True),
    ]
    rows = ((feed.id, url(feed.url), *_row(states[feed.id])) for feed in found)
    table(columns, rows, empty="There are no feeds; `newsmill add URL` adds one." if state is None else f"No feed is {state}.")
    if found:
        counts = {status: sum(one.status == status for one in states.values()) for status in _ORDER}
        fields([("total", ", ".join(f"{count:,} {status}" for status, count in counts.items() if count))])


def described(health: Health, former: list[str]) -> list[tuple[str, object]]:
    """What `feeds show` says about health."""
    return [
        ("health", f"{health.status}: {health.why}"),
        *[("warning", url(warning)) for warning in health.warnings],
        *[("formerly", url(address)) for address in former],
    ]


def as_object(health: Health) -> dict[str, object]:
    return {"status": health.status, "why": health.why, "less": health.less, "warnings": list(health.warnings)}


def _row(health: Health) -> tuple[object, ...]:
    return health.status, "" if health.less is None else f"{health.less:.0%}", "; ".join([health.why, *map(url, health.warnings)])
