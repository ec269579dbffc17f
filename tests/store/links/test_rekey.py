"""Keys made by older rules are made anew, nothing is lost on the way."""

from __future__ import annotations

import hashlib
import uuid

import psycopg
import pytest

from pipeline.normalise import urls
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.feeds import feeds, moved_feeds
from pipeline.store.links import aliases, links
from pipeline.store.maintenance import rekey
from tests.store.links.with_articles import add

TABLES = ("links", "feeds", "articles", "aliases", "feed_aliases", "feed_archives")


def old(conn: psycopg.Connection, link_id: int, table: str = "links") -> None:
    """Give a row a key as older rules might have made it."""
    conn.execute(f"UPDATE {table} SET url_key = sha256(('old:' || id)::bytea) WHERE id = %s", (link_id,))


def link(conn: psycopg.Connection, url: str, state: str = "waiting", *, article_at: str | None = None) -> int:
    """A link with an older key, so that the same address may be there twice."""
    number = add(conn, url, article_at=article_at)
    old(conn, number)
    conn.execute("UPDATE articles SET url_key = sha256(('old:' || link_id)::bytea) WHERE link_id = %s", (number,))
    claim = (uuid.uuid4(), "1 hour") if state in ("dispatched", "running") else (None, None)
    conn.execute(
        "UPDATE links SET state = %s, code = %s, dispatch_id = %s, lease_until = now() + %s::interval WHERE id = %s",
        (state, "http_404" if state == "failed" else "", *claim, number),
    )
    return number


def state(conn: psycopg.Connection, number: int) -> tuple[str, str, bool]:
    """State, code, and whether the link has the key of its address."""
    row = conn.execute("SELECT state, code, url, url_key FROM links WHERE id = %s", (number,)).fetchone()
    assert row is not None
    return row[0], row[1], bytes(row[3]) == parse(row[2]).key


def keys(conn: psycopg.Connection) -> list[tuple]:
    return conn.execute(
        "SELECT 'l', id, url_key, state FROM links UNION ALL SELECT 'f', id, url_key, state FROM feeds"
        " UNION ALL SELECT 'a', id, url_key, '' FROM articles UNION ALL SELECT 'x', link_id, url_key, kind FROM aliases ORDER BY 1, 2, 3"
    ).fetchall()


def changes(found: list[rekey.Change]) -> dict[str, tuple[int, int]]:
    return {change.table: (change.changed, change.merged) for change in found}


