"""What a site's articles have in common is known from the third on, counted once each, forgotten, and never in anybody's way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from pipeline.extract.model import Dropped
from pipeline.settings import Settings
from pipeline.store.articles import boilerplate
from pipeline.store.articles.fields import Stored
from pipeline.store.db.pool import connect
from tests.extract.boilerplate import BOX, COPYRIGHT, NEWSLETTER, SHARE, story
from tests.extract.pages import page as html
from tests.store.articles.published import SITE, begin, extraction, keep


def publish(
    conn: psycopg.Connection, settings: Settings, number: int, *, site: str = SITE, lang: str = "en", plain: bool = False
) -> Stored:
    """One article of a site whose pages all carry the same boilerplate inside their article element."""
    own = story(number)
    paragraphs = own if plain else [SHARE, *own[:3], NEWSLETTER, *own[3:], BOX, COPYRIGHT]
    body = html(tuple(paragraphs), title=f"The {number}th story of the harbour", lang=lang)
    return keep(conn, settings, extraction(conn, settings, f"{site}/story-{number}", body))


def test_from_the_third_article_on_the_text_is_the_article_s_own_and_whole(conn: psycopg.Connection, settings: Settings) -> None:
    found = [publish(conn, settings, number) for number in range(5)]
    assert all(BOX in one.text for one in found[:2]), "else the extraction drops it by itself, and this test says nothing"
    for number, one in enumerate(found[2:], 2):
        assert one.text.split("\n") == story(number)
        assert one.markdown.count("\n\n") == 5
        assert one.word_count == len(one.text.split())
        assert [line["text"] for line in one.dropped if line["text"] in (BOX, NEWSLETTER)] == [NEWSLETTER, BOX]
        assert all(line["text"] not in one.text for line in one.dropped)


def test_an_article_counts_once_however_often_it_is_extracted(conn: psycopg.Connection, settings: Settings) -> None:
    publish(conn, settings, 0)
    for _ in range(3):
        conn.execute("UPDATE links SET state = 'fetched', stage = 'extract', recheck = true WHERE state = 'stored'")
        assert BOX in keep(conn, settings, begin(conn, settings)).text
    assert conn.execute("SELECT count(*) FROM site_paragraphs").fetchone() == (1,)
    assert BOX in publish(conn, settings, 1).text


def test_hosts_and_languages_are_known_apart_and_www_is_no_other_host(conn: psycopg.Connection, settings: Settings) -> None:
    for number in range(2):
        publish(conn, settings, number)
    assert BOX in publish(conn, settings, 2, site="http://sport.post.example").text
    assert BOX not in publish(conn, settings, 3, site="http://post.example").text
    assert {place for (place,) in conn.execute("SELECT DISTINCT site || ' ' || language FROM site_paragraphs")} == {
        "post.example en",
        "sport.post.example en",
    }


def test_what_ceased_to_repeat_comes_back_when_an_article_is_extracted_again(conn: psycopg.Connection, settings: Settings) -> None:
    third = [publish(conn, settings, number) for number in range(3)][2]
    assert BOX not in third.text
    conn.execute(
        "INSERT INTO links (id, url, url_key, host_id) OVERRIDING SYSTEM VALUE SELECT n, n::text, sha256(n::text::bytea), (SELECT min(id) FROM hosts)"
        " FROM generate_series(100, 199) n"
    )
    conn.execute("INSERT INTO site_paragraphs SELECT n, 'post.example', 'en', ARRAY[n], n, n, NULL FROM generate_series(100, 199) n")
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract', recheck = true WHERE id = %s", (third.link_id,))
    again = keep(conn, settings, begin(conn, settings))
    assert BOX in again.text
    assert again.dropped == []
    assert conn.execute("SELECT text FROM revisions").fetchone() == (third.text,)


def test_switched_off_nothing_is_left_out_and_extracting_again_puts_it_back(conn: psycopg.Connection, settings: Settings) -> None:
    third = [publish(conn, settings, number) for number in range(3)][2]
    assert third.dropped
    off = settings.model_copy(update={"extract": settings.extract.model_copy(update={"drop_site_boilerplate": False})})
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract', recheck = true WHERE id = %s", (third.link_id,))
    again = keep(conn, off, begin(conn, off))
    assert BOX in again.text
    assert again.dropped == []


def test_an_article_older_than_the_memory_of_its_site_keeps_what_was_decided(
    conn: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boilerplate, "KEPT", 3)
    third = [publish(conn, settings, number) for number in range(3)][2]
    for number in range(3, 6):
        publish(conn, settings, number, plain=True)
    assert boilerplate.trim(conn) == 3
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract', recheck = true WHERE id = %s", (third.link_id,))
    again = keep(conn, settings, begin(conn, settings))
    assert (again.text, again.dropped) == (third.text, third.dropped)
    assert conn.execute("SELECT count(*) FROM site_paragraphs WHERE link_id = %s", (third.link_id,)).fetchone() == (0,)


def test_a_site_keeps_its_newest_articles_only(conn: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "KEPT", 2)
    for number in range(4):
        publish(conn, settings, number, plain=True)
    publish(conn, settings, 9, site="http://other.example")
    assert boilerplate.trim(conn) == 2
    assert boilerplate.trim(conn) == 0
    kept = conn.execute("SELECT l.url FROM site_paragraphs m JOIN links l ON l.id = m.link_id ORDER BY l.id").fetchall()
    assert kept == [(f"{SITE}/story-2",), (f"{SITE}/story-3",), ("http://other.example/story-9",)]


def test_many_workers_at_once_on_one_site_wait_for_nobody(conn: psycopg.Connection, settings: Settings) -> None:
    jobs = [extraction(conn, settings, f"{SITE}/story-{n}", html((*story(n), BOX), title=f"Story {n} of it")) for n in range(24)]
    barrier = threading.Barrier(6)

    def work(part: int) -> int:
        with connect(settings) as own:
            barrier.wait(120)
            for job in jobs[part::6]:
                keep(own, settings, job)
                boilerplate.trim(own)
        return part

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(work, range(6))) == list(range(6))
    assert conn.execute("SELECT count(*) FROM site_paragraphs").fetchone() == (24,)
    assert conn.execute("SELECT count(*) > 12 FROM articles WHERE dropped <> '[]'").fetchone() == (True,)


def test_of_what_is_kept_as_metadata_only_nothing_is_remembered(conn: psycopg.Connection, settings: Settings) -> None:
    publish(conn, settings, 0)
    quiet = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"honour_noarchive": True})})
    conn.execute('UPDATE pages SET headers = headers || \'{"x-robots-tag": "noarchive"}\'')
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract', recheck = true")
    assert "metadata_only" in keep(conn, quiet, begin(conn, quiet)).flags
    assert conn.execute("SELECT count(*) FROM site_paragraphs").fetchone() == (0,)


def test_what_was_dropped_is_noted_with_its_place(conn: psycopg.Connection, settings: Settings) -> None:
    one = [publish(conn, settings, number) for number in range(3)][2]
    whole = one.text.split("\n")
    for line in one.dropped:
        whole.insert(line["at"], line["text"])
    assert [text for text in whole if text in (BOX, NEWSLETTER)] == [NEWSLETTER, BOX]
    assert whole.index(NEWSLETTER) in (3, 4)
    assert Dropped(**one.dropped[0]).text == one.dropped[0]["text"]
