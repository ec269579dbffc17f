"""What a small internet of real pages publishes, in some twenty languages, is found by its own words as soon as it is stored."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from pipeline.search.parse import parse
from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.search import checking, finding
from tests.integration.newsroom import newsroom
from tests.integration.stack import stack, wait_until

pytestmark = [pytest.mark.newsroom, pytest.mark.timeout(900)]

FOUND_WITHIN_S = 2.0
STALLED_S = 120.0  # for the next article to be stored


def test_each_article_is_found_by_a_phrase_of_its_text_within_two_seconds_of_being_stored(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    with newsroom("--faults", "none", "--sites", "20") as room, stack(settings, tmp_path / "logs") as running:
        articles = len(room.rows("truth"))
        for site in room.rows("sites"):
            feeds.add(conn, site["feed"])
        seen: set[int] = set()
        while len(seen) < articles:
            wait_until(lambda: bool(_others(conn, seen)), STALLED_S, "the next article", running.tails)
            for id_, text in _others(conn, seen):
                phrase = phrase_of(text)
                wait_until(lambda id_=id_, phrase=phrase: _is_found(conn, id_, phrase), FOUND_WITHIN_S, f"{id_} to be found by {phrase}")  # type: ignore[misc]
                seen.add(id_)
        assert checking.check(conn, articles).wrong == 0


def phrase_of(text: str) -> str:
    """What stands in the middle of the longest line, in quotes."""
    line = re.sub(r'["“”„‟«»＂\\]', " ", max(text.splitlines(), key=len))
    middle = line[len(line) // 3 :][:60]
    whole = " ".join(middle.split()[1:-1])  # the words at the ends are cut
    return f'"{whole or middle}"'


def _others(conn: psycopg.Connection, seen: set[int]) -> list[tuple[int, str]]:
    return conn.execute("SELECT id, text FROM articles WHERE id <> ALL(%s) ORDER BY id", (list(seen),)).fetchall()


def _is_found(conn: psycopg.Connection, id_: int, phrase: str) -> bool:
    return id_ in {hit.article_id for hit in finding.newest(conn, parse(phrase).tree, 100)}


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("short\n" + "one two three four five six seven eight", '"five six seven"'),
        ("中" * 90, '"' + "中" * 60 + '"'),
        ('the words “that” stand here and "are" of no use \\ at all', None),
    ],
)
def test_a_phrase_of_a_text_is_a_query_for_it(text: str, phrase: str | None) -> None:
    assert phrase in (None, phrase_of(text))
    assert parse(phrase_of(text)).tree
