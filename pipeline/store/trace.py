"""Everything that happened to one URL, in order: the answer to "why is this URL not in my archive?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from pipeline.store import links


@dataclass(frozen=True, slots=True)
class Event:
    """`what` is listed, fetch, extract or ends; `text` is one sentence for a person."""

    at: datetime
    what: str
    outcome: str
    code: str
    elapsed_ms: int | None
    worker: str
    text: str


@dataclass(frozen=True, slots=True)
class Trace:
    link: links.Link
    events: list[Event]


def trace(conn: Connection, which: str) -> Trace | None:
    """By link number or URL; None when newsmill has never heard of it. Raises Failure bad_url."""
    link = links.find(conn, which)
    if link is None:
        return None
    sightings = conn.execute(
        "SELECT s.seen_at, f.url, s.title, s.published_at FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.link_id = %s",
        (link.id,),
    ).fetchall()
    attempts = conn.execute(
        "SELECT ended_at, stage, number, outcome, code, detail, elapsed_ms, worker, final_url FROM attempts WHERE link_id = %s ORDER BY id",
        (link.id,),
    ).fetchall()
    events = [Event(link.created_at, "created", "ok", "", None, "", "came from a feed" if link.feed_url else "enqueued by hand")]
    events += [Event(at, "listed", "ok", "", None, "", f"“{title}” in {url}") for at, url, title, _ in sightings]
    events += [
        Event(at, stage, outcome, code, ms, worker, _attempt_text(number, detail, final_url if final_url != link.url else None))
        for at, stage, number, outcome, code, detail, ms, worker, final_url in attempts
    ]
    return Trace(link, sorted(events, key=lambda event: event.at))


def _attempt_text(number: int, detail: str, final_url: str | None) -> str:
    return ", ".join(part for part in (f"try {number}", detail, f"ended at {final_url}" if final_url else "") if part)
