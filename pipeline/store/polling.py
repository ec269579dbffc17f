"""The poll of one feed: start under the claim, end in one transaction that keeps entries, validators and schedule together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from pipeline.feeds import options
from pipeline.feeds.options import Options
from pipeline.feeds.parse import Entry
from pipeline.feeds.schedule import Decision
from pipeline.normalise.urls import Url
from pipeline.settings import Settings
from pipeline.store import hosts

# Link l was only ever listed by feeds whose settings exclude it.
LEFT_OUT = "l.state = 'skipped' AND l.code = 'excluded_by_feed'"


@dataclass(frozen=True, slots=True)
class PollJob:
    feed_id: int
    dispatch_id: UUID
    url: str
    state: str
    interval_s: int
    failures: int
    etag: str | None
    last_modified: str | None
    body_hash: bytes | None
    host: hosts.Host
    worker: str
    options: Options = Options()  # noqa: RUF009 (frozen)


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the feed and the identity of its link; `excluded` says why the feed's own settings leave it out."""

    entry: Entry
    url: Url
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """What a feed document says of the feed itself."""

    kind: str
    title: str
    site_url: str
    language: str


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll found. Validators are None where they stay as they are, '' where the server has dropped them."""

    elapsed_s: float
    status: int | None = None
    code: str = ""
    detail: str = ""
    size: int = 0
    entries: int = 0
    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None
    feed: Described | None = None


def start(conn: Connection, feed_id: int, dispatch_id: UUID, settings: Settings, worker: str) -> PollJob | None:
    """Take the lease. None when the claim is not the row's any more."""
    with conn.transaction():
        row = conn.execute(
            """
            UPDATE feeds SET phase = 'running', lease_until = now() + make_interval(secs => %s)
            WHERE id = %s AND dispatch_id = %s AND phase = 'dispatched'
            RETURNING url, state, interval_s, failures, etag, last_modified, body_hash, host_id, options
            """,
            (settings.dispatch.lease_fetch_s, feed_id, dispatch_id),
        ).fetchone()
        if row is None:
            return None
        url, state, interval_s, failures, etag, last_modified, body_hash, host_id, own = row
        host = hosts.enter(conn, host_id, dispatch_id, "poll", settings.fetch.min_gap_s)
        if host is None:
            conn.execute("UPDATE feeds SET phase = 'idle', dispatch_id = NULL, lease_until = NULL WHERE id = %s", (feed_id,))
            hosts.refresh(conn, [host_id])
            return None
    kept_hash = bytes(body_hash) if body_hash is not None else None
    interval_s = interval_s or settings.poll.start_interval_s
    given = options.from_json(own)
    return PollJob(feed_id, dispatch_id, url, state, interval_s, failures, etag, last_modified, kept_hash, host, worker, given)


def known(conn: Connection, keys: list[bytes], wanted: list[bytes]) -> set[bytes]:
    """Which of the URL keys have a link already. One that another feed's settings left out is not known if this feed wants it."""
    rows = conn.execute(
        f"SELECT url_key FROM links l WHERE url_key = ANY(%b) AND NOT (url_key = ANY(%b) AND {LEFT_OUT})", (keys, wanted), binary=True
    )
    return {bytes(row[0]) for row in rows}


def finish(
    conn: Connection,
    job: PollJob,
    poll: Poll,
    listed: list[Listed],
    fresh: list[Listed],
    decision: Decision,
    leaving: hosts.Leaving,
    keep_polls: int,
) -> list[int] | None:
    """Write all that a poll found; `fresh` are the listed ones whose links are not known. Returns the ids of the new links,
    or None when the claim was lost meanwhile."""
    host_ids = hosts.ensure(conn, {item.url.host for item in fresh})
    with conn.transaction():
        next_poll_at = _end(conn, job, poll, decision)
        if next_poll_at is None:
            return None
        new = _insert_links(conn, job, fresh, host_ids)
        _insert_sightings(conn, job.feed_id, listed)
        _note(conn, job, poll, len(new), next_poll_at, keep_polls)
        # In one go and by id, so that two polls that list each other's hosts do not wait for each other in a circle.
        hosts.note_links(conn, [host_ids[host] for _, host in new] + [job.host.id] if new else [])
        hosts.leave(conn, job.host.id, job.dispatch_id, leaving)
    return [link_id for link_id, _ in new]


