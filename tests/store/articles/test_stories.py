"""Copies of one text meet in a story, also when they are stored at the same moment, and leave it when their text changes."""

from __future__ import annotations

import dataclasses
import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from pipeline.jobs import ExtractJob, FeedHints, Identity, Page
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.articles import articles, stories
from pipeline.store.db.pool import connect
from pipeline.store.extraction import extracting
from pipeline.store.links import links
from tests.normalise import stories as texts
from tests.store.articles.everything import everything
from tests.store.articles.made import told

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Paper:
    """Stores articles as a worker does, and stores them again under the same address when told to."""

    def __init__(self, conn: psycopg.Connection, settings: Settings) -> None:
        self.conn, self.settings = conn, settings

    def __call__(self, url: str, text: str, title: str = "A title", at: datetime = DAY, **changes: Any) -> int:
        found = told(text, title=title, published_at=at, **changes)
        job = self.job(url)
        assert extracting.stored(self.conn, job, found, Identity(job.url_key), "x-1", 0.1, self.settings)
        return self.id_of(url)

    def job(self, url: str) -> ExtractJob:
        links.enqueue(self.conn, [parse(url)])
        self.conn.execute(
            "UPDATE links SET state = 'running', stage = 'extract', dispatch_id = gen_random_uuid(), lease_until = now() + interval '1 h'"
            " WHERE url = %s",
            (url,),
        )
        row = self.conn.execute("SELECT id, dispatch_id, url_key FROM links WHERE url = %s", (url,)).fetchone()
        assert row
        page = Page(url, url, 200, {}, (), b"", DAY)
        return ExtractJob(row[0], row[1], url, bytes(row[2]), 1, page, FeedHints(), "w", DAY)

    def id_of(self, url: str) -> int:
        row = self.conn.execute("SELECT id FROM articles WHERE url = %s", (url,)).fetchone()
        assert row
        return int(row[0])

    def story_of(self, id_: int) -> int | None:
        found = articles.get(self.conn, id_)
        assert found
        return found.story_id


@pytest.fixture
def paper(conn: psycopg.Connection, settings: Settings) -> Paper:
    return Paper(conn, settings)


def one(number: int) -> str:
    return f"http://paper{number}.example/story"


def counts(conn: psycopg.Connection) -> tuple[int, int]:
    """Stories and articles in them; and what a story says of itself is true."""
    wrong = conn.execute(
        """
        SELECT s.id FROM stories s LEFT JOIN story_articles m ON m.story_id = s.id GROUP BY s.id
        HAVING count(m.article_id) <> s.articles OR s.articles < 2 OR NOT bool_or(m.article_id = s.original_id)
        """
    ).fetchall()
    assert not wrong
    row = conn.execute("SELECT (SELECT count(*) FROM stories), (SELECT count(*) FROM story_articles)").fetchone()
    assert row
    return row[0], row[1]


def test_copies_on_three_sites_are_one_story_and_another_text_is_none(paper: Paper, conn: psycopg.Connection) -> None:
    first = paper(one(1), texts.WIRE)
    assert paper.story_of(first) is None
    cut = paper(one(2), "\n".join(texts.WIRE.splitlines()[:4]), "Another headline", DAY + timedelta(hours=2))
    same = paper(one(3), texts.WIRE, at=DAY - timedelta(hours=1))
    other = paper(one(4), texts.OTHER_REPORT)
    assert paper.story_of(first) == paper.story_of(cut) == paper.story_of(same) is not None
    assert paper.story_of(other) is None
    assert [articles.get(conn, id_).duplicate_of for id_ in (first, cut, same, other)] == [same, same, None, None]  # type: ignore[union-attr]
    (story,) = stories.listing(conn)
    assert (story.articles, story.sites, story.original_id, story.first_at) == (3, 3, same, DAY - timedelta(hours=1))
    assert [(member.article_id, member.duplicate_of) for member in stories.of(conn, story.id)] == [(same, None), (first, same), (cut, same)]
    assert len(everything(conn)) == 4
    assert counts(conn) == (1, 3)


