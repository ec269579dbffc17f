"""`newsmill sql-role`."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from pipeline.store.maintenance import sql_roles
from tests.cli.conftest import Newsmill, stored


@pytest.fixture
def name(conn: psycopg.Connection) -> Iterator[str]:
    yield (name := f"analyst_{conn.info.dbname}")
    sql_roles.remove(conn, name)


def test_a_role_is_made_used_and_removed(stack: Newsmill, conn: psycopg.Connection, name: str) -> None:
    stored(conn, "https://a.example/1")
    (made,) = stack("sql-role", "add", name, "--timeout", "5m", "--json").objects
    with psycopg.connect(made["url"]) as reading:
        assert reading.execute("SELECT title FROM articles").fetchall() == [("Council meets",)]
    assert made["password"] not in stack("sql-role").out
    (listed,) = [one for one in stack("sql-role", "--json").objects if one["name"] == name]
    assert listed == {"name": name, "timeout_s": 300, "connections": 3}
    again = stack("sql-role", "add", name)
    assert again.lines[-1].startswith("The password is told this once.")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(made["url"])
    assert stack("sql-role", "remove", name).out == f"{name} is removed.\n"
    assert stack("sql-role", "remove", name).code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "An Analyst"], 1, "The role cannot be made: 'An Analyst' is no name of a role; write small letters, digits and _, such as analyst."),
        (["add", "newsmill"], 1, "The role cannot be made: there is a role newsmill that newsmill has not made; take another name."),
        (["add", "analyst", "--timeout", "0"], 2, "--timeout is at least 1s."),
        (["remove", "newsmill"], 1, "There is no role newsmill that newsmill has made; `newsmill sql-role` lists those there are."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_sentence(stack: Newsmill, arguments: list[str], code: int, said: str) -> None:
    found = stack("sql-role", *arguments)
    assert (found.code, found.err) == (code, said + "\n")
