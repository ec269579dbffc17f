"""Stories: find the articles that are copies of one text, while they are stored.

Locks, in this order: `ask` locks the bands of a text before it looks for other texts with these bands. So if two copies are stored at
the same moment, the later one sees the earlier (rule 3 of docs/explanation/locking.md). Call `ask` before writing the article. `join`
comes afterwards, last before the link's own end; if a change of stories is found necessary, nothing but stories is changed after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg import Connection, Cursor
from psycopg.rows import class_row

from pipeline.normalise import similarity
from pipeline.normalise.originals import Copy, original

if TYPE_CHECKING:  # as in articles.py
    from pipeline.extract.model import Article

# Articles examined for each band, newest first. Some bands belong to a template and occur in thousands of texts.
DEEP = 20
CANDIDATES = 8  # candidates whose texts are compared, those with most shared bands first
COPIES = 500  # copies among which the original is chosen, the earliest stored
# The key of the lock for changing stories, and its key space; the locks of bands use the other space.
CHANGE = (7, 1)
# Fingerprints deleted by one statement of a pruning.
BATCH = 1000

_NEAR: LiteralString = """
    SELECT c.article_id, count(*) AS shared
    FROM unnest(%(bands)s::bigint[]) AS b (band) CROSS JOIN LATERAL (
        SELECT article_id FROM bands WHERE band = b.band AND article_id IS DISTINCT FROM (SELECT id FROM articles WHERE link_id = %(link)s) ORDER BY article_id DESC LIMIT %(deep)s) c
    GROUP BY c.article_id
"""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A link's article before it is stored, and the articles that its new text resembles.

    `article_id` is None for a new article. `settled` means that its text, time and bands are unchanged, so there is nothing to do.
    `stale` are bands that it no longer has. `like` are the articles of which the text is a copy, the most similar first, with the share
    of common shingles.
    """

    bands: tuple[int, ...]
    article_id: int | None = None
    settled: bool = False
    stale: tuple[int, ...] = ()
    like: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The pending queries about a text to be stored: its article as it was, and similar articles."""

    text: str
    content_hash: bytes
    published_at: datetime | None
    bands: tuple[int, ...]
    before: Cursor[Any]
    near: Cursor[Any]


@dataclass(frozen=True, slots=True)
class Story:
    """A story in a list. `sites` counts different hosts."""

    id: int
    title: str
    articles: int
    sites: int
    original_id: int
    original_url: str
    first_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """One article of a story. `duplicate_of` is the original; None for the original itself."""

    article_id: int
    title: str
    site_name: str
    host: str
    url: str
    published_at: datetime | None
    fetched_at: datetime
    likeness: float
    duplicate_of: int | None


def ask(conn: Connection, link_id: int, article: Article, fetched_at: datetime | None, window_days: float) -> Asked:
    """Ask of which articles this one is a copy. Call it before the article is written, in the same transaction; then call `meet` for the
    answer.

    Copies are at most `window_days` apart, by publication time, or else by fetch time.
    """
    text, content_hash, at = article.text, article.content_hash, article.published_at or fetched_at or datetime.now(UTC)
    bands = () if "metadata_only" in article.flags else similarity.bands(article.title, text)
    before = conn.execute(
        "SELECT a.id, a.content_hash, a.published_at, f.bands FROM articles a LEFT JOIN fingerprints f ON f.article_id = a.id WHERE a.link_id = %s",
        (link_id,),
    )
    # The old bands too: a process that finds the article by them must wait until it is known whether they still apply.
    conn.execute(
        """
        SELECT pg_advisory_xact_lock(band)
        FROM (SELECT unnest(%(bands)s::bigint[]) AS band
              UNION SELECT unnest(f.bands) FROM articles a JOIN fingerprints f ON f.article_id = a.id WHERE a.link_id = %(link)s
              ORDER BY band) b
        """,
        {"bands": list(bands), "link": link_id},
    )
    near = conn.execute(
        f"""
        SELECT a.id, a.content_hash = %(hash)s, CASE WHEN a.content_hash <> %(hash)s THEN a.text END
        FROM (({_NEAR} ORDER BY shared DESC, c.article_id LIMIT %(most)s)
              UNION ALL
              (SELECT o.article_id, 0 FROM articles own JOIN story_articles m ON m.article_id = own.id JOIN story_articles o USING (story_id)
               WHERE own.link_id = %(link)s AND o.article_id <> own.id ORDER BY o.article_id LIMIT %(most)s)) n
        CROSS JOIN LATERAL (SELECT * FROM articles WHERE id = n.article_id LIMIT 1) a -- one by one, and not all of them beside all of these
        WHERE abs(extract(epoch FROM coalesce(a.published_at, a.fetched_at) - %(at)s)) <= %(window)s
        """,
        {
            "bands": list(bands),
            "hash": content_hash,
            "link": link_id,
            "deep": DEEP,
            "most": CANDIDATES,
            "at": at,
            "window": window_days * 86_400,
        },
    )
    return Asked(text, content_hash, article.published_at, bands, before, near)


def meet(asked: Asked) -> Meeting:
    """Read the answers to `ask`."""
    id_, old_hash, old_time, old_bands = asked.before.fetchone() or (None, None, None, None)
    bands, old_bands = asked.bands, tuple(old_bands or ())
    if old_bands == bands and (id_ is None or (old_hash, old_time) == (asked.content_hash, asked.published_at)):
        return Meeting(old_bands, id_, settled=True)
    return Meeting(bands, id_, stale=tuple(set(old_bands) - set(bands)), like=_judged(asked.text, asked.near.fetchall()))


def join(conn: Connection, article_id: int, meeting: Meeting) -> None:
    """Store the bands of an article that was just written, and put it into the story of the text that it copies, if there is one. If it is
    no longer a copy of its previous story's text, it leaves that story."""
    if meeting.settled:
        return
    _keep_bands(conn, article_id, meeting)
    if not meeting.like and (meeting.article_id is None or _story_of(conn, article_id) is None):
        return
    conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", CHANGE)
    was_in = _story_of(conn, article_id)
    like = [(other, share, _story_of(conn, other)) for other, share in meeting.like]
    if was_in is not None and any(story == was_in for _, _, story in like):
        _name_original(conn, was_in)  # its time may have changed
        return
    if was_in is not None:
        _leave(conn, article_id, was_in)
    if like:
        # Prefer an existing story to a new one.
        _enter(conn, article_id, *next((one for one in like if one[2] is not None), like[0]))