def test_the_copy_that_others_credit_is_the_original_though_it_came_later(paper: Paper, conn: psycopg.Connection) -> None:
    credits = paper(one(1), texts.WIRE, original_publisher="The Isles Dispatch")
    bare = paper(one(2), texts.WIRE, at=DAY + timedelta(hours=1))
    assert stories.listing(conn)[0].original_id == bare
    first = paper(one(3), texts.WIRE, at=DAY + timedelta(hours=2), site_name="Isles Dispatch")
    assert [articles.get(conn, id_).duplicate_of for id_ in (credits, bare, first)] == [first, first, None]  # type: ignore[union-attr]


def test_what_lies_outside_the_window_is_no_copy(paper: Paper, conn: psycopg.Connection) -> None:
    paper(one(1), texts.WIRE)
    paper(one(2), texts.WIRE, at=DAY + timedelta(days=8))
    assert counts(conn) == (0, 0)
    paper(one(3), texts.WIRE, at=DAY + timedelta(days=6))
    assert counts(conn) == (1, 2)


def test_short_texts_meet_only_under_one_title(paper: Paper, conn: psycopg.Connection) -> None:
    for number, title in enumerate(("Harbour closed", "School closed", "Harbour Closed")):
        paper(one(number), "Watch the video above.", title)
    assert [member.title for member in stories.of(conn, stories.listing(conn)[0].id)] == ["Harbour closed", "Harbour Closed"]


def test_an_article_whose_text_changed_moves_and_a_story_of_one_goes(paper: Paper, conn: psycopg.Connection) -> None:
    ferry = [paper(one(number), texts.WIRE) for number in (1, 2)]
    markets = [paper(one(number), texts.MARKETS_MONDAY, at=DAY + timedelta(hours=number)) for number in (3, 4)]
    assert counts(conn) == (2, 4)
    paper(one(3), texts.WIRE, at=DAY - timedelta(days=1))
    assert paper.story_of(markets[0]) == paper.story_of(ferry[0]) is not None
    assert paper.story_of(markets[1]) is None
    assert articles.get(conn, ferry[0]).duplicate_of == markets[0]  # type: ignore[union-attr]
    assert counts(conn) == (1, 3)
    paper(one(3), texts.COUNCIL + texts.BACKGROUND)
    assert (paper.story_of(markets[0]), counts(conn)) == (None, (1, 2))
    assert articles.get(conn, ferry[1]).duplicate_of == ferry[0]  # type: ignore[union-attr]
    paper(one(3), texts.MARKETS_MONDAY)
    assert paper.story_of(markets[0]) == paper.story_of(markets[1]) is not None


def test_an_edited_article_stays_in_its_story(paper: Paper, conn: psycopg.Connection) -> None:
    ids = [paper(one(number), texts.WIRE) for number in (1, 2)]
    story = paper.story_of(ids[0])
    paper(one(2), texts.WIRE.replace("1,900", "2,000"), at=DAY - timedelta(hours=1))
    assert paper.story_of(ids[1]) == story
    assert articles.get(conn, ids[0]).duplicate_of == ids[1]  # type: ignore[union-attr]


def test_who_is_credited_is_the_original_though_it_came_later(paper: Paper, conn: psycopg.Connection) -> None:
    copy = paper(one(1), texts.WIRE, original_publisher="The Skerra Bulletin", site_name="Daily Post")
    silent = paper(one(2), texts.WIRE, at=DAY + timedelta(hours=1), site_name="Echo")
    assert articles.get(conn, copy).duplicate_of == silent  # type: ignore[union-attr]
    credited = paper(one(3), texts.WIRE, at=DAY + timedelta(hours=2), site_name="Skerra Bulletin")
    assert [articles.get(conn, id_).duplicate_of for id_ in (copy, silent, credited)] == [credited, credited, None]  # type: ignore[union-attr]


def test_an_article_kept_as_metadata_only_leaves_its_story(paper: Paper, conn: psycopg.Connection) -> None:
    for number in (1, 2):
        paper(one(number), texts.WIRE)
    job = paper.job(one(2))
    assert extracting.stored(conn, job, told("A title", flags=("metadata_only",)), Identity(job.url_key), "x-1", 0.1, paper.settings)
    assert counts(conn) == (0, 0)
    assert conn.execute("SELECT count(DISTINCT article_id) FROM bands").fetchone() == (1,)


