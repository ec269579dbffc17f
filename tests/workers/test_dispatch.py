"""Sending: what the messages carry, what people see of them, and what happens when Redis is away."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import redis

from pipeline.fetch.client import Client
from pipeline.normalise.urls import parse
from pipeline.settings import Dispatch, Retry, Settings, Workers
from pipeline.store.db.pool import open_pool
from pipeline.store.links import links
from pipeline.store.maintenance import status
from pipeline.store.queue import claims, extract_claims
from tests.integration.site import web
from tests.integration.stack import stack, wait_until
from workers import dispatch, tasks
from workers.app import make_app
from workers.broker import sender
from workers.context import Context


def test_a_message_carries_the_row_and_its_claim_and_shows_the_url(conn: psycopg.Connection, settings: Settings) -> None:
    (link,) = dispatch.enqueue(conn, [parse("http://user:secret@127.0.0.1:1/story?token=abc&id=7")], settings)
    with redis.Redis.from_url(settings.redis_url) as queue:
        raw = queue.lpop("fetch")
    assert isinstance(raw, bytes)
    message = json.loads(raw)
    args, kwargs, _ = json.loads(base64.b64decode(message["body"]))
    (claim,) = conn.execute("SELECT dispatch_id::text FROM links WHERE id = %s", (link.id,)).fetchone() or ("",)
    assert (args, kwargs) == ([link.id, claim], {})
    assert message["headers"]["task"] == "fetch_page"
    assert message["headers"]["argsrepr"] == "(http://127.0.0.1:1/story?token=***&id=7)"
    assert "secret" not in raw.decode()


def test_a_message_carries_several_pages_where_many_wait(conn: psycopg.Connection, settings: Settings) -> None:
    config = settings.model_copy(update={"workers": Workers(extract_batch=3)})
    urls = [f"http://127.0.0.1:{port}/story?token=abc" for port in range(1, 6)]
    links.enqueue(conn, [parse(url) for url in urls])
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract'")
    jobs = extract_claims.claim_extracts(conn, 5, config)
    with redis.Redis.from_url(settings.redis_url) as queue:
        queue.delete("extract")
        assert dispatch.publish(sender(settings.redis_url), jobs, config) == 5
        sent = [json.loads(raw) for raw in reversed(queue.lrange("extract", 0, -1))]
        queue.delete("extract")
    assert [len(json.loads(base64.b64decode(message["body"]))[0][0]) for message in sent] == [3, 2]
    carried = [tuple(pair) for message in sent for pair in json.loads(base64.b64decode(message["body"]))[0][0]]
    assert sorted(carried) == sorted(conn.execute("SELECT id, dispatch_id::text FROM links").fetchall())
    shown = " ".join(message["headers"]["argsrepr"].strip("()") for message in sent)
    assert sorted(shown.split()) == sorted(url.replace("abc", "***") for url in urls)


def test_jobs_that_may_not_go_together_go_alone() -> None:
    jobs = [claims.Job("extract", number, uuid4(), f"http://e.com/{number}", batchable=number % 2 == 0) for number in range(7)]
    assert [[job.id for job in some] for some in dispatch.messages(jobs, 3)] == [[1], [3], [5], [0, 2, 4], [6]]


def test_enqueueing_while_redis_is_away_keeps_the_link(conn: psycopg.Connection, settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    (link,) = dispatch.enqueue(conn, [parse("http://127.0.0.1:1/story")], away)
    assert link.what == "new"
    assert free_and_waiting(conn) == 1


def free_and_waiting(conn: psycopg.Connection) -> int:
    """Links that wait, where no host is anybody's."""
    assert conn.execute("SELECT count(*) FROM hosts WHERE lease_id IS NOT NULL").fetchone() == (0,)
    (count,) = conn.execute("SELECT count(*) FROM links WHERE state = 'waiting'").fetchone() or (0,)
    return int(count)


def test_enqueueing_many_claims_no_more_than_there_is_room_for_and_sends_all_of_it(conn: psycopg.Connection, settings: Settings) -> None:
    few = settings.model_copy(update={"dispatch": Dispatch(in_flight_floor=4)})
    with redis.Redis.from_url(settings.redis_url) as queue:
        queue.delete("fetch")
        for batch in range(3):
            dispatch.enqueue(conn, [parse(f"http://127.0.0.1:{port}/{batch}") for port in range(1000, 1010)], few)
        assert conn.execute("SELECT count(*) FROM links WHERE state = 'dispatched'").fetchone() == (4,)
        assert queue.llen("fetch") == 4
        queue.delete("fetch")


