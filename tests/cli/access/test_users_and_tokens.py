"""`newsmill users` and `newsmill tokens`."""

from __future__ import annotations

import pytest
from psycopg import Connection

from pipeline.access import secrets
from pipeline.store.access import audit, tokens, users
from tests.cli.conftest import Newsmill

PASSWORD = "correct horse battery\n"


def test_the_first_user_is_an_admin_and_the_last_admin_stays(stack: Newsmill, conn: Connection) -> None:
    assert "nobody has to sign in" in stack("users").out
    assert "has to be an admin" in stack("users", "add", "jo", given=PASSWORD).err
    assert stack("users", "add", "jo", "--role", "admin", given=PASSWORD).code == 0
    assert secrets.fits(PASSWORD.strip(), users.password_of(conn, "jo"))
    assert stack("users", "add", "ed", "--role", "editor", given=PASSWORD).code == 0
    assert [(user["name"], user["role"]) for user in stack("users", "--json").objects] == [("ed", "editor"), ("jo", "admin")]
    for command in (("remove", "jo"), ("set", "jo", "--role", "reader")):
        assert "only admin" in stack("users", *command).err
    assert stack("users", "set", "ed", "--role", "admin").out == "ed is admin\n"
    assert stack("users", "remove", "jo").code == 0
    assert "nobody has to sign in" in stack("users", "remove", "ed").out
    assert [row.what for row in audit.listing(conn)] == ["users remove", "users remove", "users set", "users add", "users add"]


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (["add", "a b", "--role", "admin"], PASSWORD, "letters, digits"),
        (["add", "jo", "--role", "admin"], "short\n", "10 characters"),
        (["add", "jo", "--role", "king"], PASSWORD, "must be one of"),
        (["set", "jo", "--role", "admin"], None, "no user"),
        (["set", "jo"], None, "Say what to change"),
        (["remove", "jo"], None, "no user"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(stack: Newsmill, conn: Connection, words: list[str], given: str | None, said: str) -> None:
    answer = stack("users", *words, given=given)
    assert answer.code != 0
    assert said in answer.err
    assert users.listing(conn) == []


def test_a_new_password_takes_the_place_of_the_old_one(stack: Newsmill, conn: Connection) -> None:
    stack("users", "add", "jo", "--role", "admin", given=PASSWORD)
    assert stack("users", "set", "jo", "--password", given="another horse\n").out == "jo has a new password\n"
    kept = users.password_of(conn, "jo")
    assert secrets.fits("another horse", kept)
    assert not secrets.fits(PASSWORD.strip(), kept)


def test_a_token_is_shown_once_and_kept_nowhere(stack: Newsmill, conn: Connection) -> None:
    stack("users", "add", "jo", "--role", "admin", given=PASSWORD)
    made = stack("tokens", "add", "jo", "notebook", "--scope", "read", "--scope", "text", "--days", "7")
    secret = made.out.strip()
    assert secret.startswith("nm_")
    found = tokens.caller(conn, secrets.digest(secret))
    assert found is not None
    assert (found.name, found.token, sorted(found.scopes)) == ("jo", "notebook", ["read", "text"])
    dump = conn.execute("SELECT string_agg(t::text, ' ') FROM tokens t").fetchone()
    assert dump is not None
    assert secret not in dump[0]
    (listed,) = stack("tokens", "--json").objects
    assert secret not in str(listed)
    assert "already" in stack("tokens", "add", "jo", "notebook", "--scope", "read").err
    assert stack("tokens", "revoke", str(listed["id"])).code == 0
    assert tokens.caller(conn, secrets.digest(secret)) is None
    assert "no token" in stack("tokens", "revoke", "99").err
    assert "no user" in stack("tokens", "add", "who", "x", "--scope", "read").err
