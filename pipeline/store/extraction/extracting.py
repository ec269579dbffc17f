"""The extraction of one link's page: start under the claim, end in one transaction under the same claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from psycopg import Connection, Cursor, Rollback

from pipeline.extract.model import Article
from pipeline.extract.text.site_boilerplate import ParagraphHashes
from pipeline.jobs import ExistingArticle, ExtractJob, Identity, Page
from pipeline.normalise.file_names import address, is_name
from pipeline.outcomes import Failure, RetryDecision, State
from pipeline.settings import Settings
from pipeline.store.articles import articles, boilerplate, pages, stories
from pipeline.store.db.pipelined import pipelined
from pipeline.store.extraction import feed_hints
from pipeline.store.feeds import announcements
from pipeline.store.hosts import hosts, site_rules
from pipeline.store.links import aliases, rechecks
from pipeline.store.transitions import links as to

# If so many other texts of a host claim the same canonical URL, it is rejected.
SHARED = 2


def start(conn: Connection, link_id: int, dispatch_id: UUID, settings: Settings, worker: str) -> ExtractJob | None:
    """Count the attempt and take the lease. Returns None if the row no longer has this claim.

    Raises Failure storage_error if the page is gone (pruned before its extraction); then end the link with `refuse`.
    """
    # All statements are sent at once, and Postgres commits before anything is read here: so even if the page exhausts the memory, its
    # attempt has been counted.
    with conn.pipeline():
        started = conn.execute(
            f"""
            UPDATE links SET {to.START_EXTRACT.sets}
            WHERE id = %(id)s AND dispatch_id = %(claim)s AND state = 'dispatched' AND stage = 'extract'
            RETURNING url, url_key, extract_attempts, recheck, from_feed, now()
            """,
            {"lease": settings.dispatch.lease_extract_s, "id": link_id, "claim": dispatch_id},
        )
        found = pages.ask_latest_and_tdmrep(conn, link_id)
        listed = feed_hints.ask(conn, link_id)
    row = started.fetchone()
    if row is None:
        return None
    url, url_key, number, recheck, from_feed, now = row
    page, tdmrep = (pages.none_fetched(url, now), "") if from_feed else pages.read_with_tdmrep(found)
    if page is None:
        raise Failure("storage_error", "the fetched page was pruned before it was extracted; retry the link to fetch it again")
    from_feeds = feed_hints.from_feeds(conn, link_id, listed, page.final_url, only=from_feed)
    if from_feed and not from_feeds.trusted and not is_name(url):
        _to_page(conn, link_id, dispatch_id)
        return None
    return ExtractJob(link_id, dispatch_id, url, bytes(url_key), number, page, from_feeds, worker, now, recheck, tdmrep)


def _to_page(conn: Connection, link_id: int, dispatch_id: UUID) -> None:
    """Fetch the page instead: the article was to be made from a feed's text, but no feed that lists it still speaks for its site."""
    with conn.transaction():
        row = conn.execute(
            f"""
            UPDATE links SET {to.FETCH_INSTEAD.sets}
            WHERE id = %s AND dispatch_id = %s AND state = 'running' RETURNING host_id
            """,
            (link_id, dispatch_id),
        ).fetchone()
        hosts.note_links(conn, [row[0]] if row else [])


def put_back(conn: Connection, claims: Sequence[tuple[int, UUID]]) -> None:
    """Return pages whose extraction did not start to the front of the queue."""
    conn.execute(
        f"""
        UPDATE links l SET {to.GIVE_BACK_EXTRACT.sets}
        FROM unnest(%s::bigint[], %s::uuid[]) c (id, claim)
        WHERE l.id = c.id AND l.dispatch_id = c.claim AND l.state = 'dispatched' AND l.stage = 'extract'
        """,
        ([link_id for link_id, _ in claims], [claim for _, claim in claims]),
    )


def uncount(conn: Connection, job: ExtractJob) -> None:
    """Return a page to the queue if Postgres was away when its extraction was to be written. The attempt does not count."""
    conn.execute(
        f"""
        UPDATE links SET {to.UNCOUNT_EXTRACT.sets}
        WHERE id = %s AND dispatch_id = %s AND state = 'running' AND stage = 'extract'
        """,
        (job.link_id, job.dispatch_id),
    )


def tdmrep_for(conn: Connection, page: Page) -> str:
    """The tdmrep.json of the page's host; empty for none."""
    return site_rules.tdmrep_of(conn, urlsplit(page.final_url).netloc)


def stored(
    conn: Connection, job: ExtractJob, article: Article, identity: Identity, extractor: str, elapsed_s: float, settings: Settings
) -> RetryDecision | None:
    """Store the article without its site's boilerplate. Returns the decision: stored, or skipped if another link has the article; None if
    the claim was lost. A rechecked article stays stored under its identity.

    Raises psycopg.DataError and similar errors if Postgres refuses the values; nothing is written then.
    """
    verdict = None
    with pipelined(conn):
        locked = conn.execute(
            "SELECT 1 FROM links WHERE id = %s AND dispatch_id = %s AND state = 'running' FOR UPDATE", (job.link_id, job.dispatch_id)
        )
        article, marks = boilerplate.cleaned(conn, job.link_id, job.page.final_url, article, settings.extract)
        if locked.fetchone() is None:
            raise Rollback
        verdict = keep(conn, job, article, marks, identity, extractor, settings)
        if not _has_page(job):
            pass
        elif job.recheck:
            rechecks.looked(conn, [job.link_id], settings.fetch.recheck_after_s)
        elif verdict.state == State.STORED:
            rechecks.plan(conn, job.link_id, settings.fetch.recheck_after_s)
        _end(conn, job, verdict, verdict, elapsed_s)
    return verdict


