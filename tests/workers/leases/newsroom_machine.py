"""Dispatchers, workers, people and time, in any order, on a real Postgres: what the state machine of test_host_leases.py may do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg

from pipeline.feeds.identity import Plan
from pipeline.feeds.scheduling.schedule import Decision
from pipeline.fetch.politeness import Change
from pipeline.hops import Hop
from pipeline.jobs import Host, Page, Poll
from pipeline.normalise.urls import parse
from pipeline.outcomes import RetryDecision, State
from pipeline.settings import Settings
from pipeline.store.db import clock as moments
from pipeline.store.feeds import feeds, polling, successors, websub
from pipeline.store.hosts import host_settings, hosts, leases
from pipeline.store.links import fetching, links
from pipeline.store.queue import claims, unsent_claims
from tests import clock
from workers import dispatch

HOSTS = ("a.example", "b.example")
ROW = {"fetch": "links", "poll": "feeds", "look": "feeds", "hub": "subscriptions"}
TRIP = fetching.FetchStats(0.1)


@dataclass
class Hand:
    """A worker's slot: the job that it believes to be at, and the hosts that it believes to hold."""

    conn: psycopg.Connection
    stage: claims.TaskKind = "fetch"
    job: Any = None
    hosts: list[Host] = field(default_factory=list)


