"""Subscriptions at WebSub hubs. pipeline/feeds/websub.py decides about them; websub_pushes.py stores what hubs push."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.feeds import websub
from pipeline.feeds.websub import Subscription
from pipeline.jobs import Host
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.db import clock
from pipeline.store.hosts import hosts, leases
from pipeline.store.queue.claims import Job

AT_ONCE = 20  # hubs asked in one tick
MAX_NEW = 500  # subscriptions started in one run; the others follow in the next

# The hub of subscription s has pushed something. The subscription works while polls find nothing that was not pushed.
SERVES = "s.state = 'active' AND s.lease_until > now() AND s.pushes > 0"
WORKS = f"{SERVES} AND s.missed < {websub.MISSED}"
_POLICY = "topic, state, pending, lease_until, due_at, failures, detail"


@dataclass(frozen=True, slots=True)
class HubJob:
    """A request to send to a hub. `now` is Postgres' time."""

    id: int
    dispatch_id: UUID
    host: Host
    hub: str
    callback: str  # without the token
    token: str
    secret: str
    subscription: Subscription
    now: datetime


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What is needed to accept a hub's push."""

    id: int
    feed_id: int
    secret: str


@dataclass(frozen=True, slots=True)
class SubscriptionStatus:
    """A feed's subscription, for people."""

    hub: str
    topic: str
    state: str
    works: bool
    lease_until: datetime | None
    due_at: datetime
    failures: int
    detail: str
    pushes: int
    last_push_at: datetime | None


def keep_up(conn: Connection, callback: str) -> tuple[int, int]:
    """Start subscriptions for feeds that name a hub, and end those that are no longer wanted. Returns how many of each."""
    with conn.transaction():
        # A hub that was never asked need not be told.
        conn.execute("DELETE FROM subscriptions s WHERE pending IS NULL AND lease_until IS NULL AND dispatch_id IS NULL AND NOT " + _WANTED)
        left = conn.execute(
            f"""
            UPDATE subscriptions s SET state = 'leaving', pending = NULL, due_at = now(), failures = 0, detail = '', updated_at = now()
            WHERE state <> 'leaving' AND NOT {_WANTED}
            """
        ).rowcount
        conn.execute("DELETE FROM subscriptions WHERE state = 'leaving' AND lease_until < now()")
        conn.execute(
            """
            UPDATE subscriptions SET state = 'asked', lease_until = NULL, due_at = least(due_at, now()), callback = %(callback)s,
                   detail = CASE WHEN lease_until < now() THEN 'the lease ended' ELSE detail END, updated_at = now()
            WHERE state <> 'leaving' AND (lease_until < now() OR callback <> %(callback)s)
            """,
            {"callback": callback},
        )
    return _begin(conn, callback), left


# Feed and subscription s still belong together.
_WANTED = "EXISTS (SELECT 1 FROM feeds f WHERE f.id = s.feed_id AND f.state = 'active' AND f.hub = s.hub AND f.topic = s.topic)"