def test_old_bands_go_and_stories_stay(paper: Paper, conn: psycopg.Connection) -> None:
    for number in (1, 2):
        paper(one(number), texts.WIRE)
    assert stories.prune(conn, 7) == 0
    conn.execute("UPDATE fingerprints SET noted_at = now() - interval '8 days'")
    assert stories.prune(conn, 7) == 2
    assert conn.execute("SELECT (SELECT count(*) FROM bands), (SELECT count(*) FROM fingerprints)").fetchone() == (0, 0)
    assert counts(conn) == (1, 2)


def test_two_copies_stored_at_the_same_moment_meet(paper: Paper, settings: Settings, conn: psycopg.Connection) -> None:
    """The second waits until the first is stored or given up, and only then looks."""
    jobs = [paper.job(one(number)) for number in (1, 2)]
    found = told(texts.WIRE)
    with connect(settings) as other:

        def second() -> None:
            extracting.stored(other, jobs[1], found, Identity(jobs[1].url_key), "x-1", 0.1, settings)

        thread = threading.Thread(target=second)
        with conn.transaction():
            extracting.stored(conn, jobs[0], found, Identity(jobs[0].url_key), "x-1", 0.1, settings)
            thread.start()
            while not conn.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone()[0]:  # type: ignore[index]
                assert thread.is_alive()
        thread.join()
    assert counts(conn) == (1, 2)


def test_many_workers_storing_copies_and_storing_them_again_end_in_order(
    paper: Paper, settings: Settings, conn: psycopg.Connection
) -> None:
    """No deadlock, no lost copy, and counts that are true, whatever the order."""
    whole = [texts.WIRE, texts.MARKETS_MONDAY, texts.OTHER_REPORT]
    variants = [[text, "Some lead of one's own.\n" + text, "\n".join(text.splitlines()[:4])] for text in whole]
    jobs = [paper.job(one(number)) for number in range(24)]
    last: dict[int, int] = {}

    def work(part: int) -> None:
        rng = random.Random(part)
        with connect(settings) as own:
            for _ in range(4):
                for number in range(part, len(jobs), 4):
                    kind = rng.randrange(len(whole))
                    text = rng.choice(variants[kind])
                    with own.transaction():
                        own.execute(
                            "UPDATE links SET state = 'running', dispatch_id = %s, lease_until = now() WHERE id = %s",
                            (jobs[number].dispatch_id, jobs[number].link_id),
                        )
                    found = told(text)
                    extracting.stored(own, jobs[number], found, Identity(jobs[number].url_key), "x-1", 0.1, settings)
                    last[number] = kind

    threads = [threading.Thread(target=work, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(last) == len(jobs)
    assert sum(counts(conn)[1:]) == sum(1 for kind in last.values() if list(last.values()).count(kind) > 1)
    together = conn.execute(
        "SELECT m.story_id, array_agg(DISTINCT l.id) FROM story_articles m JOIN articles a ON a.id = m.article_id JOIN links l ON l.id = a.link_id GROUP BY 1"
    )
    number_of = {job.link_id: number for number, job in enumerate(jobs)}
    for _, members in together:
        assert len({last[number_of[link_id]] for link_id in members}) == 1


def test_an_article_stored_again_unchanged_does_not_look(paper: Paper, conn: psycopg.Connection) -> None:
    paper(one(1), texts.WIRE)
    found = told(texts.WIRE, published_at=DAY)
    row = conn.execute("SELECT link_id FROM articles").fetchone()
    assert row
    assert stories.meet(stories.ask(conn, row[0], found, DAY, 7)).settled
    assert not stories.meet(stories.ask(conn, row[0], dataclasses.replace(found, content_hash=b"x"), DAY, 7)).settled
    paper(one(2), texts.WIRE, at=DAY + timedelta(hours=1))
    assert articles.get(conn, paper.id_of(one(1))).duplicate_of is None  # type: ignore[union-attr]
    paper(one(2), texts.WIRE, at=DAY - timedelta(hours=1))
    assert articles.get(conn, paper.id_of(one(1))).duplicate_of == paper.id_of(one(2))  # type: ignore[union-attr]