@dataclass
class Newsroom:
    """`messages` are in Redis: any may come late, twice or never."""

    conn: psycopg.Connection
    settings: Settings
    dispatchers: list[psycopg.Connection]
    hands: list[Hand]
    messages: list[claims.Job] = field(default_factory=list)
    made: int = 0

    def clear(self) -> None:
        self.conn.execute("TRUNCATE hosts, feeds, links, subscriptions, feed_aliases RESTART IDENTITY CASCADE")
        self.messages.clear()
        for hand in self.hands:
            hand.job, hand.hosts = None, []

    # What comes in.

    def bring(self, stage: claims.TaskKind, host: str) -> None:
        """Something that such a job is for."""
        if stage == "fetch":
            self.add_link(host)
            return
        self.add_feed(host)
        if stage == "look":
            self.break_feed()
        elif stage == "hub":
            self.subscribe(host)

    def add_link(self, host: str) -> None:
        self.made += 1
        links.enqueue(self.conn, [parse(f"http://{host}/{self.made}")])

    def add_feed(self, host: str) -> None:
        self.made += 1
        feeds.add(self.conn, f"http://{host}/{self.made}.xml")

    def break_feed(self) -> None:
        self.conn.execute(
            "UPDATE feeds SET failures = 5, code = 'http_404', successor_looked_at = NULL, site_url = 'http://b.example/' WHERE id = (SELECT max(id) FROM feeds)"
        )

    def subscribe(self, host: str) -> None:
        (host_id,) = hosts.ensure(self.conn, [host]).values()
        self.made += 1
        self.conn.execute(
            "INSERT INTO subscriptions (feed_id, token, secret, hub, topic, host_id) SELECT max(id), %s, 's', %s, 't', %s FROM feeds"
            " HAVING min(id) IS NOT NULL ON CONFLICT DO NOTHING",
            (str(self.made), f"http://{host}/hub", host_id),
        )

    # Dispatchers.

    def tick(self, conn: psycopg.Connection) -> None:
        dispatch.tick(self, conn, self.settings)  # type: ignore[arg-type]

    def publish(self, jobs: Iterable[claims.Job]) -> int:
        jobs = [job for job in jobs if job.stage in ROW]
        self.messages += jobs
        return len(jobs)

    # Workers.

    def start(self, hand: Hand, job: claims.Job) -> None:
        begin: dict[claims.TaskKind, Callable[[], Any]] = {
            "fetch": lambda: fetching.start(hand.conn, job.id, job.dispatch_id, self.settings, "w"),
            "poll": lambda: polling.start(hand.conn, job.id, job.dispatch_id, self.settings, "w"),
            "hub": lambda: websub.start(hand.conn, job.id, job.dispatch_id, self.settings),
            "look": lambda: successors.start(hand.conn, job.id, job.dispatch_id, self.settings),
        }
        begun = begin[job.stage]()
        if begun is not None and not isinstance(begun, leases.TooEarly):
            hand.stage, hand.job, hand.hosts = job.stage, begun, [begun.host]

    def acquire_if_free(self, hand: Hand, name: str) -> None:
        host = leases.acquire_if_free(hand.conn, name, hand.job.dispatch_id, self.settings.fetch.min_gap_s, robots_needed=False)
        if host is not None and all(host.id != other.id for other in hand.hosts):
            hand.hosts.append(host)

    def end(self, hand: Hand, how: str, pause_s: float) -> None:
        """End the job in one of the ways in which its kind ends; killed, nothing is written."""
        conn, job, settings = hand.conn, hand.job, self.settings
        if how == "the worker is killed":
            hand.job, hand.hosts = None, []
            return
        change = Change(1, 1, pause_s, "429") if pause_s else None
        left = [(host.id, hosts.VisitResult(settings.fetch.min_gap_s, 0.1, change=change)) for host in hand.hosts]
        if hand.stage == "look":
            (successors.put_back(conn, job, left) if how == "put back" else successors.finish(conn, job, "", left))
        elif hand.stage == "hub":
            websub.finish(conn, job, lambda before: before, left)
        elif hand.stage == "poll":
            if how == "moved":
                polling.moved(conn, job, "http://b.example/feed", "b.example", [("x", 302)], left)
            else:
                again = moments.now(conn) + timedelta(seconds=10)
                polling.finish(conn, job, Poll(0.1), Plan(), Decision(job.feed, again, "later"), left, settings)
        elif how == "put back":
            fetching.put_back(conn, job, left)
        elif how == "moved":
            fetching.moved(conn, job, "http://b.example/x", "b.example", (Hop("x", 302),), TRIP, left)
        elif how == "fetched":
            fetching.succeeded(conn, job, Page(job.url, job.url, 200, {}, (), b"x"), TRIP, left)
        else:
            delay_s = {"retry_in_redis": 5.0, "later": 500.0}.get(how)
            verdict = RetryDecision(State.FAILED if delay_s is None else State.WAITING, "reset", "x", delay_s)
            if fetching.failed(conn, job, verdict, TRIP, left, settings, max_redis_wait_s=60) == "retry_in_redis":
                self.messages.append(claims.Job("fetch", job.link_id, job.dispatch_id, job.url))
        hand.job, hand.hosts = None, []

    # People, and time.

    def change_feed(self, what: str) -> None:
        row = self.conn.execute("SELECT min(id) FROM feeds").fetchone()
        if row is None or row[0] is None:
            return
        self.made += 1
        acts: dict[str, Callable[[], object]] = {
            "pause": lambda: feeds.pause(self.conn, row[0]),
            "resume": lambda: feeds.resume(self.conn, row[0]),
            "move": lambda: feeds.move(self.conn, row[0], f"http://b.example/{self.made}.xml"),
            "poll": lambda: feeds.poll_now(self.conn, row[0], 0.0),
            "remove": lambda: feeds.remove(self.conn, row[0]),
        }
        acts[what]()

    def change_host(self, host: str, what: str) -> None:
        fetch = self.settings.fetch
        acts: dict[str, Callable[[], object]] = {
            "pause": lambda: host_settings.pause(self.conn, host, None, "by hand", fetch),
            "pause a minute": lambda: host_settings.pause(self.conn, host, 60.0, "by hand", fetch),
            "resume": lambda: host_settings.resume(self.conn, host, fetch),
            "slow": lambda: host_settings.set_delay(self.conn, host, 7.0, fetch),
            "fast": lambda: host_settings.set_delay(self.conn, host, None, fetch),
        }
        acts[what]()

    def fetch_now(self, sent: bool) -> None:
        """Links are asked for by hand; where they are not `sent`, they are given back."""
        waiting = [
            link_id for (link_id,) in self.conn.execute("SELECT id FROM links WHERE state = 'waiting' ORDER BY id LIMIT 3").fetchall()
        ]
        jobs = claims.claim_fetches(self.conn, 3, self.settings, waiting)
        if sent:
            self.publish(jobs)
        else:
            unsent_claims.give_back(self.conn, jobs)

    def skip(self, seconds: float) -> None:
        clock.skip(self.conn, seconds)

    # What must hold.

    def waiting(self, stage: claims.TaskKind) -> list[claims.Job]:
        return [job for job in self.messages if job.stage == stage]

    def busy(self) -> list[Hand]:
        return [hand for hand in self.hands if hand.job is not None]

    def holds(self, job: claims.Job) -> str | None:
        """The host that the job's claim holds."""
        row = self.conn.execute("SELECT name FROM hosts WHERE lease_id = %s", (job.dispatch_id,)).fetchone()
        return row[0] if row else None

    def live(self) -> list[Hand]:
        """The workers whose jobs are theirs still."""
        return [hand for hand in self.busy() if self._is_live(hand)]

    def _is_live(self, hand: Hand) -> bool:
        until = "claimed_until" if hand.stage == "hub" else "lease_until"
        query = f"SELECT 1 FROM {ROW[hand.stage]} WHERE dispatch_id = %s AND {until} > now()"
        return self.conn.execute(query, (hand.job.dispatch_id,)).fetchone() is not None  # type: ignore[arg-type]

    def free_with_due_links(self) -> set[str]:
        """Hosts that may be visited now and have a link to be fetched, by the facts and not by the hints."""
        rows = self.conn.execute(
            """
            SELECT name FROM hosts h WHERE lease_id IS NULL AND next_slot_at <= now() AND (paused_until IS NULL OR paused_until <= now())
                   AND EXISTS (SELECT 1 FROM links l WHERE l.host_id = h.id AND l.state = 'waiting' AND l.due_at <= now())
            """
        ).fetchall()
        return {name for (name,) in rows}


def together(*acts: Callable[[], object]) -> None:
    """Do all of it at once, each in a thread of its own. Raises what one of them raises."""
    failures: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    if failures:
        raise failures[0]
