"""rekey as a person uses it."""

from __future__ import annotations

import psycopg

from tests.cli.conftest import Newsmill, waiting

A = "https://a.example/1?token=secret"


def outdate(conn: psycopg.Connection, number: int) -> None:
    conn.execute("UPDATE links SET url_key = sha256(id::text::bytea) WHERE id = %s", (number,))


def test_where_nothing_changed_nothing_is_to_do(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, A)
    said = stack("rekey")
    assert (said.code, said.lines[-1]) == (0, "every key is right (version 2)")


def test_a_dry_run_reports_merges_and_apply_makes_them(stack: Newsmill, conn: psycopg.Connection) -> None:
    first = waiting(conn, A)
    outdate(conn, first)
    second = waiting(conn, A)
    said = stack("rekey")
    assert said.code == 0
    assert f"merged: links {second} " in said.out
    assert "secret" not in said.out
    assert said.lines[-1] == "nothing was changed (the keys have version 2, the rules 2); `newsmill rekey --apply` changes 2 rows"
    states = "SELECT id, state FROM links ORDER BY id"
    assert conn.execute(states).fetchall() == [(first, "waiting"), (second, "waiting")]
    assert stack("rekey", "--apply").lines[-1] == "2 rows changed; all keys now have version 2"
    assert conn.execute(states).fetchall() == [(first, "waiting"), (second, "skipped")]


def test_the_report_as_json(stack: Newsmill, conn: psycopg.Connection) -> None:
    outdate(conn, waiting(conn, A))
    (report,) = stack("rekey", "--json").objects
    assert (report["applied"], report["version_before"], report["version"]) == (False, 2, 2)
    assert [(one["table"], one["changed"]) for one in report["tables"]] == [
        ("links", 1),
        ("feeds", 0),
        ("articles", 0),
        ("aliases", 0),
        ("feed_aliases", 0),
        ("feed_archives", 0),
    ]
