"""The pages of one message: each ends by itself, and what is left of them is not lost."""

from __future__ import annotations

import math
from collections.abc import Iterator

import psycopg
import pytest

from pipeline.fetch.client import Client
from pipeline.jobs import ExtractJob
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.steps import extraction as extract_step
from pipeline.store.db.pool import open_pool
from tests.workers.pages import claimed, ends, good
from workers import dispatch
from workers.context import Context
from workers.steps import extractions


@pytest.fixture
def ctx(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    monkeypatch.setattr(dispatch, "publish", lambda *_: 0)
    monkeypatch.setattr(extractions, "ROUND_S", math.inf)  # else a busy machine leaves some pages to another message
    client = Client(settings.fetch)
    with open_pool(settings) as pool:
        yield Context(settings, pool, client)
    client.close()


def test_each_page_of_a_message_ends_by_itself(conn: psycopg.Connection, ctx: Context) -> None:
    some = claimed(conn, ctx.settings, good(0), "<p>nothing</p>", good(1), "")
    with pytest.raises(Failure) as caught:
        extractions.extract(ctx, some, "w")
    assert caught.value.detail == "2 of 4 pages gave no article (no_content)"
    assert ends(conn) == [("stored", "", 1), ("failed", "no_content", 1), ("stored", "", 1), ("failed", "no_content", 1)]
    assert conn.execute("SELECT link_id, outcome FROM attempts ORDER BY id").fetchall() == [
        (link_id, outcome) for (link_id, _), outcome in zip(some, ("stored", "failed", "stored", "failed"), strict=True)
    ]


def test_the_failure_of_a_lone_page_is_its_own(conn: psycopg.Connection, ctx: Context) -> None:
    with pytest.raises(Failure, match="The page is empty"):
        extractions.extract(ctx, claimed(conn, ctx.settings, ""), "w")


def test_pages_that_are_not_under_their_claim_are_passed_over(conn: psycopg.Connection, ctx: Context) -> None:
    some = claimed(conn, ctx.settings, good(0), good(1))
    conn.execute("UPDATE links SET dispatch_id = gen_random_uuid() WHERE id = %s", (some[0][0],))
    extractions.extract(ctx, some, "w")
    assert ends(conn) == [("dispatched", "", 0), ("stored", "", 1)]


def test_a_page_that_takes_long_leaves_the_others_to_another_message(
    conn: psycopg.Connection, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractions, "ROUND_S", 0.0)
    some = claimed(conn, ctx.settings, good(0), good(1), good(2))
    extractions.extract(ctx, some, "w")
    # The other two have waited again and were sent on at once.
    assert ends(conn) == [("stored", "", 1), ("dispatched", "", 0), ("dispatched", "", 0)]
    assert not {claim for _, claim in some} & {row[0] for row in conn.execute("SELECT dispatch_id FROM links").fetchall()}
    again = conn.execute("SELECT id, dispatch_id FROM links WHERE state = 'dispatched' ORDER BY id").fetchall()
    for one in again:
        extractions.extract(ctx, [one], "w")
    assert ends(conn) == [("stored", "", 1)] * 3


def test_what_breaks_a_parser_costs_that_page_alone(conn: psycopg.Connection, ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    some = claimed(conn, ctx.settings, good(0), good(1), good(2))
    real = extract_step.extract_page

    def breaks(job: ExtractJob, settings: Settings) -> extract_step.Extracted:
        if job.link_id == some[1][0]:
            raise ZeroDivisionError("in the depths of a library")
        return real(job, settings)

    monkeypatch.setattr(extract_step, "extract_page", breaks)
    with pytest.raises(Failure, match="1 of 3 pages"):
        extractions.extract(ctx, some, "w")
    # Sent again at once, and alone this time.
    assert ends(conn) == [("stored", "", 1), ("dispatched", "extract_crashed", 1), ("stored", "", 1)]


@pytest.mark.parametrize(
    ("error", "then"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), ("fetched", "", 0)),
        (psycopg.errors.AdminShutdown("terminating connection due to administrator command"), ("fetched", "", 0)),
        (psycopg.errors.DiskFull("could not extend file"), ("fetched", "", 0)),
        (psycopg.errors.QueryCanceled("canceling statement due to statement timeout"), ("running", "", 1)),
        (psycopg.InternalError("a fault of ours"), ("running", "", 1)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_extraction_that_postgres_was_away_for_is_no_start_of_the_page(
    conn: psycopg.Connection, ctx: Context, monkeypatch: pytest.MonkeyPatch, error: psycopg.Error, then: tuple[str, str, int]
) -> None:
    some = claimed(conn, ctx.settings, good(0))

    def away(*_: object) -> None:
        raise error

    monkeypatch.setattr(extractions, "_stored", away)
    with pytest.raises(type(error)):
        extractions.extract(ctx, some, "w")
    assert ends(conn) == [then]


def test_a_page_that_needs_too_much_memory_is_failed_at_once(
    conn: psycopg.Connection, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(job: ExtractJob, settings: Settings) -> extract_step.Extracted:
        raise MemoryError

    monkeypatch.setattr(extract_step, "extract_page", breaks)
    with pytest.raises(Failure, match="more memory"):
        extractions.extract(ctx, claimed(conn, ctx.settings, good(0)), "w")
    assert ends(conn) == [("failed", "extract_memory", 1)]