def test_whoever_is_stopped_while_sending_leaves_nothing_claimed(
    conn: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(dispatch, "publish", stopped)
    with pytest.raises(KeyboardInterrupt):
        dispatch.enqueue(conn, [parse(f"http://127.0.0.1:{port}/story") for port in range(1000, 1005)], settings)
    assert free_and_waiting(conn) == 5


def test_all_jobs_of_a_tick_leave_in_one_batch(conn: psycopg.Connection, settings: Settings) -> None:
    links.enqueue(conn, [parse(f"http://127.0.0.1:{port}/story") for port in range(1000, 1010)])
    with redis.Redis.from_url(settings.redis_url) as queue:
        held = queue.llen("fetch")  # a worker of another test gave messages back when it stopped
        assert dispatch.tick(sender(settings.redis_url), conn, settings).jobs == 10
        assert queue.llen("fetch") == held + 10


def test_a_look_says_whether_more_is_due_than_there_was_room_for(conn: psycopg.Connection, settings: Settings) -> None:
    few = settings.model_copy(update={"dispatch": settings.dispatch.model_copy(update={"in_flight_floor": 4})})
    links.enqueue(conn, [parse(f"http://127.0.0.1:{port}/story") for port in range(1000, 1010)])
    app = sender(settings.redis_url)
    assert dispatch.tick(app, conn, few) == dispatch.Sent(4, more=True)
    assert dispatch.fill_fetch(app, conn, few) == dispatch.Sent(0, more=True), "all of the room is taken"
    end = "UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL WHERE state = 'dispatched'"
    conn.execute(end)
    assert dispatch.fill_fetch(app, conn, few) == dispatch.Sent(4, more=True)
    conn.execute(end)
    assert dispatch.fill_fetch(app, conn, few) == dispatch.Sent(2, more=False)


@pytest.mark.parametrize(("answers", "looks"), [([False], 1), ([True, False], 2), ([True, True, True, True], tasks.LOOKS)])
def test_while_more_is_due_than_there_is_room_for_the_dispatcher_looks_again_before_the_next_tick(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, answers: list[bool], looks: int
) -> None:
    asked: list[str] = []
    left = iter(answers)

    def look(name: str) -> Callable[..., dispatch.Sent]:
        return lambda *_: (asked.append(name), dispatch.Sent(1, next(left)))[1]

    monkeypatch.setattr(dispatch, "tick", look("tick"))
    monkeypatch.setattr(dispatch, "fill_fetch", look("fill"))
    quick = settings.model_copy(update={"dispatch": Dispatch(tick_s=0.01)})
    with open_pool(quick) as pool:
        monkeypatch.setattr(tasks, "context", lambda: Context(quick, pool, Client(quick.fetch)))
        tasks.dispatch.run()
    assert asked == ["tick", *["fill"] * (looks - 1)]


def test_enqueueing_the_same_url_again_says_what_it_met(conn: psycopg.Connection, settings: Settings) -> None:
    urls = [parse("http://127.0.0.1:1/story"), parse("http://127.0.0.1:1/story?utm_source=x")]
    assert [item.what for item in dispatch.enqueue(conn, urls, settings)] == ["new"]
    assert [item.what for item in dispatch.enqueue(conn, urls[:1], settings)] == ["waiting"]
    conn.execute("UPDATE links SET state = 'failed', code = 'http_404', dispatch_id = NULL, lease_until = NULL")
    assert [item.what for item in dispatch.enqueue(conn, urls[:1], settings)] == ["again"]
    conn.execute("UPDATE links SET state = 'stored', dispatch_id = NULL, lease_until = NULL")
    assert [item.what for item in dispatch.enqueue(conn, urls[:1], settings)] == ["stored"]
    assert status.summary(conn).links["stored"] == 1


def test_the_settings_that_were_measured_as_right_are_in_force(settings: Settings) -> None:
    app = make_app(settings)
    assert app.conf.task_acks_late is False
    assert app.conf.task_ignore_result is True
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_publish_retry is False
    assert app.conf.result_backend is None


def test_a_short_retry_rides_in_redis_and_a_long_one_waits_in_postgres(
    conn: psycopg.Connection, settings: Settings, tmp_path: Path
) -> None:
    fetch = settings.fetch.model_copy(update={"honour_robots": False})  # a dead host has no robots.txt either, which is another story
    config = settings.model_copy(update={"retry": Retry(delays_s=[2, 90], jitter=0), "fetch": fetch})
    with web(hosts=1) as site, stack(config, tmp_path / "logs", ("fetch", "control")) as running:
        gone = "http://127.0.0.1:9/never"  # nothing listens there
        dispatch.enqueue(conn, [parse(gone), parse(site.bases[0] + "/a/1.html")], config)

        def tries() -> list[tuple[str, str]]:
            return conn.execute(
                "SELECT a.outcome, a.code FROM attempts a JOIN links l ON l.id = a.link_id WHERE l.url = %s ORDER BY a.id", (gone,)
            ).fetchall()

        wait_until(lambda: len(tries()) == 1, 180, "the first try", running.tails)
        assert conn.execute("SELECT state, lease_until > due_at + interval '1 minute' FROM links WHERE url = %s", (gone,)).fetchone() == (
            "dispatched",
            True,
        )
        wait_until(lambda: len(tries()) == 2, 180, "the second try", running.tails)
        assert tries() == [("retry", "connect"), ("retry", "connect")]
        assert conn.execute(
            "SELECT state, fetch_attempts, due_at BETWEEN now() + interval '30 s' AND now() + interval '90 s', dispatch_id FROM links WHERE url = %s",
            (gone,),
        ).fetchone() == ("waiting", 2, True, None)
