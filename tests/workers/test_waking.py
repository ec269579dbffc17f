"""What failed for want of a contact address goes on by itself once there is one."""

from __future__ import annotations

from types import SimpleNamespace

import psycopg
import pytest
from celery import signals
from kombu.exceptions import OperationalError

from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.links import links
from workers import unblock
from workers.processes import beat, heartbeat

URLS = ("https://a.test/1", "https://a.test/2", "https://b.test/3")


@pytest.fixture
def asleep(conn: psycopg.Connection) -> int:
    """Three links and a feed that failed with no_contact, and one of each that failed otherwise. Returns the number of the feed."""
    feed, _ = feeds.add(conn, "https://a.test/feed")
    feeds.add(conn, "https://b.test/feed")
    links.enqueue(conn, [parse(url) for url in (*URLS, "https://b.test/gone")])
    conn.execute(
        "UPDATE links SET state = 'failed', fetch_attempts = 1, code = CASE WHEN url LIKE '%gone' THEN 'http_404' ELSE 'no_contact' END"
    )
    conn.execute(
        "UPDATE feeds SET failures = 1, next_poll_at = now() + interval '1 h', code = CASE WHEN id = %s THEN 'no_contact' ELSE 'dns' END",
        (feed,),
    )
    conn.execute("UPDATE hosts SET link_due_at = NULL, feed_due_at = now() + interval '1 h'")
    return feed


def known(settings: Settings) -> Settings:
    return settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"contact": "https://who.test/"})})


def due(conn: psycopg.Connection) -> tuple[set[str], set[int]]:
    waiting = {row[0] for row in conn.execute("SELECT url FROM links WHERE state = 'waiting' AND due_at <= now()")}
    return waiting, {row[0] for row in conn.execute("SELECT id FROM feeds WHERE next_poll_at <= now() AND failures = 0")}


def test_a_contact_address_wakes_the_links_and_feeds_that_failed_without_one(
    conn: psycopg.Connection, settings: Settings, asleep: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unblock, "BATCH", 2)
    unblock.wake(conn, known(settings))
    assert due(conn) == (set(URLS), {asleep})
    hosts = dict(conn.execute("SELECT name, link_due_at <= now() AND feed_due_at <= now() FROM hosts").fetchall())
    assert hosts["a.test"] is True
    assert conn.execute("SELECT next_poll_why FROM feeds WHERE id = %s", (asleep,)).fetchone() == ("fetch.contact is set now",)


def test_what_has_been_woken_is_left_alone_then(conn: psycopg.Connection, settings: Settings, asleep: int) -> None:
    unblock.wake(conn, known(settings))
    conn.execute("UPDATE feeds SET next_poll_at = now() + interval '5 min'")
    conn.execute("UPDATE links SET due_at = now() + interval '5 min'")
    unblock.wake(conn, known(settings))
    assert due(conn) == (set(), set())


def test_without_a_contact_address_nothing_wakes(conn: psycopg.Connection, settings: Settings, asleep: int) -> None:
    unblock.wake(conn, settings)
    assert due(conn) == (set(), set())


def test_a_feed_that_is_paused_or_was_asked_to_wait_is_not_polled_at_once(
    conn: psycopg.Connection, settings: Settings, asleep: int
) -> None:
    conn.execute("UPDATE feeds SET not_before = now() + interval '2 h' WHERE id = %s", (asleep,))
    unblock.wake(conn, known(settings))
    assert due(conn)[1] == set()
    conn.execute("UPDATE feeds SET not_before = NULL, failures = 1, state = 'paused' WHERE id = %s", (asleep,))
    unblock.wake(conn, known(settings))
    assert due(conn)[1] == set()


def test_it_is_done_at_the_start_of_the_control_worker_and_every_minute(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    app = SimpleNamespace(send_task=lambda name, **_: sent.append(name))
    monkeypatch.setattr(signals.worker_ready, "receivers", [])
    heartbeat.connect_worker(settings, "control", 1)
    signals.worker_ready.send(sender=type("Consumer", (), {"app": app}))
    assert sent == ["wake"]
    assert next(one.every_s for one in beat.timetable(1.0, 0.0) if one.task == "wake") <= 60


def test_a_redis_that_is_away_does_not_end_the_control_worker() -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("away")

    unblock.ask(SimpleNamespace(send_task=refuse))  # type: ignore[arg-type]