def _begin(conn: Connection, callback: str) -> int:
    rows = conn.execute(
        """
        SELECT id, hub, topic FROM feeds f WHERE hub <> '' AND state = 'active'
               AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.feed_id = f.id AND s.state <> 'leaving') ORDER BY id LIMIT %s
        """,
        (MAX_NEW,),
    ).fetchall()
    names = {hub: parse(hub).host for _, hub, _ in rows}
    ids = hosts.ensure(conn, names.values())
    new = [
        (feed_id, secrets.token_urlsafe(32), secrets.token_urlsafe(32), hub, topic, ids[names[hub]], callback)
        for feed_id, hub, topic in rows
    ]
    with conn.cursor() as cur:
        cur.executemany(
            """
            INSERT INTO subscriptions (feed_id, token, secret, hub, topic, host_id, callback)
            VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            new,
        )
    return len(new)


def claim_requests(conn: Connection, lease_s: float) -> list[Job]:
    """Claim one due request for each hub that may be visited now."""
    rows = conn.execute(
        """
        UPDATE subscriptions SET dispatch_id = gen_random_uuid(), claimed_until = now() + make_interval(secs => %(lease)s)
        FROM (SELECT DISTINCT ON (s.host_id) s.id FROM (
                  SELECT s.id, s.host_id FROM subscriptions s JOIN hosts h ON h.id = s.host_id
                  WHERE s.due_at <= now() AND s.dispatch_id IS NULL AND h.lease_id IS NULL AND h.next_slot_at <= now()
                        AND (h.paused_until IS NULL OR h.paused_until <= now())
                  ORDER BY s.due_at LIMIT 10 * %(n)s) s LIMIT %(n)s) pick
        WHERE subscriptions.id = pick.id AND dispatch_id IS NULL RETURNING subscriptions.id, dispatch_id, hub
        """,
        {"n": AT_ONCE, "lease": lease_s},
    ).fetchall()
    return [Job("hub", *row) for row in rows]


def give_back_expired(conn: Connection) -> None:
    """Give back requests that no worker finished, and free their hosts."""
    with conn.transaction():
        lost = conn.execute(
            """
            UPDATE subscriptions SET dispatch_id = NULL, claimed_until = NULL
            FROM (SELECT id, dispatch_id FROM subscriptions WHERE dispatch_id IS NOT NULL AND claimed_until < now() FOR UPDATE SKIP LOCKED) old
            WHERE subscriptions.id = old.id RETURNING subscriptions.host_id, old.dispatch_id
            """
        ).fetchall()
        if lost:
            hosts.refresh(conn, [row[0] for row in lost], [row[1] for row in lost])


def start(conn: Connection, id_: int, dispatch_id: UUID, settings: Settings) -> HubJob | None:
    """Take the hub's host and record the request. Returns None if the row no longer has this claim, or the host is busy."""
    with conn.transaction():
        row = conn.execute(
            f"SELECT host_id, hub, callback, token, secret, now(), {_POLICY} FROM subscriptions WHERE id = %s AND dispatch_id = %s FOR UPDATE",
            (id_, dispatch_id),
        ).fetchone()
        if row is None:
            return None
        host_id, hub, callback, token, secret, now, *state = row
        lease_s = settings.dispatch.lease_fetch_s
        host = leases.acquire(conn, host_id, dispatch_id, "fetch", settings.fetch.min_gap_s, lease_s)
        if host is None:
            conn.execute("UPDATE subscriptions SET dispatch_id = NULL, claimed_until = NULL WHERE id = %s", (id_,))
            hosts.refresh(conn, [host_id], [dispatch_id])
            return None
        asked = websub.requested(Subscription(*state))
        conn.execute(
            "UPDATE subscriptions SET pending = %s, claimed_until = now() + make_interval(secs => %s), updated_at = now() WHERE id = %s",
            (asked.pending, lease_s, id_),
        )
    return HubJob(id_, dispatch_id, host, hub, callback, token, secret, asked, now)


def finish(
    conn: Connection, job: HubJob, follow: Callable[[Subscription], Subscription], visit_results: hosts.VisitResults
) -> Subscription | None:
    """End a request. What follows from the hub's answer is stored, unless the hub has verified the request meanwhile."""
    with conn.transaction():
        now = _locked(conn, "id = %s AND dispatch_id = %s", job.id, job.dispatch_id)
        after = None
        if now is not None:
            after = follow(now) if now.pending == job.subscription.pending else now
            conn.execute("UPDATE subscriptions SET dispatch_id = NULL, claimed_until = NULL WHERE id = %s", (job.id,))
            _keep(conn, job.id, after)
        hosts.release_all(conn, job.dispatch_id, visit_results)
    return after


def find(conn: Connection, token: str) -> Subscribed | None:
    """The subscription of a callback, if it is in force."""
    with conn.cursor(row_factory=class_row(Subscribed)) as cur:
        return cur.execute(
            """
            SELECT s.id, f.id AS feed_id, s.secret FROM subscriptions s JOIN feeds f ON f.id = s.feed_id
            WHERE s.token = %s AND s.state = 'active' AND f.state = 'active'
            """,
            (token,),
        ).fetchone()


def verify(conn: Connection, token: str, judge: Callable[[Subscription, datetime], Subscription | None]) -> bool:
    """Whether to confirm what the hub says to the callback; the consequences are stored. `judge` gets Postgres' time."""
    with conn.transaction():
        row = conn.execute("SELECT id FROM subscriptions WHERE token = %s", (token,)).fetchone()
        before = _locked(conn, "id = %s", row[0]) if row else None
        after = judge(before, clock.now(conn)) if before else None
        if row is None or after is None:
            return False
        _keep(conn, row[0], after)
    return True


def note_poll(conn: Connection, feed_id: int, new: int) -> None:
    """Record whether a poll found entries that the hub had not pushed. Call it before the time of the previous poll is overwritten."""
    conn.execute(
        """
        UPDATE subscriptions s SET missed = CASE WHEN %(new)s > 0 THEN s.missed + 1 ELSE 0 END
        FROM feeds f WHERE f.id = s.feed_id AND s.feed_id = %(feed)s AND s.state = 'active' AND s.pushes > 0
             AND (%(new)s > 0 OR s.last_push_at > f.last_polled_at)
        """,
        {"feed": feed_id, "new": new},
    )


def of_feed(conn: Connection, feed_id: int) -> SubscriptionStatus | None:
    """The subscription of a feed, for people."""
    with conn.cursor(row_factory=class_row(SubscriptionStatus)) as cur:
        return cur.execute(
            f"""
            SELECT hub, topic, state, {WORKS} AS works, lease_until, due_at, failures, detail, pushes, last_push_at
            FROM subscriptions s WHERE feed_id = %s AND state <> 'leaving'
            """,
            (feed_id,),
        ).fetchone()


def _locked(conn: Connection, which: str, *values: object) -> Subscription | None:
    row = conn.execute(f"SELECT {_POLICY} FROM subscriptions WHERE {which} FOR UPDATE", values).fetchone()
    return Subscription(*row) if row else None


def _keep(conn: Connection, id_: int, after: Subscription) -> None:
    if after.gone:
        conn.execute("DELETE FROM subscriptions WHERE id = %s", (id_,))
        return
    conn.execute(
        """
        UPDATE subscriptions SET state = %s, pending = %s, lease_until = %s, due_at = %s, failures = %s, detail = %s, updated_at = now()
        WHERE id = %s
        """,
        (after.state, after.pending, after.lease_until, after.due_at, after.failures, after.detail, id_),
    )