def _end(conn: Connection, job: PollJob, poll: Poll, decision: Decision) -> datetime | None:
    described = poll.feed or Described("", "", "", "")
    row = conn.execute(
        """
        UPDATE feeds SET phase = 'idle', dispatch_id = NULL, lease_until = NULL, updated_at = now(),
               state = CASE WHEN state = 'active' THEN %(state)s ELSE state END,
               interval_s = %(interval)s, failures = %(failures)s,
               next_poll_at = now() + make_interval(secs => %(wait)s), next_poll_why = %(why)s,
               etag = CASE WHEN %(etag)s::text IS NULL THEN etag ELSE nullif(%(etag)s, '') END,
               last_modified = CASE WHEN %(modified)s::text IS NULL THEN last_modified ELSE nullif(%(modified)s, '') END,
               body_hash = coalesce(%(hash)s, body_hash),
               last_polled_at = now(), last_ok_at = CASE WHEN %(code)s = '' THEN now() ELSE last_ok_at END,
               code = %(code)s, detail = %(detail)s,
               kind = coalesce(nullif(%(kind)s, ''), kind), title = CASE WHEN title = '' THEN %(title)s ELSE title END,
               site_url = coalesce(nullif(%(site)s, ''), site_url), language = coalesce(nullif(%(language)s, ''), language)
        WHERE id = %(id)s AND dispatch_id = %(claim)s AND phase = 'running' RETURNING next_poll_at
        """,
        {
            "state": decision.state,
            "interval": decision.interval_s,
            "failures": decision.failures,
            "wait": decision.wait_s,
            "why": decision.reason,
            "etag": poll.etag,
            "modified": poll.last_modified,
            "hash": poll.body_hash,
            "code": poll.code,
            "detail": poll.detail,
            "kind": described.kind,
            "title": described.title,
            "site": described.site_url,
            "language": described.language,
            "id": job.feed_id,
            "claim": job.dispatch_id,
        },
    ).fetchone()
    return row[0] if row else None


def _insert_links(conn: Connection, job: PollJob, fresh: list[Listed], host_ids: dict[str, int]) -> list[tuple[int, str]]:
    """Insert new links, those that the feed's settings exclude as skipped. Returns the others as (link id, host name)."""
    if not fresh:
        return []
    from_feed = job.options.articles == "feed"
    # By key: two polls that list the same new URLs insert them in the same order.
    items = sorted(fresh, key=lambda item: item.url.key)
    names = {host_ids[item.url.host]: item.url.host for item in items}
    rows = conn.execute(
        f"""
        INSERT INTO links AS l (url, url_key, host_id, feed_id, priority, from_feed, state, stage, code, detail)
        SELECT url, key, host_id, %(feed)s, %(priority)s, %(from_feed)s, CASE WHEN excluded <> '' THEN 'skipped' ELSE %(state)s END, %(stage)s,
               CASE WHEN excluded <> '' THEN 'excluded_by_feed' ELSE '' END, excluded
        FROM unnest(%(urls)s::text[], %(keys)s::bytea[], %(hosts)s::bigint[], %(excluded)s::text[]) AS n (url, key, host_id, excluded)
        ON CONFLICT (url_key) DO UPDATE SET feed_id = excluded.feed_id, priority = excluded.priority, from_feed = excluded.from_feed,
            state = excluded.state, stage = excluded.stage, code = '', detail = '', due_at = now(), updated_at = now()
            WHERE {LEFT_OUT} AND excluded.state <> 'skipped'
        RETURNING id, host_id, state
        """,
        {
            "feed": job.feed_id,
            "priority": job.options.priority,
            # An article made from the feed's own text has no page to wait for.
            "from_feed": from_feed,
            "state": "fetched" if from_feed else "waiting",
            "stage": "extract" if from_feed else "fetch",
            "urls": [item.url.text for item in items],
            "keys": [item.url.key for item in items],
            "hosts": [host_ids[item.url.host] for item in items],
            "excluded": [item.excluded for item in items],
        },
    ).fetchall()
    return [(link_id, names[host_id]) for link_id, host_id, state in rows if state != "skipped"]


def _insert_sightings(conn: Connection, feed_id: int, listed: list[Listed]) -> None:
    with conn.cursor() as cur:
        cur.executemany(
            """
            INSERT INTO sightings (feed_id, link_id, guid, title, authors, published_at, summary, content)
            SELECT %s, id, %s, %s, %s, %s, %s, %s FROM links WHERE url_key = %s
            ON CONFLICT (feed_id, link_id) DO NOTHING
            """,
            [
                (feed_id, e.guid, e.title, list(e.authors), e.published or e.updated, e.summary, e.content, item.url.key)
                for item in listed
                for e in (item.entry,)
            ],
        )


def _note(conn: Connection, job: PollJob, poll: Poll, new_links: int, next_poll_at: datetime, keep_polls: int) -> None:
    conn.execute(
        """
        INSERT INTO polls (feed_id, started_at, elapsed_ms, status, code, detail, bytes, entries, new_links, next_poll_at, worker)
        VALUES (%(feed)s, now() - make_interval(secs => %(elapsed)s), round(%(elapsed)s * 1000), %(status)s, %(code)s, %(detail)s,
                %(bytes)s, %(entries)s, %(new)s, %(next)s, %(worker)s)
        """,
        {
            "feed": job.feed_id,
            "elapsed": poll.elapsed_s,
            "status": poll.status,
            "code": poll.code,
            "detail": poll.detail,
            "bytes": poll.size,
            "entries": poll.entries,
            "new": new_links,
            "next": next_poll_at,
            "worker": job.worker,
        },
    )
    conn.execute(
        "DELETE FROM polls WHERE feed_id = %(id)s AND id <= (SELECT id FROM polls WHERE feed_id = %(id)s ORDER BY id DESC OFFSET %(n)s LIMIT 1)",
        {"id": job.feed_id, "n": keep_polls},
    )
