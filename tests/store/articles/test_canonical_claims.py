"""A canonical URL that a site names for several stories costs none of them, through the whole step."""

from __future__ import annotations

import psycopg

from pipeline.outcomes import State
from pipeline.settings import Settings
from pipeline.steps import extraction as extract_step
from pipeline.store.extraction import extracting
from pipeline.store.links.aliases import of as aliases_of
from tests.extract.boilerplate import story
from tests.extract.pages import page as html
from tests.store.articles.published import SITE, extraction, keep

CLAIM = f"{SITE}/news/the-story-of-all-days"


def claiming(number: int, claim: str = CLAIM) -> str:
    return html(tuple(story(number)), title=f"The {number}th story of the harbour", head=f'<link rel="canonical" href="{claim}">')


def publish(conn: psycopg.Connection, settings: Settings, number: int) -> tuple[str, str]:
    """Store a story; how its claim was judged, and the canonical URL it is known by."""
    stored = keep(conn, settings, extraction(conn, settings, f"{SITE}/news/story-number-{number}", claiming(number)))
    return stored.canonical_rejected, stored.canonical_url


def test_one_canonical_url_for_all_stories_of_a_site_loses_none(conn: psycopg.Connection, settings: Settings) -> None:
    judged = [publish(conn, settings, number) for number in range(5)]
    assert judged[0] == ("", CLAIM)
    assert [reason for reason, _ in judged[1:]] == ["other_story"] * 4
    assert conn.execute("SELECT count(*), count(DISTINCT url_key) FROM articles").fetchone() == (5, 5)


def test_nor_where_the_story_that_had_it_first_is_gone(conn: psycopg.Connection, settings: Settings) -> None:
    for number in range(3):
        publish(conn, settings, number)
    conn.execute("DELETE FROM articles WHERE canonical_rejected = ''")
    assert publish(conn, settings, 3)[0] == "shared"


def test_the_same_story_at_two_addresses_is_one_article(conn: psycopg.Connection, settings: Settings) -> None:
    first = extraction(conn, settings, f"{SITE}/news/story-number-1", claiming(1))
    keep(conn, settings, first)
    second = extraction(conn, settings, f"{SITE}/print/story-number-1", claiming(1))
    found = extract_step.extract_page(second, settings)
    verdict = extracting.stored(conn, second, found.article, found.identity, "x-1", 0.1, settings)
    assert verdict
    assert (verdict.state, verdict.code) == (State.SKIPPED, "duplicate")
    assert f"{SITE}/print/story-number-1" in {alias.url for alias in aliases_of(conn, first.link_id)}
