"""Random matches, and the words typical of matches. The same seed gives the same articles, as long as the matches stay the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from psycopg import Connection

from pipeline.search import tree
from pipeline.search.keyness import Word, in_texts, typical
from pipeline.search.tree import Node
from pipeline.store.search import months
from pipeline.store.search.compile import compiled
from pipeline.store.search.finding import Hit, led, parts

TEXTS = 1_000  # matches whose words are counted, and articles with which they are compared


@dataclass(frozen=True, slots=True)
class Words:
    """Typical words. `texts` is the number of matches read."""

    words: list[Word]
    texts: int


def sample(conn: Connection, query: Node, most: int, seed: str) -> list[Hit]:
    """Random matches, all with the same chance."""
    made = compiled(query)
    found: list[tuple[str, int, datetime, date]] = []
    with led(conn, made):
        for part in [months.OTHER, *parts(conn, made)]:
            found += conn.execute(
                f"""
                SELECT md5(s.article_id || ':' || %(seed)s) AS rand, s.article_id, s.at, s.day FROM {part} s WHERE {made.sql}
                ORDER BY rand LIMIT %(most)s
                """,
                {**made.values, "seed": seed, "most": most},
            ).fetchall()
            found = sorted(found)[:most]
    return [Hit(article_id, at, day) for _, article_id, at, day in found]


def words(conn: Connection, query: Node, most: int = 50, seed: str = "") -> Words:
    """The words that are more frequent in a sample of the matches than in a sample of all articles."""
    texts = _texts(conn, sample(conn, query, TEXTS, seed))
    others = _texts(conn, sample(conn, tree.EVERYTHING, TEXTS, seed))
    return Words(typical(in_texts(texts), len(texts), in_texts(others), len(others), most), len(texts))


def _texts(conn: Connection, hits: list[Hit]) -> list[str]:
    rows = conn.execute("SELECT title || ' ' || text FROM articles WHERE id = ANY(%s)", ([hit.article_id for hit in hits],)).fetchall()
    return [text for (text,) in rows]
