"""The memory of each site: which paragraphs its articles had, as hashes, by which its boilerplate is known (`pipeline.extract.text.site_boilerplate`).

One row an article, written with it under the lock of its link, so an article counts once however often it is extracted, no row
is shared between workers, and nothing can be part of a deadlock. A site keeps its newest articles only (`trim`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from psycopg import Connection

from pipeline.extract.model import Article, Dropped, content_hash
from pipeline.extract.text.site_boilerplate import Marks, boilerplate_places, marks
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from pipeline.text import count_words

AROUND = 60  # articles looked at before and after the one that is judged; a few boilerplate lines of a section still stand out
KEPT = 500  # articles of one site and language that are remembered; at 250 bytes each that is 125 KB


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article is remembered. A host and not the registrable domain: boilerplate is of a template, and templates are of hosts; the
    editions of one domain would only dilute each other. And by language, since many hosts have editions in several."""

    site: str
    language: str


def place_of(final_url: str, language: str | None) -> Place | None:
    """Where the article of a page is remembered; None for a file that names no address."""
    try:
        host = parse(final_url).host
    except Failure:
        return None
    return Place(host.removeprefix("www."), language or "")


def cleaned(conn: Connection, link_id: int, final_url: str, article: Article, settings: Extract) -> tuple[Article, Marks | None]:
    """The article without its site's boilerplate, as far as the site is known by now, and the marks by which it is to be remembered, also
    where nothing is to be left out."""
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
    """The article without the blocks at these places, which are noted in `dropped`."""
    if not places:
        return article
    gone = set(places)
    blocks = tuple(block for at, block in enumerate(article.blocks) if at not in gone)
    fresh = replace(article, blocks=blocks, dropped=tuple(Dropped(at, article.blocks[at].text) for at in places))
    return replace(fresh, word_count=count_words(fresh.text, fresh.language), content_hash=content_hash(fresh.text))


def note(conn: Connection, link_id: int, final_url: str, language: str | None, own: Marks) -> None:
    """Remember the article. One that is older than all that its full site remembers is not: it would push out another."""
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
    """Of what is kept as metadata only, not even hashes of its text stay."""
    conn.execute("DELETE FROM site_paragraphs WHERE link_id = %s", (link_id,))


def trim(conn: Connection) -> int:
    """Let every site forget all but its newest articles. Returns how many rows went."""
    return conn.execute(
        """
        DELETE FROM site_paragraphs m USING (
            SELECT link_id, row_number() OVER (PARTITION BY site, language ORDER BY link_id DESC) AS age FROM site_paragraphs) old
        WHERE m.link_id = old.link_id AND old.age > %s
        """,
        (KEPT,),
    ).rowcount


def _around(conn: Connection, link_id: int, place: Place, own: Marks) -> tuple[list[Marks], int, bool]:
    """The articles around this one that share a paragraph with it, nearest first; how many share none; and whether the memory of the site
    reaches as far back as this article."""
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
    others = [Marks(tuple(row[1]), row[2], row[3], row[4]) for row in rows if row[1] is not None]
    return others, rows[0][0] - len(others), rows[0][5]


def _as_before(conn: Connection, link_id: int, texts: list[str]) -> tuple[int, ...]:
    """The places of what was dropped when the article was extracted last: its neighbours are forgotten, so nobody can judge anew."""
    row = conn.execute("SELECT dropped FROM articles WHERE link_id = %s", (link_id,)).fetchone()
    before = {dropped["text"] for dropped in row[0]} if row else set()
    return tuple(at for at, text in enumerate(texts) if text in before)
