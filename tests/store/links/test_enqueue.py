"""URLs put in line by hand: by the batch, and at once by several."""

from __future__ import annotations

import threading

import psycopg
import pytest

from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.links import links


def test_what_is_known_and_needs_no_change_is_not_written_again(conn: psycopg.Connection) -> None:
    urls = [parse(f"http://a.example/{n}") for n in range(20)]
    first = links.enqueue(conn, urls)
    before = conn.execute("SELECT xmin, xmax, ctid FROM links ORDER BY id").fetchall()
    again = links.enqueue(conn, urls)
    assert [(item.id, item.what) for item in again] == [(item.id, "waiting") for item in first]
    assert conn.execute("SELECT xmin, xmax, ctid FROM links ORDER BY id").fetchall() == before


def test_what_feeds_brought_goes_first_and_what_waits_for_a_retry_starts_at_once(conn: psycopg.Connection) -> None:
    (one, two) = links.enqueue(conn, [parse("http://a.example/1"), parse("http://a.example/2")])
    conn.execute("UPDATE links SET priority = 0 WHERE id = %s", (one.id,))
    conn.execute("UPDATE links SET due_at = now() + interval '1 hour' WHERE id = %s", (two.id,))
    assert {item.what for item in links.enqueue(conn, [parse(one.url), parse(two.url)])} == {"waiting"}
    assert conn.execute("SELECT DISTINCT priority, due_at <= now() FROM links").fetchall() == [(links.MANUAL, True)]


def test_a_link_that_somebody_else_brings_meanwhile_is_told_as_what_it_is(
    conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = parse("http://a.example/1")
    (first,) = links.enqueue(conn, [url])
    real = links._known
    looks: list[object] = []
    monkeypatch.setattr(links, "_known", lambda *given: {} if not looks and looks.append(1) is None else real(*given))
    (second,) = links.enqueue(conn, [url])
    assert (second.id, second.what) == (first.id, "waiting")


def test_lists_that_overlap_do_not_wait_for_each_other_in_a_circle(settings: Settings) -> None:
    urls = [parse(f"http://h{n % 40}.example/{n}") for n in range(400)]
    failures: list[Exception] = []

    def bring(part: list[int]) -> None:
        try:
            with connect(settings) as conn:
                for start in part:
                    links.enqueue(conn, urls[start : start + 200])
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=bring, args=(part,)) for part in ([0, 200, 100], [200, 0, 100], [100, 200, 0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with connect(settings) as conn:
        assert conn.execute("SELECT count(*) FROM links").fetchone() == (400,)