def forget(conn: Connection, article_id: int) -> None:
    """Call before deleting an article: remove its bands, and take it out of its story."""
    gone = conn.execute("DELETE FROM fingerprints WHERE article_id = %s RETURNING bands", (article_id,)).fetchone()
    conn.execute("DELETE FROM bands WHERE band = ANY(%s) AND article_id = %s", (gone[0] if gone else [], article_id))
    conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", CHANGE)
    if (story := _story_of(conn, article_id)) is not None:
        _leave(conn, article_id, story)


def of(conn: Connection, story_id: int, limit: int = 200) -> list[Member]:
    """The articles of a story, the original first, then by time; empty if the story does not exist."""
    with conn.cursor(row_factory=class_row(Member)) as cur:
        return cur.execute(
            """
            SELECT a.id AS article_id, a.title, a.site_name, h.name AS host, a.url, a.published_at, a.fetched_at, m.likeness,
                   nullif(s.original_id, a.id) AS duplicate_of
            FROM stories s JOIN story_articles m ON m.story_id = s.id JOIN articles a ON a.id = m.article_id
            JOIN links l ON l.id = a.link_id JOIN hosts h ON h.id = coalesce(l.origin_host_id, l.host_id)
            WHERE s.id = %s ORDER BY a.id <> s.original_id, coalesce(a.published_at, a.fetched_at), a.id LIMIT %s
            """,
            (story_id, limit),
        ).fetchall()


def listing(conn: Connection, *, since: datetime | None = None, least: int = 2, limit: int = 50) -> list[Story]:
    """Stories with at least `least` articles that got one since a time, the last changed first."""
    with conn.cursor(row_factory=class_row(Story)) as cur:
        return cur.execute(
            """
            SELECT s.id, a.title, s.articles, m.sites, s.original_id, a.url AS original_url, m.first_at, s.updated_at
            FROM (SELECT * FROM stories WHERE articles >= %(least)s AND (%(since)s::timestamptz IS NULL OR updated_at >= %(since)s)
                  ORDER BY updated_at DESC, id DESC LIMIT %(limit)s) s
            JOIN articles a ON a.id = s.original_id
            CROSS JOIN LATERAL (SELECT count(DISTINCT coalesce(l.origin_host_id, l.host_id)) AS sites,
                                       min(coalesce(c.published_at, c.fetched_at)) AS first_at
                                FROM story_articles i JOIN articles c ON c.id = i.article_id JOIN links l ON l.id = c.link_id
                                WHERE i.story_id = s.id) m
            ORDER BY s.updated_at DESC, s.id DESC
            """,
            {"least": least, "since": since, "limit": limit},
        ).fetchall()


