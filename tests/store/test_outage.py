"""Why Postgres does not do what it was asked: a code and a sentence for each of its reasons."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from pipeline.settings import Settings
from pipeline.store.db import outage

URL = "postgresql://me:s3cret@db.example:5433/newsmill"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (psycopg.errors.DiskFull("could not extend file"), "disk_full", "free some space"),
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT"), "database_read_only", "NEWSMILL_DATABASE_URL"),
        (psycopg.errors.QueryCanceled("statement timeout"), "database_slow", "try again"),
        (psycopg.OperationalError("FATAL:  sorry, too many clients already"), "database_connections", "max_connections"),
        (psycopg.OperationalError("FATAL:  remaining connection slots are reserved"), "database_connections", "max_connections"),
        (psycopg.OperationalError('FATAL:  too many connections for role "newsmill"'), "database_connections", "max_connections"),
        (psycopg.OperationalError("FATAL:  no more connections allowed (max_client_conn)"), "database_connections", "max_connections"),
        (psycopg.OperationalError("FATAL:  password authentication failed"), "database_unavailable", "password"),
        (psycopg.OperationalError('FATAL:  database "x" does not exist'), "database_unavailable", "create it"),
        (psycopg.OperationalError("FATAL:  the database system is starting up"), "database_unavailable", "in a moment"),
        (psycopg.OperationalError("FATAL:  could not access directory: Permission denied"), "database_unavailable", "its log says why"),
        (psycopg.OperationalError("connection refused"), "database_unavailable", "newsmill up"),
    ],
)
def test_each_reason_has_its_code_and_says_what_to_do(error: psycopg.Error, code: str, words: str) -> None:
    found = outage.of(error, URL)
    assert found is not None
    assert found.code == code
    assert words in found.sentence
    assert "db.example:5433" in found.sentence
    assert "s3cret" not in found.sentence


def test_what_is_no_state_of_postgres_is_none() -> None:
    assert outage.of(psycopg.errors.UndefinedTable("relation")) is None
    assert outage.of(psycopg.DataError("invalid byte sequence")) is None


def test_a_server_that_has_no_connection_left_says_so(settings: Settings, conn: psycopg.Connection) -> None:
    (name,) = conn.execute("SELECT current_database()").fetchone() or ("",)
    conn.execute("CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 0")
    try:
        url = psycopg.conninfo.make_conninfo(settings.database_url, user="few", password="few", dbname=name)
        with pytest.raises(psycopg.OperationalError) as refused:
            psycopg.connect(url)
    finally:
        conn.execute(sql.SQL("DROP ROLE few"))
    assert outage.unreachable(refused.value).code == "database_connections"
