"""Re-extraction: which links, what is stored of each, and replacing the old article.

The link stays `stored` all the time, and workers are not blocked: what a worker changes meanwhile is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Connection

from pipeline import outcomes
from pipeline.extract.model import Article
from pipeline.extract.text.site_boilerplate import ParagraphHashes
from pipeline.jobs import ExtractJob, Identity
from pipeline.outcomes import Failure, RetryDecision, State
from pipeline.settings import Settings
from pipeline.store.articles import articles, boilerplate, pages, stories
from pipeline.store.articles.fields import Stored
from pipeline.store.extraction import extracting, feed_hints, untrusted_feed_words
from pipeline.store.hosts import hosts
from pipeline.store.transitions import links as to

BATCH = 500  # links read at once
CODES = tuple(name for name, code in outcomes.CODES.items() if code.of_text)
NOBODY = UUID(int=0)
WITHDRAWN = "its text was that of a feed which does not speak for this site"
_CHOSEN = """
    (l.state = 'stored' AND a.id IS NOT NULL OR l.state = 'failed' AND l.stage = 'extract' AND l.code = ANY(%(codes)s))
    AND (%(since)s::timestamptz IS NULL OR coalesce(a.created_at, l.created_at) >= %(since)s)
    AND (%(host)s::text IS NULL OR l.host_id = (SELECT id FROM hosts WHERE name = %(host)s))
    AND (%(feed)s::bigint IS NULL OR l.id IN (SELECT link_id FROM sightings WHERE feed_id = %(feed)s))
    AND (%(among)s::bigint[] IS NULL OR l.id = ANY(%(among)s))
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which links: every condition that is set must hold. `since` compares when the article was stored; for links without one, when the
    link came. `untrusted` means that the article has words of a feed that does not speak for its site."""

    since: datetime | None = None
    host: str | None = None
    feed_id: int | None = None
    untrusted: bool = False

    @property
    def name(self) -> str:
        """The name of a run over these links, by which it can be continued on the same day."""
        day = f"{self.since:%Y-%m-%d}" if self.since else "*"
        return f"since {day} host {self.host or '*'} feed {self.feed_id or '*'}{' untrusted' if self.untrusted else ''}"

    def values(self, conn: Connection) -> dict[str, object]:
        among = untrusted_feed_words.link_ids(conn, untrusted_feed_words.untrusted(conn)) if self.untrusted else None
        return {"codes": list(CODES), "since": self.since, "host": self.host, "feed": self.feed_id, "among": among}


@dataclass(frozen=True, slots=True)
class Taken:
    """A link with its page and its stored article. `version` is when its row was last written. `untrusted`: the article has words of a feed
    that does not speak for its site. `at_hand`: there is something to extract."""

    job: ExtractJob
    state: State
    code: str
    version: datetime
    article: Stored | None
    untrusted: bool = False
    at_hand: bool = True


def count(conn: Connection, scope: Scope, after: int = 0) -> int:
    """How many links `link_ids` returns."""
    row = conn.execute(
        f"SELECT count(*) FROM links l LEFT JOIN articles a ON a.link_id = l.id WHERE {_CHOSEN} AND l.id > %(after)s",
        {**scope.values(conn), "after": after},
    ).fetchone()
    return int(row[0]) if row else 0


def link_ids(conn: Connection, scope: Scope, after: int = 0) -> Iterator[int]:
    """The links in order."""
    values = scope.values(conn)
    while True:
        found = conn.execute(
            f"""
            SELECT l.id FROM links l LEFT JOIN articles a ON a.link_id = l.id
            WHERE {_CHOSEN} AND l.id > %(after)s ORDER BY l.id LIMIT %(batch)s
            """,
            {**values, "after": after, "batch": BATCH},
        ).fetchall()
        if not found:
            return
        yield from (link_id for (link_id,) in found)
        after = found[-1][0]


def take(conn: Connection, link_id: int) -> Taken | Literal["busy", "pruned"]:
    """What is needed to extract a link again; "busy" if a worker holds it, "pruned" if its page is gone."""
    row = conn.execute(
        """
        SELECT l.url, l.url_key, l.extract_attempts, l.from_feed, l.state, l.code, l.updated_at, a.id, now()
        FROM links l LEFT JOIN articles a ON a.link_id = l.id WHERE l.id = %s AND l.state IN ('stored', 'failed')
        """,
        (link_id,),
    ).fetchone()
    if row is None:
        return "busy"
    url, url_key, attempts, from_feed, state, code, version, article_id, now = row
    article = articles.get(conn, article_id) if article_id else None
    wrong = article is not None and untrusted_feed_words.is_in(conn, article)
    page = pages.none_fetched(url, now) if from_feed else pages.latest(conn, link_id)
    if page is None and not wrong:
        return "pruned"
    at_hand, page = page is not None, page or pages.none_fetched(url, now)
    from_feeds = feed_hints.from_feeds(conn, link_id, feed_hints.ask(conn, link_id), page.final_url, only=from_feed)
    tdmrep = extracting.tdmrep_for(conn, page)
    again = state == State.STORED
    job = ExtractJob(link_id, NOBODY, url, bytes(url_key), attempts, page, from_feeds, "reextract", now, again, tdmrep)
    at_hand = at_hand and not (wrong and from_feed and not from_feeds.trusted)
    return Taken(job, State(state), code, version, article, wrong, at_hand)


def write(
    conn: Connection,
    taken: Taken,
    article: Article,
    marks: ParagraphHashes | None,
    identity: Identity,
    extractor: str,
    what: str,
    settings: Settings,
) -> RetryDecision | None:
    """Write the new article. If its text differs, the earlier one goes to `revisions`. Returns None if the link has changed meanwhile.
    `what` lists the changes, for the link's history; if there are none, only the paragraphs' hashes are written.

    Raises psycopg.DataError and similar errors if Postgres refuses the values; nothing is written then.
    """
    job = taken.job
    with conn.transaction():
        same = conn.execute(
            "SELECT 1 FROM links WHERE id = %s AND state = %s AND updated_at = %s FOR UPDATE", (job.link_id, taken.state, taken.version)
        ).fetchone()
        if same is None:
            return None
        if not what and taken.article is not None and taken.article.extractor == extractor:
            if marks is not None:
                boilerplate.note(conn, job.link_id, job.page.final_url, article.language, marks)
            return RetryDecision(State.STORED, "", "")
        verdict = extracting.keep(conn, job, article, marks, identity, extractor, settings)
        if taken.state != verdict.state:
            conn.execute(
                f"UPDATE links SET {to.REEXTRACT.sets} WHERE id = %(id)s",
                {"state": verdict.state, "code": verdict.code, "detail": verdict.detail, "id": job.link_id},
            )
        if what:
            conn.execute(
                "INSERT INTO attempts (link_id, stage, number, outcome, code, detail, worker) VALUES (%s, 'extract', %s, %s, %s, %s, %s)",
                (job.link_id, job.start, verdict.outcome, verdict.code, verdict.detail or f"extracted again: {what}", job.worker),
            )
    return verdict


def withdraw(conn: Connection, taken: Taken, failure: Failure | None) -> bool:
    """Remove an article whose text came from an untrusted feed: its page gives no text of its own (`failure`), or the page must be fetched
    first (None). Returns False if the link has changed meanwhile."""
    job = taken.job
    with conn.transaction():
        row = conn.execute(
            f"""
            UPDATE links SET {to.WITHDRAW.sets}
            WHERE id = %(id)s AND state = %(state)s AND updated_at = %(version)s RETURNING host_id
            """,
            {
                "id": job.link_id,
                "state": taken.state,
                "version": taken.version,
                "code": failure.code if failure else "",
                "detail": failure.detail if failure else "",
            },
        ).fetchone()
        if row is None or taken.article is None:
            return False
        stories.forget(conn, taken.article.id)
        boilerplate.forget(conn, job.link_id)
        articles.remove(conn, taken.article.id)
        conn.execute(
            "INSERT INTO attempts (link_id, stage, number, outcome, code, detail, worker) VALUES (%s, 'extract', %s, %s, %s, %s, %s)",
            (job.link_id, job.start, "failed" if failure else "retry", failure.code if failure else "", WITHDRAWN, job.worker),
        )
        if failure is None:
            hosts.note_links(conn, [row[0]])
    return True


def look_again(conn: Connection, taken: Taken) -> bool:
    """Fetch the page of a stored article again, because it is no longer stored. Returns False if the link has changed meanwhile."""
    with conn.transaction():
        row = conn.execute(
            f"""
            UPDATE links SET {to.LOOK_AGAIN.sets}
            WHERE id = %(id)s AND state = 'stored' AND updated_at = %(version)s RETURNING host_id
            """,
            {"priority": None, "id": taken.job.link_id, "version": taken.version},
        ).fetchone()
        if row is not None:
            articles.forget_page(conn, taken.job.link_id)
            hosts.note_links(conn, [row[0]])
    return row is not None


def reached(conn: Connection, scope: Scope) -> int:
    """The last link that a stopped run over this scope reached; 0 if there is none."""
    row = conn.execute("SELECT upto FROM reextractions WHERE scope = %s", (scope.name,)).fetchone()
    return int(row[0]) if row else 0


def note_reached(conn: Connection, scope: Scope, upto: int) -> None:
    """Record how far a re-extraction has come, so that it can continue there."""
    conn.execute(
        "INSERT INTO reextractions (scope, upto) VALUES (%s, %s) ON CONFLICT (scope) DO UPDATE SET upto = excluded.upto", (scope.name, upto)
    )


def note_done(conn: Connection, scope: Scope) -> None:
    """Delete the record of a finished re-extraction."""
    conn.execute("DELETE FROM reextractions WHERE scope = %s", (scope.name,))
