"""Articles are kept once, their earlier texts too; pages come and go by months."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import psycopg
import pytest

from pipeline.hops import Hop
from pipeline.jobs import Identity
from pipeline.outcomes import State
from pipeline.settings import Settings
from pipeline.store.articles import articles, pages
from pipeline.store.extraction import extracting
from pipeline.store.links import trace
from pipeline.store.queue import claims
from tests.store.articles.everything import everything
from tests.store.articles.made import article, fetched


def test_a_page_comes_back_as_it_was_put_in(conn: psycopg.Connection, settings: Settings) -> None:
    page = fetched(conn, settings, "http://a.example/1").page
    assert (page.body, page.hops, page.headers["content-type"]) == (b"<html>" * 1000, (Hop("http://a.example/old", 301),), "text/html")
    assert conn.execute("SELECT size, octet_length(body) < 100 FROM pages").fetchone() == (6000, True)


def test_an_article_is_stored_and_read_back(conn: psycopg.Connection, settings: Settings) -> None:
    job = fetched(conn, settings, "http://a.example/1")
    verdict = extracting.stored(conn, job, article(), Identity(job.url_key), "x-1", 0.2, settings)
    assert verdict
    assert verdict.state == State.STORED
    (stored,) = everything(conn)
    assert (stored.title, stored.authors, stored.tags, stored.extractor) == ("A title", ["Ada Example"], ["a", "b"], "x-1")
    assert articles.get(conn, stored.id) == stored
    story = trace.trace(conn, "http://a.example/1")
    assert story
    assert [(event.what, event.outcome) for event in story.events] == [("created", "ok"), ("fetch", "ok"), ("extract", "stored")]


def test_all_that_is_known_of_an_article_is_kept(conn: psycopg.Connection, settings: Settings) -> None:
    job = fetched(conn, settings, "http://a.example/1")
    known = {
        "published_precision": "day", "modified_precision": "zone_assumed", "section": "Town", "agencies": ("AFP",), "original_publisher": "Isles Dispatch",
        "original_url": "http://isles.example/1", "licence": "CC BY 4.0", "access": "metered", "image_width": 1200, "image_height": 675,
    }  # fmt: skip
    extracting.stored(conn, job, article(**known), Identity(job.url_key), "x-1", 0.2, settings)
    (stored,) = everything(conn)
    assert {name: getattr(stored, name) for name in known} == known | {"agencies": ["AFP"]}


def test_a_second_link_to_an_article_is_skipped_as_its_duplicate(conn: psycopg.Connection, settings: Settings) -> None:
    first = fetched(conn, settings, "http://a.example/1")
    extracting.stored(conn, first, article(), Identity(first.url_key), "x-1", 0.2, settings)
    second = fetched(conn, settings, "http://a.example/2")
    verdict = extracting.stored(conn, second, article(), Identity(first.url_key), "x-1", 0.2, settings)
    assert verdict
    assert (verdict.state, verdict.code) == (State.SKIPPED, "duplicate")
    assert "http://a.example/1" in verdict.detail
    assert len(everything(conn)) == 1


def test_a_changed_text_is_kept_beside_the_new_one(conn: psycopg.Connection, settings: Settings) -> None:
    job = fetched(conn, settings, "http://a.example/1")
    extracting.stored(conn, job, article("The old text."), Identity(job.url_key), "x-1", 0.2, settings)
    page = dataclasses.replace(job.page, fetched_at=datetime.now(UTC))
    for changed in (article("The new text."), article("The new text.", title="Another")):
        articles.keep_revision(conn, job.link_id, changed)
        articles.upsert(conn, job.link_id, job.url, page, changed, Identity(job.url_key), "x-2")
    (stored,) = everything(conn)
    assert (stored.text, stored.title) == ("The new text.", "Another")
    assert conn.execute("SELECT text, extractor FROM revisions").fetchall() == [("The old text.", "x-1")]


def test_a_result_that_comes_after_its_lease_is_not_written(conn: psycopg.Connection, settings: Settings) -> None:
    job = fetched(conn, settings, "http://a.example/1")
    conn.execute("UPDATE links SET lease_until = now() - interval '1 s'")
    claims.give_back_expired(conn, settings)
    assert extracting.stored(conn, job, article(), Identity(job.url_key), "x-1", 0.2, settings) is None
    assert len(everything(conn)) == 0


def test_an_article_that_postgres_refuses_leaves_the_row_as_it_was(conn: psycopg.Connection, settings: Settings) -> None:
    job = fetched(conn, settings, "http://a.example/1")
    with pytest.raises(psycopg.DataError):
        extracting.stored(conn, job, article(title="with a \x00 in it"), Identity(job.url_key), "x-1", 0.2, settings)
    assert conn.execute("SELECT state FROM links").fetchone() == ("running",)


def test_months_are_made_ahead_and_old_ones_dropped(conn: psycopg.Connection, settings: Settings) -> None:
    fetched(conn, settings, "http://a.example/1")
    names = pages.make_partitions(conn, datetime(2020, 11, 15, tzinfo=UTC))
    assert names == ["pages_2020_11", "pages_2020_12", "pages_2021_01", "pages_2021_02"]
    assert pages.prune(conn, 90, datetime(2021, 3, 5, tzinfo=UTC)).months == ("pages_2020_11",)
    assert sorted(pages.prune(conn, 90).months) == names[1:]
    assert conn.execute("SELECT count(*) FROM pages").fetchone() == (1,)


def test_of_an_article_kept_as_metadata_only_no_page_and_no_earlier_text_stays(conn: psycopg.Connection, settings: Settings) -> None:
    job = fetched(conn, settings, "http://a.example/1")
    articles.upsert(conn, job.link_id, job.url, job.page, article("The full text."), Identity(job.url_key), "x-1")
    bare = article("A title", flags=("noarchive", "metadata_only"))
    assert extracting.stored(conn, job, bare, Identity(job.url_key), "x-1", 0.2, settings)
    assert conn.execute("SELECT (SELECT count(*) FROM pages), (SELECT count(*) FROM revisions)").fetchone() == (0, 0)
    assert conn.execute("SELECT text FROM articles").fetchone() == ("A title",)
