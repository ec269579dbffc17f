"""The history of one URL, in order: the answer to "why is this URL not in my archive?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from pipeline.hops import Hop, from_json
from pipeline.normalise.file_names import address
from pipeline.store.links import aliases, links
from pipeline.store.links.aliases import Alias


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `what` is created, listed, fetch or extract; `text` is one sentence for a person, `detail` that of the attempt alone.

    A fetch also has the `status` of the answer, `bytes` of decoded body, the redirects before, and the `final_url` to which they led.
    """

    at: datetime
    what: str
    outcome: str
    code: str
    elapsed_ms: int | None
    worker: str
    text: str
    detail: str = ""
    status: int | None = None
    bytes: int | None = None
    hops: tuple[Hop, ...] = ()
    final_url: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A link and its events. `next_url` is set while the link waits for another host to which a redirect led; `host` is then that host."""

    link: links.Link
    events: list[Event]
    aliases: list[Alias]
    next_url: str | None


def trace(conn: Connection, which: str) -> Trace | None:
    """The history of a link, by its id or any URL that leads to it; None if newsmill does not know it. Raises Failure bad_url."""
    link = find(conn, which)
    if link is None:
        return None
    sightings = conn.execute(
        "SELECT s.seen_at, f.url, s.title FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.link_id = %s", (link.id,)
    ).fetchall()
    events = [Event(link.created_at, "created", "ok", "", None, "", "came from a feed" if link.feed_url else "enqueued by hand")]
    events += [Event(at, "listed", "ok", "", None, "", f"“{title}” in {url}") for at, url, title in sightings]
    events += _attempts(conn, link)
    waits_at = conn.execute("SELECT next_url FROM links WHERE id = %s", (link.id,)).fetchone()
    return Trace(link, sorted(events, key=lambda event: event.at), aliases.of(conn, link.id), waits_at[0] if waits_at else None)


def find(conn: Connection, which: str) -> links.Link | None:
    """One link by its id or by any URL that leads to it. Raises Failure bad_url."""
    link = links.find(conn, which)
    if link is not None or links.is_id(which):
        return link
    row = conn.execute("SELECT link_id FROM aliases WHERE url_key = %s", (address(which).key,)).fetchone()
    return links.find(conn, str(row[0])) if row else None


def _attempts(conn: Connection, link: links.Link) -> list[Event]:
    rows = conn.execute(
        """
        SELECT ended_at, stage, number, outcome, code, detail, elapsed_ms, worker, status, bytes, hops, final_url
        FROM attempts WHERE link_id = %s ORDER BY id
        """,
        (link.id,),
    ).fetchall()
    events = []
    for at, stage, number, outcome, code, detail, elapsed_ms, worker, status, size, hops, final_url in rows:
        if code.startswith("blocked_"):  # progress and timing would reveal a network that is not public
            elapsed_ms = status = size = None
        chain = from_json(hops)
        text = _text(link, number, detail, status, size, chain, final_url)
        events.append(Event(at, stage, outcome, code, elapsed_ms, worker, text, detail, status, size, chain, final_url))
    return events


def _text(
    link: links.Link, number: int, detail: str, status: int | None, size: int | None, hops: tuple[Hop, ...], final_url: str | None
) -> str:
    """`try 2, The server answered 404., HTTP 404, 1,024 bytes, 301 at https://…, ended at https://…`"""
    parts = [f"try {number}", detail, f"HTTP {status}" if status else "", "" if size is None else f"{size:,} bytes"]
    parts += [f"{hop.status} at {hop.url}" for hop in hops]
    return ", ".join(part for part in (*parts, f"ended at {final_url}" if final_url and final_url != link.url else "") if part)
