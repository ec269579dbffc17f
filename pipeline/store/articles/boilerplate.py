"""The hashes of the paragraphs in each site's articles, from which its boilerplate is recognised
(`pipeline.extract.text.site_boilerplate`).

Each article has one row, written with it under the lock of its link. So an article counts once, however often it is extracted; workers
share no row; and no deadlock is possible. Only the newest articles of a site have rows (`trim`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from psycopg import Connection

from pipeline.extract.model import Article, Dropped, content_hash
from pipeline.extract.text.site_boilerplate import ParagraphHashes, boilerplate_places, marks
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from pipeline.text import count_words

AROUND = 60  # articles examined before and after the one in question; enough to recognise boilerplate of a single section
KEPT = 500  # articles of one site and language that are kept; at 250 bytes each that is 125 KB


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article's paragraphs are kept: by host and language.

    The registrable domain would be too wide: boilerplate belongs to a template, templates belong to hosts, and the editions of a domain
    would dilute each other. Many hosts publish in several languages.
    """

    site: str
    language: str


def place_of(final_url: str, language: str | None) -> Place | None:
    """The place for the article of a page; None for a file without an address."""
    try:
        host = parse(final_url).host
    except Failure:
        return None
    return Place(host.removeprefix("www."), language or "")


def cleaned(conn: Connection, link_id: int, final_url: str, article: Article, settings: Extract) -> tuple[Article, ParagraphHashes | None]:
    """Return the article without its site's boilerplate, as far as that is known now, and the hashes to note for it. The hashes are
    returned even if nothing is removed."""
    place = place_of(final_url, article.language)
    if place is None or "metadata_only" in article.flags:
        return article, None
    texts = [block.text for block in article.blocks]
    own = marks(texts, article.title, article.authors, (article.published_at or datetime.now(UTC)).date())
    if not settings.drop_site_boilerplate:
        return article, own
    others, silent, is_reached = _around(conn, link_id, place, own)
    places = boilerplate_places(texts, own, others, silent) if is_reached else _as_before(conn, link_id, texts)
    return without(article, places), own


def without(article: Article, places: tuple[int, ...]) -> Article:
    """The article without the blocks at these places, which move to `dropped`."""
    if not places:
        return article
    gone = set(places)
    blocks = tuple(block for at, block in enumerate(article.blocks) if at not in gone)
    fresh = replace(article, blocks=blocks, dropped=tuple(Dropped(at, article.blocks[at].text) for at in places))
    return replace(fresh, word_count=count_words(fresh.text, fresh.language), content_hash=content_hash(fresh.text))


def note(conn: Connection, link_id: int, final_url: str, language: str | None, own: ParagraphHashes) -> None:
    """Store the article's hashes. If its site is full and the article is older than all others there, it is not stored, because it would
    displace a newer one."""
    place = place_of(final_url, language)
    if place is None:
        return
    conn.execute(
        """
        INSERT INTO site_paragraphs (link_id, site, language, paragraphs, title, byline, day)
        SELECT %(link)s, %(site)s, %(language)s, %(paragraphs)s, %(title)s, %(byline)s, %(day)s
        WHERE (SELECT count(*) FROM (SELECT FROM site_paragraphs WHERE site = %(site)s AND language = %(language)s AND link_id > %(link)s LIMIT %(kept)s) newer) < %(kept)s
        ON CONFLICT (link_id) DO UPDATE SET site = excluded.site, language = excluded.language, paragraphs = excluded.paragraphs,
               title = excluded.title, byline = excluded.byline, day = excluded.day
        """,
        {
            "link": link_id,
            "site": place.site,
            "language": place.language,
            "paragraphs": list(own.paragraphs),
            "title": own.title,
            "byline": own.byline,
            "day": own.day,
            "kept": KEPT,
        },
    )


def forget(conn: Connection, link_id: int) -> None:
    """Delete the hashes of an article that is kept as metadata only: not even hashes of its text may stay."""
    conn.execute("DELETE FROM site_paragraphs WHERE link_id = %s", (link_id,))


def trim(conn: Connection) -> int:
    """Delete all but the newest articles' rows of every site. Returns how many rows were deleted."""
    return conn.execute(
        """
        DELETE FROM site_paragraphs m USING (
            SELECT link_id, row_number() OVER (PARTITION BY site, language ORDER BY link_id DESC) AS age FROM site_paragraphs) old
        WHERE m.link_id = old.link_id AND old.age > %s
        """,
        (KEPT,),
    ).rowcount


def _around(conn: Connection, link_id: int, place: Place, own: ParagraphHashes) -> tuple[list[ParagraphHashes], int, bool]:
    """The articles near this one that share a paragraph with it, nearest first; how many share none; and whether the site's rows reach back
    as far as this article."""
    rows = conn.execute(
        """
        WITH around AS (
            (SELECT * FROM site_paragraphs WHERE site = %(site)s AND language = %(language)s AND link_id < %(link)s ORDER BY link_id DESC LIMIT %(count)s)
            UNION ALL
            (SELECT * FROM site_paragraphs WHERE site = %(site)s AND language = %(language)s AND link_id > %(link)s ORDER BY link_id LIMIT %(count)s)
        ), alike AS (SELECT * FROM around WHERE paragraphs && %(own)s::bigint[])
        SELECT (SELECT count(*) FROM around), a.paragraphs, a.title, a.byline, a.day,
               NOT EXISTS (SELECT FROM site_paragraphs WHERE site = %(site)s AND language = %(language)s AND link_id > %(link)s OFFSET %(last)s)
        FROM (VALUES (1)) one (x) LEFT JOIN alike a ON true ORDER BY abs(a.link_id - %(link)s)
        """,
        {
            "site": place.site,
            "language": place.language,
            "link": link_id,
            "count": AROUND,
            "own": [found for found in set(own.paragraphs) if found],
            "last": KEPT - 1,
        },
        binary=True,
    ).fetchall()
    others = [ParagraphHashes(tuple(row[1]), row[2], row[3], row[4]) for row in rows if row[1] is not None]
    return others, rows[0][0] - len(others), rows[0][5]


def _as_before(conn: Connection, link_id: int, texts: list[str]) -> tuple[int, ...]:
    """The places of the paragraphs that the last extraction dropped. Used if the article's neighbours are no longer stored, so that it
    cannot be judged again."""
    row = conn.execute("SELECT dropped FROM articles WHERE link_id = %s", (link_id,)).fetchone()
    before = {dropped["text"] for dropped in row[0]} if row else set()
    return tuple(at for at, text in enumerate(texts) if text in before)
