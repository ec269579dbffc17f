"""Pages are pruned by age, by months and one by one, and never before they are extracted; they are exported in the order they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipeline.jobs import Page
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.articles import pages
from pipeline.store.db.pool import connect
from pipeline.store.links import links
from tests.store.articles.everything import everything

NOW = datetime(2026, 6, 20, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def link(conn: psycopg.Connection) -> int:
    """A link with nothing left to do, in a database with the months around NOW."""
    for month in (1, 5):
        pages.make_partitions(conn, datetime(2026, month, 1, tzinfo=UTC))
    return add(conn, "https://a.example/1")


def add(conn: psycopg.Connection, url: str, state: str = "stored", stage: str = "extract") -> int:
    number = links.enqueue(conn, [parse(url)])[0].id
    held = state in ("dispatched", "running")
    conn.execute(
        "UPDATE links SET state = %s, stage = %s, dispatch_id = CASE WHEN %s THEN gen_random_uuid() END,"
        " lease_until = CASE WHEN %s THEN now() END WHERE id = %s",
        (state, stage, held, held, number),
    )
    return number


def put(conn: psycopg.Connection, link_id: int, at: datetime, body: bytes = b"<p>text", **fields: object) -> None:
    url = f"https://a.example/{link_id}"
    pages.insert(conn, link_id, Page(url, url, 200, {}, (), body, **fields))  # type: ignore[arg-type]
    conn.execute("UPDATE pages SET fetched_at = %s WHERE id = (SELECT max(id) FROM pages)", (at,))


def left(conn: psycopg.Connection) -> list[datetime]:
    return [at for (at,) in conn.execute("SELECT fetched_at FROM pages ORDER BY fetched_at")]


def test_the_head_of_an_answer_comes_back_as_it_was_put_in(conn: psycopg.Connection, link: int) -> None:
    head = (("Set-Thing", "a"), ("set-thing", "b"), ("X", "ü ☃"))
    put(conn, link, NOW, reason="Fine", raw_headers=head)
    page = pages.latest(conn, link)
    assert page
    assert (page.reason, page.raw_headers, page.fetched_at) == ("Fine", head, NOW)


def test_old_months_go_whole_and_old_pages_of_the_others_one_by_one(conn: psycopg.Connection, link: int) -> None:
    days = [datetime(2026, 1, 5, tzinfo=UTC), NOW - 91 * DAY, NOW - 90 * DAY, NOW - 89 * DAY, NOW]
    for at in days:
        put(conn, link, at)
    (stored,) = conn.execute("SELECT sum(octet_length(body)) FROM pages WHERE fetched_at < %s", (NOW - 90 * DAY,)).fetchone() or (0,)
    expected = pages.Pruned(("pages_2026_01", "pages_2026_02"), 2, stored)
    assert pages.prune(conn, 90, NOW, dry_run=True) == expected
    assert left(conn) == days
    assert pages.prune(conn, 90, NOW) == expected
    assert left(conn) == days[2:]
    assert conn.execute("SELECT to_regclass('pages_2026_02'), to_regclass('pages_2026_03') IS NULL").fetchone() == (None, False)
    assert pages.prune(conn, 90, NOW) == pages.Pruned()


def test_a_page_outside_the_months_goes_too(conn: psycopg.Connection, link: int) -> None:
    put(conn, link, datetime(2019, 3, 1, tzinfo=UTC))
    assert conn.execute("SELECT count(*) FROM pages_other").fetchone() == (1,)
    assert pages.prune(conn, 90, NOW).pages == 1
    assert left(conn) == []


@pytest.mark.parametrize(
    ("state", "stage", "stays"),
    [
        ("fetched", "extract", True),
        ("dispatched", "extract", True),
        ("running", "extract", True),
        ("waiting", "fetch", False),
        ("dispatched", "fetch", False),
        ("running", "fetch", False),
        ("stored", "extract", False),
    ],
)
@pytest.mark.parametrize("at", [datetime(2026, 2, 3, tzinfo=UTC), NOW - 91 * DAY], ids=["whole month", "part of a month"])
def test_a_page_that_is_still_to_be_extracted_stays(
    conn: psycopg.Connection, link: int, state: str, stage: str, stays: bool, at: datetime
) -> None:
    needed = add(conn, "https://a.example/2", state, stage)
    put(conn, needed, at)
    put(conn, link, at + timedelta(hours=1))
    pruned = pages.prune(conn, 90, NOW)
    assert (pruned.pages, pruned.kept) == ((1, 1) if stays else (2, 0))
    assert left(conn) == ([at] if stays else [])
    assert (pages.latest(conn, needed) is not None) == stays


def test_a_month_is_not_dropped_before_its_pages_are_extracted(conn: psycopg.Connection, link: int) -> None:
    put(conn, add(conn, "https://a.example/2", "fetched"), datetime(2026, 2, 3, tzinfo=UTC))
    assert pages.prune(conn, 90, NOW).months == ("pages_2026_01",)
    conn.execute("UPDATE links SET state = 'stored'")
    assert pages.prune(conn, 90, NOW).months == ("pages_2026_02",)


def test_more_pages_than_a_batch_go(conn: psycopg.Connection, link: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "BATCH", 3)
    needed = add(conn, "https://a.example/2", "fetched")
    for number in range(10):
        put(conn, needed if number in (2, 3, 4) else link, NOW - (100 - number) * DAY)
    assert [pages.prune(conn, 90.5, NOW, dry_run=dry).pages for dry in (True, False)] == [7, 7]
    assert left(conn) == [NOW - (100 - number) * DAY for number in (2, 3, 4)]


def test_links_sightings_and_articles_stay(conn: psycopg.Connection, link: int) -> None:
    put(conn, link, NOW - 100 * DAY)
    conn.execute("INSERT INTO feeds (url, url_key, host_id) SELECT 'https://a.example/f', %b, host_id FROM links", (b"k" * 32,))
    conn.execute("INSERT INTO sightings (feed_id, link_id) SELECT f.id, l.id FROM feeds f, links l")
    conn.execute(
        "INSERT INTO articles (link_id, url_key, url, final_url, title, text, word_count, content_hash, extractor, fetched_at)"
        " VALUES (%s, %b, 'u', 'u', 't', 'text', 1, 'h', 'x', now())",
        (link, b"k" * 32),
    )
    assert pages.prune(conn, 90, NOW).pages == 1
    assert len(everything(conn)) == 1
    assert conn.execute("SELECT (SELECT count(*) FROM links), (SELECT count(*) FROM sightings)").fetchone() == (1, 1)


def test_a_month_that_somebody_reads_waits_for_the_next_time_and_blocks_nobody(
    conn: psycopg.Connection, settings: Settings, link: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LOCK_TIMEOUT_MS", 50)
    put(conn, link, datetime(2026, 2, 3, tzinfo=UTC))
    with connect(settings) as other:
        export = pages.export(other)
        next(export)
        pruned = pages.prune(conn, 90, NOW)
        assert (pruned.months, pruned.pages, pruned.busy) == ((), 0, ("pages_2026_01", "pages_2026_02"))
        export.close()
    assert pages.prune(conn, 90, NOW).months == ("pages_2026_01", "pages_2026_02")


def test_the_export_names_the_original_of_a_page_that_came_again(conn: psycopg.Connection, link: int) -> None:
    other = add(conn, "https://a.example/2")
    for number, body in ((link, b"a"), (link, b"b"), (other, b"a"), (link, b"a"), (link, b"a"), (link, b""), (link, b"")):
        put(conn, number, NOW, body)
    conn.execute("UPDATE pages SET fetched_at = fetched_at + id * interval '1 minute'")
    first = min(left(conn))
    found = list(pages.export(conn))
    assert [one.page.body for one in found] == [b"a", b"b", b"a", b"a", b"a", b"", b""]
    assert [one.original_at for one in found] == [None, None, None, first, first, None, None]
    assert found[3].original_url == f"https://a.example/{link}"


def test_an_original_that_the_export_leaves_out_is_not_named(conn: psycopg.Connection, link: int) -> None:
    for hours in range(4):
        put(conn, link, NOW + timedelta(hours=hours), b"a")
    since = NOW + timedelta(hours=2)
    assert [(one.page.fetched_at, one.original_at) for one in pages.export(conn, since)] == [
        (since, None),
        (since + timedelta(hours=1), since),
    ]
    assert pages.count(conn, since) == 2
