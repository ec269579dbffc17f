"""The extraction of one link's page: start under the claim, end in one transaction under the same claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from psycopg import Connection

from pipeline.extract import Article, Hints
from pipeline.outcomes import Failure, State, Verdict
from pipeline.settings import Settings
from pipeline.store import articles, pages


@dataclass(frozen=True, slots=True)
class ExtractJob:
    link_id: int
    dispatch_id: UUID
    url: str
    url_key: bytes
    start: int
    page: pages.Page
    hints: Hints
    worker: str


def start(conn: Connection, link_id: int, dispatch_id: UUID, settings: Settings, worker: str) -> ExtractJob | None:
    """Count the start and take the lease. None when the claim is not the row's any more.

    Raises Failure storage_error when the page is gone (pruned before it was extracted); end the link with `refuse` then.
    """
    with conn.transaction():
        row = conn.execute(
            """
            UPDATE links SET state = 'running', starts = starts + 1, updated_at = now(),
                   lease_until = now() + make_interval(secs => %s)
            WHERE id = %s AND dispatch_id = %s AND state = 'dispatched' AND stage = 'extract'
            RETURNING url, url_key, starts
            """,
            (settings.dispatch.lease_extract_s, link_id, dispatch_id),
        ).fetchone()
        if row is None:
            return None
        page = pages.latest(conn, link_id)
        hints = _hints(conn, link_id)
    url, url_key, number = row
    if page is None:
        raise Failure("storage_error", "the fetched page was pruned before it was extracted; retry the link to fetch it again")
    return ExtractJob(link_id, dispatch_id, url, bytes(url_key), number, page, hints, worker)


def stored(conn: Connection, job: ExtractJob, article: Article, article_key: bytes, extractor: str, elapsed_s: float) -> Verdict | None:
    """Keep the article. The verdict is stored, or skipped where another link already stands for it; None when the claim was lost.

    Raises psycopg.DataError and its like when Postgres refuses the values; nothing is written then.
    """
    with conn.transaction():
        locked = conn.execute(
            "SELECT 1 FROM links WHERE id = %s AND dispatch_id = %s AND state = 'running' FOR UPDATE", (job.link_id, job.dispatch_id)
        ).fetchone()
        if locked is None:
            return None
        twin = articles.twin(conn, article_key, job.link_id)
        if twin is None:
            verdict = Verdict(State.STORED, "", "")
            fetched_at = job.page.fetched_at or datetime.now(UTC)
            articles.upsert(conn, job.link_id, article_key, job.url, job.page.final_url, article, extractor, fetched_at)
        else:
            verdict = Verdict(State.SKIPPED, "duplicate", f"the same article as link {twin.link_id}, {twin.url}")
        _end(conn, job, verdict)
        _note(conn, job, verdict, elapsed_s)
    return verdict


def failed(conn: Connection, job: ExtractJob, verdict: Verdict, elapsed_s: float) -> bool:
    """Write the verdict. False when the claim was lost meanwhile."""
    with conn.transaction():
        if not _end(conn, job, verdict):
            return False
        _note(conn, job, verdict, elapsed_s)
    return True


def refuse(conn: Connection, link_id: int, dispatch_id: UUID, failure: Failure) -> None:
    """End a started extraction that never had a page."""
    conn.execute(
        """
        UPDATE links SET state = 'failed', code = %s, detail = %s, dispatch_id = NULL, lease_until = NULL, updated_at = now()
        WHERE id = %s AND dispatch_id = %s AND state = 'running'
        """,
        (failure.code, failure.detail, link_id, dispatch_id),
    )


def _hints(conn: Connection, link_id: int) -> Hints:
    row = conn.execute(
        """
        SELECT title, published_at, summary, content, authors FROM sightings WHERE link_id = %s
        ORDER BY length(content) DESC, seen_at LIMIT 1
        """,
        (link_id,),
    ).fetchone()
    if row is None:
        return Hints()
    title, published, summary, content, authors = row
    return Hints(title=title, published=published, summary=summary, content=content, authors=tuple(authors))


def _end(conn: Connection, job: ExtractJob, verdict: Verdict) -> bool:
    return bool(
        conn.execute(
            """
            UPDATE links SET state = %s, code = %s, detail = %s, dispatch_id = NULL, lease_until = NULL, due_at = now(), updated_at = now()
            WHERE id = %s AND dispatch_id = %s AND state = 'running'
            """,
            (verdict.state, verdict.code, verdict.detail, job.link_id, job.dispatch_id),
        ).rowcount
    )


def _note(conn: Connection, job: ExtractJob, verdict: Verdict, elapsed_s: float) -> None:
    conn.execute(
        """
        INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail, worker)
        VALUES (%s, 'extract', %s, %s, %s, %s, %s, %s)
        """,
        (job.link_id, job.start, round(elapsed_s * 1000), verdict.outcome, verdict.code, verdict.detail, job.worker),
    )