def test_a_database_knows_the_version_of_its_keys(conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rekey.outdated(conn) is False
    monkeypatch.setattr(urls, "KEY_RULES", urls.KEY_RULES + 1)
    assert rekey.outdated(conn) is True
    rekey.run(conn)
    assert rekey.outdated(conn) is True
    rekey.run(conn, apply=True)
    assert rekey.outdated(conn) is False
    assert conn.execute("SELECT count(*) FROM key_version").fetchone() == (1,)


def test_what_is_right_stays(conn: psycopg.Connection) -> None:
    number = add(conn, "https://e.com/1", article_at="https://e.com/final")
    aliases.note(conn, number, [("https://e.com/final", "final")])
    feeds.add(conn, "https://e.com/feed")
    before = keys(conn)
    assert set(changes(rekey.run(conn, apply=True)).values()) == {(0, 0)}
    assert keys(conn) == before


def test_without_apply_it_only_says_what_would_change(conn: psycopg.Connection) -> None:
    first, second = link(conn, "https://e.com/1"), link(conn, "https://e.com/1")
    third = link(conn, "https://e.com/3")
    before = keys(conn)
    found = rekey.run(conn)
    assert keys(conn) == before
    assert changes(found)["links"] == (3, 1)
    assert found[0].examples[0] == rekey.Example("links", second, "https://e.com/1", first, "https://e.com/1")
    assert {example.id for example in found[0].examples} == {first, second, third}
    assert changes(rekey.run(conn, apply=True)) == changes(found)


@pytest.mark.parametrize(
    ("states", "winner"),
    [
        (("waiting", "waiting"), 0),
        (("failed", "waiting"), 1),
        (("waiting", "fetched"), 1),
        (("waiting", "running"), 1),
        (("fetched", "dispatched"), 1),
        (("running", "stored"), 1),
        (("stored", "waiting"), 0),
    ],
)
def test_of_merged_links_the_one_furthest_on_its_way_stays(conn: psycopg.Connection, states: tuple[str, str], winner: int) -> None:
    numbers = [link(conn, "https://e.com/1", s, article_at="https://e.com/1" if s == "stored" else None) for s in states]
    rekey.run(conn, apply=True)
    assert state(conn, numbers[winner]) == (states[winner], "", True)
    loser = 1 - winner
    expected = (states[loser], "") if states[loser] in ("dispatched", "running") else ("skipped", "duplicate")
    assert state(conn, numbers[loser]) == (*expected, False)
    assert links.enqueue(conn, [parse("https://e.com/1")])[0].id == numbers[winner]


def test_a_merged_link_keeps_its_sightings(conn: psycopg.Connection) -> None:
    feed, _ = feeds.add(conn, "https://e.com/feed")
    numbers = [link(conn, "https://e.com/1"), link(conn, "https://e.com/1")]
    conn.execute("INSERT INTO sightings (feed_id, link_id) SELECT %s, unnest(%s::bigint[])", (feed, numbers))
    rekey.run(conn, apply=True)
    assert conn.execute("SELECT count(*) FROM sightings").fetchone() == (2,)
    assert "link" in (conn.execute("SELECT detail FROM links WHERE id = %s", (numbers[1],)).fetchone() or ("",))[0]


def test_no_article_is_lost_where_both_links_have_one(conn: psycopg.Connection) -> None:
    numbers = [link(conn, "https://e.com/1", "stored", article_at="https://e.com/1") for _ in range(2)]
    found = rekey.run(conn, apply=True)
    assert [state(conn, number) for number in numbers] == [("stored", "", True), ("stored", "", False)]
    assert changes(found)["articles"] == (2, 1)
    holder = conn.execute("SELECT link_id FROM articles WHERE url_key = %s", (parse("https://e.com/1").key,)).fetchall()
    assert holder == [(numbers[0],)]
    assert conn.execute("SELECT count(*) FROM articles").fetchone() == (2,)


def test_keys_that_change_places_do_not_meet(conn: psycopg.Connection) -> None:
    first, second, third = (add(conn, f"https://e.com/{n}") for n in range(3))
    ring = [parse(f"https://e.com/{n}").key for n in range(3)]
    conn.execute("UPDATE links SET url_key = sha256(url_key)")
    for number, taken in ((first, ring[1]), (second, ring[2]), (third, ring[0])):
        conn.execute("UPDATE links SET url_key = %s WHERE id = %s", (taken, number))
    rekey.run(conn, apply=True)
    assert [state(conn, number)[2] for number in (first, second, third)] == [True] * 3


def test_a_link_joins_one_whose_key_was_right(conn: psycopg.Connection) -> None:
    late = link(conn, "https://e.com/1")
    right = add(conn, "https://e.com/1")
    rekey.run(conn, apply=True)
    assert state(conn, late) == ("waiting", "", True)  # the older one
    assert state(conn, right) == ("skipped", "duplicate", False)


def test_doing_it_again_changes_nothing(conn: psycopg.Connection) -> None:
    for _ in range(3):
        link(conn, "https://e.com/1", "stored", article_at="https://e.com/1")
        link(conn, "https://e.com/2", "running")
        link(conn, "https://e.com/3")
        number, _ = feeds.add(conn, "https://e.com/feed")
        old(conn, number, "feeds")
    rekey.run(conn, apply=True)
    after = keys(conn)
    conn.execute("UPDATE links SET state = 'failed', code = 'http_404', dispatch_id = NULL, lease_until = NULL WHERE state = 'running'")
    assert set(changes(rekey.run(conn, apply=True)).values()) == {(0, 0)}
    assert [row[:3] for row in keys(conn)] == [row[:3] for row in after]


def test_merged_feeds_are_polled_once(conn: psycopg.Connection) -> None:
    numbers = []
    for _ in range(2):
        number, _ = feeds.add(conn, "https://e.com/feed")
        old(conn, number, "feeds")
        numbers.append(number)
    conn.execute("UPDATE feeds SET state = 'paused' WHERE id = %s", (numbers[0],))
    rekey.run(conn, apply=True)
    assert conn.execute("SELECT id, state FROM feeds ORDER BY id").fetchall() == [(numbers[0], "stopped"), (numbers[1], "active")]
    assert feeds.add(conn, "https://e.com/feed") == (numbers[1], False)


def test_addresses_that_feeds_had_and_archive_pages_that_were_read_are_known_again(conn: psycopg.Connection) -> None:
    first, second = (feeds.add(conn, f"https://e.com/feed-{number}")[0] for number in (1, 2))
    for day, url in enumerate(["https://e.com/was", "https://e.com/was#again"]):
        conn.execute(
            "INSERT INTO feed_aliases (url_key, url, feed_id, since) VALUES (sha256(%s), %s, %s, now() + make_interval(days => %s))",
            (url.encode(), url, first, day),
        )
    for feed in (first, second):
        for url in ("https://e.com/feed?page=2", "https://e.com/feed?page=2#x"):
            conn.execute("INSERT INTO feed_archives (feed_id, url_key, url) VALUES (%s, sha256(%s), %s)", (feed, url.encode(), url))
    found = changes(rekey.run(conn, apply=True))
    assert (found["feed_aliases"], found["feed_archives"]) == ((2, 1), (4, 2))
    assert moved_feeds.former(conn, first) == ["https://e.com/was"]
    assert [bytes(row[0]) for row in conn.execute("SELECT url_key FROM feed_aliases")] == [parse("https://e.com/was").key]
    read = conn.execute("SELECT feed_id, url_key FROM feed_archives ORDER BY 1").fetchall()
    assert [(feed, bytes(key)) for feed, key in read] == [(feed, parse("https://e.com/feed?page=2").key) for feed in (first, second)]
    assert set(changes(rekey.run(conn, apply=True)).values()) == {(0, 0)}


def test_aliases_that_become_one_are_one(conn: psycopg.Connection) -> None:
    number, other = add(conn, "https://e.com/1"), add(conn, "https://e.com/2")
    for text, url, link_id in (("b", "https://e.com/x", other), ("a", "https://e.com/x", number), ("c", "https://e.com/y", number)):
        digest = hashlib.sha256(text.encode()).digest()
        seen = 0 if link_id == number else 1
        conn.execute(
            "INSERT INTO aliases (url_key, url, link_id, kind, seen_at) VALUES (%s, %s, %s, 'final', now() + make_interval(days => %s))",
            (digest, url, link_id, seen),
        )
    aliases.note(conn, other, [("https://e.com/y", "hop")])
    found = rekey.run(conn)
    assert changes(found)["aliases"] == (3, 2)
    rekey.run(conn, apply=True)
    assert [(a.url, a.kind) for a in aliases.of(conn, number)] == [("https://e.com/x", "final")]
    assert [(a.url, a.kind) for a in aliases.of(conn, other)] == [("https://e.com/y", "hop")]
    assert set(changes(rekey.run(conn)).values()) == {(0, 0)}


def test_an_article_keeps_the_address_that_was_chosen_for_it(conn: psycopg.Connection) -> None:
    number = add(conn, "https://e.com/1", article_at="https://e.com/a-1", canonical="https://e.com/b-1")
    other = add(conn, "https://e.com/2", article_at="https://e.com/a-2", canonical="https://e.com/b-1", text="Two.")
    conn.execute("UPDATE articles SET canonical_rejected = 'other_text' WHERE link_id = %s", (other,))
    rekey.run(conn, apply=True)
    found = dict(conn.execute("SELECT link_id, url_key FROM articles").fetchall())
    assert (found[number], found[other]) == (parse("https://e.com/b-1").key, parse("https://e.com/a-2").key)


def test_a_row_without_a_usable_address_keeps_its_key(conn: psycopg.Connection) -> None:
    number = add(conn, "https://e.com/1")
    conn.execute("UPDATE links SET url = 'gopher://e.com/' WHERE id = %s", (number,))
    before = keys(conn)
    (found, *_) = rekey.run(conn, apply=True)
    assert (found.rows, found.changed, found.unusable) == (1, 0, 1)
    assert keys(conn) == before


def test_all_rows_are_read_in_batches(conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekey, "BATCH", 2)
    numbers = [link(conn, f"https://e.com/{n}") for n in range(5)]
    seen: list[int] = []
    assert changes(rekey.run(conn, apply=True, advance=seen.append))["links"] == (5, 0)
    assert (seen, rekey.rows(conn)) == ([2, 2, 1], 5)
    assert all(state(conn, number)[2] for number in numbers)


def test_nobody_else_writes_a_table_while_its_keys_change_and_everybody_reads_it(conn: psycopg.Connection, settings: Settings) -> None:
    link(conn, "https://e.com/1")
    seen: list[str] = []

    def meanwhile(_: int) -> None:
        with connect(settings) as other:
            other.execute("SET lock_timeout = '50ms'")
            assert len(links.listing(other)) == 1
            for query in ("UPDATE links SET priority = 1", "SELECT FROM links FOR UPDATE"):
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    other.execute(query)
                seen.append(query)

    rekey.run(conn, apply=True, advance=meanwhile)
    assert len(seen) == 2
    rekey.run(conn, advance=lambda _: conn.execute("SELECT 1"))
    conn.execute("UPDATE links SET priority = 1")


def test_a_run_that_is_cut_off_leaves_its_table_as_it_was_and_the_next_one_finishes(conn: psycopg.Connection) -> None:
    numbers = [link(conn, "https://e.com/1", "stored", article_at="https://e.com/1") for _ in range(2)]
    tables: list[int] = []

    def cut(_: int) -> None:
        tables.append(1)
        if len(tables) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rekey.run(conn, apply=True, advance=cut)
    assert state(conn, numbers[0])[2]
    found = conn.execute("SELECT url_key FROM articles ORDER BY link_id").fetchall()
    assert parse("https://e.com/1").key not in [bytes(key) for (key,) in found]
    assert changes(rekey.run(conn, apply=True)) == dict.fromkeys(TABLES, (0, 0)) | {"articles": (2, 1)}