def prune(conn: Connection, window_days: float) -> int:
    """Delete the bands of articles noted longer than a window ago; the stories stay. Returns for how many articles."""
    gone = 0
    while True:
        row = conn.execute(
            """
            WITH old AS (DELETE FROM fingerprints WHERE article_id IN (
                             SELECT article_id FROM fingerprints WHERE noted_at < now() - make_interval(secs => %(window)s)
                             ORDER BY noted_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
                         RETURNING article_id, bands)
            , dropped AS (DELETE FROM bands b USING old CROSS JOIN LATERAL unnest(old.bands) AS o (band)
                          WHERE b.band = o.band AND b.article_id = old.article_id)
            SELECT count(*) FROM old
            """,
            {"window": window_days * 86_400, "batch": BATCH},
        ).fetchone()
        assert row is not None
        gone += int(row[0])
        if row[0] < BATCH:
            return gone


def _judged(text: str, near: Sequence[tuple[int, bool, str | None]]) -> tuple[tuple[int, float], ...]:
    """The candidates of which the text is a copy: the most similar first, and the earlier before the later."""
    if not near:
        return ()
    own = similarity.profile(text)
    shares = {id_: 1.0 if same else similarity.same_story(own, similarity.profile(other or "")) for id_, same, other in near}
    return tuple(sorted(((id_, share) for id_, share in shares.items() if share), key=lambda one: (-one[1], one[0])))


def _keep_bands(conn: Connection, article_id: int, meeting: Meeting) -> None:
    if meeting.stale:
        conn.execute("DELETE FROM bands WHERE band = ANY(%s) AND article_id = %s", (list(meeting.stale), article_id))
    conn.execute(
        """
        WITH kept AS (INSERT INTO fingerprints (article_id, bands) VALUES (%(id)s, %(bands)s)
                      ON CONFLICT (article_id) DO UPDATE SET bands = excluded.bands, noted_at = now())
        INSERT INTO bands (band, article_id) SELECT band, %(id)s FROM unnest(%(bands)s::bigint[]) band ON CONFLICT DO NOTHING
        """,
        {"id": article_id, "bands": list(meeting.bands)},
    )


def _story_of(conn: Connection, article_id: int) -> int | None:
    row = conn.execute("SELECT story_id FROM story_articles WHERE article_id = %s", (article_id,)).fetchone()
    return int(row[0]) if row else None


def _enter(conn: Connection, article_id: int, other: int, share: float, story: int | None) -> None:
    """Put the article into the story, or into a new one together with the `other` article that it resembles."""
    if story is None:
        row = conn.execute("INSERT INTO stories (original_id, articles) VALUES (%s, 1) RETURNING id", (other,)).fetchone()
        assert row is not None
        story = row[0]
        conn.execute("INSERT INTO story_articles (article_id, story_id, likeness) VALUES (%s, %s, 1)", (other, story))
    conn.execute("INSERT INTO story_articles (article_id, story_id, likeness) VALUES (%s, %s, %s)", (article_id, story, share))
    conn.execute("UPDATE stories SET articles = articles + 1, updated_at = now() WHERE id = %s", (story,))
    _name_original(conn, story)


def _leave(conn: Connection, article_id: int, story: int) -> None:
    """Take the article out of the story. A single article is no story."""
    conn.execute("DELETE FROM story_articles WHERE article_id = %s", (article_id,))
    row = conn.execute("UPDATE stories SET articles = articles - 1 WHERE id = %s RETURNING articles", (story,)).fetchone()
    if row is not None and row[0] < 2:
        conn.execute("DELETE FROM stories WHERE id = %s", (story,))
    else:
        _name_original(conn, story)


def _name_original(conn: Connection, story: int) -> None:
    rows = conn.execute(
        """
        SELECT a.id, coalesce(a.published_at, a.fetched_at), ARRAY[a.site_name, h.name], a.original_publisher
        FROM story_articles m JOIN articles a ON a.id = m.article_id
        JOIN links l ON l.id = a.link_id JOIN hosts h ON h.id = coalesce(l.origin_host_id, l.host_id)
        WHERE m.story_id = %s ORDER BY a.id LIMIT %s
        """,
        (story, COPIES),
    ).fetchall()
    first = original([Copy(id_, at, tuple(names), credits) for id_, at, names, credits in rows])
    conn.execute("UPDATE stories SET original_id = %s WHERE id = %s AND original_id <> %s", (first.article_id, story, first.article_id))
