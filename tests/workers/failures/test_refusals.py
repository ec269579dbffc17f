"""What Postgres refuses ends with a code at the first try; a Postgres that is away loses nothing."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.fetch.client import Client
from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.db.pool import open_pool
from pipeline.store.links import fetching, links
from pipeline.store.queue import claims
from tests.fetch.server import page, serving
from workers import tasks
from workers.context import Context

REFUSALS = [
    psycopg.errors.ProgramLimitExceeded("index row size 2712 exceeds"),
    psycopg.DataError("a NUL"),
    psycopg.errors.CheckViolation("x"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda error: type(error).__name__)
def test_what_postgres_refuses_is_a_storage_error_and_not_tried_again(
    conn: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch, refusal: psycopg.Error
) -> None:
    fetch_one(conn, settings, monkeypatch, refusal)
    (link,) = links.listing(conn)
    assert (link.state, link.code) == ("failed", "storage_error")
    assert link.detail.startswith("Postgres cannot keep what is in it")


def test_a_lost_connection_is_no_refusal_and_the_lease_gives_the_link_back(
    conn: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_one(conn, settings, monkeypatch, psycopg.OperationalError("server closed the connection"))
    assert [link.state for link in links.listing(conn)] == ["running"]
    conn.execute("UPDATE links SET lease_until = now() - interval '1 second'")
    assert claims.give_back_expired(conn, settings).again == 1
    assert [link.state for link in links.listing(conn)] == ["waiting"]


def fetch_one(conn: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch, error: psycopg.Error) -> None:
    """One fetch whose page cannot be written down."""

    def refuse(*_: object) -> bool:
        raise error

    unruled = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"honour_robots": False})})
    pool, client = open_pool(unruled), Client(unruled.fetch)
    monkeypatch.setattr(tasks, "context", lambda: Context(unruled, pool, client))
    monkeypatch.setattr(fetching, "succeeded", refuse)
    with serving({"/story": page()}) as site:
        links.enqueue(conn, [parse(site.url("/story"))])
        (claim,) = claims.claim_fetches(conn, 1, unruled)
        tasks.fetch_page.apply(args=(claim.id, str(claim.dispatch_id)))
    client.close()
    pool.close()
