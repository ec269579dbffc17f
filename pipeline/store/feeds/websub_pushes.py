"""What WebSub hubs have pushed, stored until a worker reads it."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection

from pipeline.feeds import options, trust
from pipeline.feeds.identity import Plan
from pipeline.feeds.options import Options
from pipeline.store.feeds import announcements, entries, feeds
from pipeline.store.hosts import hosts
from pipeline.store.queue.claims import Job

MAX_UNREAD = 100  # pushes of one feed that may wait for a worker; a hub that sends more is told to come later
UNREAD_S = 3600  # a push that no worker could read by then is dropped, and its feed polled


@dataclass(frozen=True, slots=True)
class PushJob:
    """A hub's push for a feed."""

    id: int
    feed_id: int
    url: str
    topic: str
    content_type: str
    body: bytes
    options: Options
    announced_by: frozenset[str]

    @property
    def feed_trust(self) -> trust.FeedTrust:
        return trust.feed_trust(self.url, self.announced_by, trusted=self.options.trusted)


def receive(conn: Connection, feed_id: int, content_type: str, body: bytes) -> bool:
    """Store a push until a worker reads it. Returns False if too much waits already."""
    return bool(
        conn.execute(
            """
            INSERT INTO pushes (feed_id, content_type, body, sent_at) SELECT %(feed)s, %(type)s, %(body)s, '-infinity'
            WHERE (SELECT count(*) FROM pushes WHERE feed_id = %(feed)s) < %(most)s AND EXISTS (SELECT 1 FROM feeds WHERE id = %(feed)s)
            """,
            {"feed": feed_id, "type": content_type, "body": body, "most": MAX_UNREAD},
        ).rowcount
    )


def claim(conn: Connection, count: int, lease_s: float) -> list[Job]:
    """Claim pushes that were sent to no worker, or that no worker read within its lease."""
    rows = conn.execute(
        """
        UPDATE pushes SET sent_at = now()
        FROM (SELECT id FROM pushes WHERE sent_at < now() - make_interval(secs => %s) ORDER BY sent_at, id LIMIT %s FOR UPDATE SKIP LOCKED) pick,
             feeds
        WHERE pushes.id = pick.id AND feeds.id = pushes.feed_id RETURNING pushes.id, gen_random_uuid(), feeds.url
        """,
        (lease_s, count),
    ).fetchall()
    return [Job("push", *row) for row in rows]


def take(conn: Connection, push_id: int) -> PushJob | None:
    """A push to be read; None if it was read before."""
    row = conn.execute(
        f"""
        SELECT p.id, p.feed_id, f.url, f.topic, p.content_type, p.body, f.options, {announcements.BY.format(feed="f.id")}
        FROM pushes p JOIN feeds f ON f.id = p.feed_id WHERE p.id = %s
        """,
        (push_id,),
    ).fetchone()
    if row is None:
        return None
    id_, feed_id, url, topic, content_type, body, own, announced_by = row
    return PushJob(id_, feed_id, url, topic, content_type, bytes(body), options.from_json(own), frozenset(announced_by))


def read(conn: Connection, job: PushJob, plan: Plan) -> list[int] | None:
    """Write what a push brought, as a poll does. Returns the ids of the links that now wait; None if it was read before."""
    host_ids = hosts.ensure(conn, {item.url.host for item in plan.new})
    with conn.transaction():
        if not _taken(conn, job.id):
            return None
        new = entries.write(conn, job.feed_id, job.options, job.feed_trust.site, plan, host_ids)
        entries.count(conn, job.feed_id, [item for item in plan.new if not item.excluded], first=False)
        conn.execute(
            "UPDATE subscriptions SET pushes = pushes + 1, last_push_at = now() WHERE feed_id = %s AND state = 'active'", (job.feed_id,)
        )
        hosts.note_links(conn, [host_ids[host] for _, host in new])
    return [link_id for link_id, _ in new]


def give_up(conn: Connection, job: PushJob, floor_s: float) -> None:
    """Drop a push that cannot be read, and poll its feed instead."""
    with conn.transaction():
        if _taken(conn, job.id):
            feeds.poll_now(conn, job.feed_id, floor_s, "its hub sent something unreadable")


def drop_unread(conn: Connection, floor_s: float) -> int:
    """Drop pushes that no worker could read for too long, and poll those feeds instead."""
    rows = conn.execute(
        "DELETE FROM pushes WHERE received_at < now() - make_interval(secs => %s) RETURNING feed_id", (UNREAD_S,)
    ).fetchall()
    for feed_id in {row[0] for row in rows}:
        feeds.poll_now(conn, feed_id, floor_s, "no worker could read what its hub sent")
    return len(rows)


def _taken(conn: Connection, push_id: int) -> bool:
    return bool(conn.execute("DELETE FROM pushes WHERE id = %s", (push_id,)).rowcount)