def keep(
    conn: Connection,
    job: ExtractJob,
    article: Article,
    marks: ParagraphHashes | None,
    identity: Identity,
    extractor: str,
    settings: Settings,
) -> RetryDecision:
    """Write the article, its paragraphs' hashes and its story, in the caller's transaction, which holds the link. Returns the decision as
    `stored` does."""
    asked = stories.ask(conn, job.link_id, article, job.page.fetched_at, settings.stories.window_days)
    identity, existing = believed(conn, job, article, identity)
    if existing is not None and not job.recheck:
        aliases.note(conn, existing.link_id, [(job.url, "found"), (job.page.final_url, "final")])
        return RetryDecision(State.SKIPPED, "duplicate", f"the same article as link {existing.link_id}, {existing.url}")
    meeting = stories.meet(asked)
    if meeting.article_id is not None:
        articles.keep_revision(conn, job.link_id, article)
    article_id = articles.upsert(conn, job.link_id, job.url, job.page, article, identity, extractor, keep_key=existing is not None)
    if identity.url and identity.url != job.url:
        aliases.note(conn, job.link_id, [(identity.url, "canonical")])
    if marks is not None:
        boilerplate.note(conn, job.link_id, job.page.final_url, article.language, marks)
    if job.announced:
        announcements.note(conn, job.announced, job.page.final_url)
    if "metadata_only" in article.flags:
        pages.forget(conn, job.link_id)
        boilerplate.forget(conn, job.link_id)
    stories.join(conn, article_id, meeting)
    return RetryDecision(State.STORED, "", "")


def believed(conn: Connection, job: ExtractJob, article: Article, identity: Identity) -> tuple[Identity, ExistingArticle | None]:
    """The article's identity, and the link that already has it. A site that names one canonical URL for all its articles would lose all but
    the first. So the claim is rejected if another story, or several other texts, came with the same URL."""
    found = articles.ask_existing(conn, identity.key, job.link_id)
    if not identity.url:
        return identity, found.fetchone()
    claims = aliases.ask_shared_canonical(conn, identity.url, job.link_id)
    existing, (shared,) = found.fetchone(), claims.fetchone() or (0,)
    other_story = existing is not None and existing.title != article.title and bytes(existing.content_hash) != article.content_hash
    if not other_story and shared < SHARED:
        return identity, existing
    own = Identity(address(job.page.final_url).key, "", "other_story" if other_story else "shared")
    return own, articles.ask_existing(conn, own.key, job.link_id).fetchone()


def failed(conn: Connection, job: ExtractJob, verdict: RetryDecision, elapsed_s: float, settings: Settings) -> bool:
    """Write the decision. Returns False if the claim was lost. An article whose recheck failed stays as it is."""
    gives_up = job.recheck and verdict.state == State.FAILED
    with conn.transaction():
        if not _end(conn, job, RetryDecision(State.STORED, "", "") if gives_up else verdict, verdict, elapsed_s).rowcount:
            return False
        if gives_up and _has_page(job):
            rechecks.looked(conn, [job.link_id], settings.fetch.recheck_after_s)
    return True


def _has_page(job: ExtractJob) -> bool:
    """Whether the link has a page that can be rechecked. A file has none, and neither has an article made from a feed's text."""
    return not (job.from_feeds.hints.only or is_name(job.url))


def refuse(conn: Connection, link_id: int, dispatch_id: UUID, failure: Failure) -> None:
    """End a started extraction that has no page."""
    conn.execute(
        f"UPDATE links SET {to.FAIL_EXTRACT.sets} WHERE id = %(id)s AND dispatch_id = %(claim)s AND state = 'running'",
        {"code": failure.code, "detail": failure.detail, "id": link_id, "claim": dispatch_id},
    )


def fail_running(conn: Connection, claims: Sequence[tuple[int, UUID]], failure: Failure) -> None:
    """End those of these links that were being extracted, on behalf of a process that no longer can."""
    conn.execute(
        f"""
        WITH ended AS (
            UPDATE links l SET {to.FAIL_EXTRACT.sets}
            FROM unnest(%(ids)s::bigint[], %(claims)s::uuid[]) c (id, claim)
            WHERE l.id = c.id AND l.dispatch_id = c.claim AND l.state = 'running' AND l.stage = 'extract' RETURNING l.id, l.extract_attempts)
        INSERT INTO attempts (link_id, stage, number, outcome, code, detail)
        SELECT id, 'extract', extract_attempts, 'failed', %(code)s, %(detail)s FROM ended
        """,
        {"code": failure.code, "detail": failure.detail, "ids": [link for link, _ in claims], "claims": [claim for _, claim in claims]},
    )


def _end(conn: Connection, job: ExtractJob, comes_to: RetryDecision, recorded: RetryDecision, elapsed_s: float) -> Cursor[Any]:
    """Change the link under its claim and record the attempt: one row, none if the claim was lost."""
    return conn.execute(
        f"""
        WITH ended AS (
            UPDATE links SET {to.FINISH_EXTRACT.sets}
            WHERE id = %(id)s AND dispatch_id = %(claim)s AND state = 'running' RETURNING id)
        INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail, worker)
        SELECT id, 'extract', %(number)s, %(elapsed_ms)s, %(outcome)s, %(said_code)s, %(said_detail)s, %(worker)s FROM ended
        """,
        {
            "state": comes_to.state,
            "code": comes_to.code,
            "detail": comes_to.detail,
            "again": comes_to.state == State.FETCHED,
            "id": job.link_id,
            "claim": job.dispatch_id,
            "number": job.start,
            "elapsed_ms": round(elapsed_s * 1000),
            "outcome": recorded.outcome,
            "said_code": recorded.code,
            "said_detail": recorded.detail,
            "worker": job.worker,
        },
    )
