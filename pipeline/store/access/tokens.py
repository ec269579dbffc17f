"""Keys of programs. Each may do no more than its user may now, whatever its scopes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.access.scopes import ROLES, Caller, Scope

USED_EVERY_S = 60  # seconds between two updates of the last use


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret, which is not stored. `used_at` is accurate to a minute."""

    id: int
    name: str
    user: str
    scopes: list[Scope]
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


_SELECT = (
    "SELECT t.id, t.name, u.name AS user, t.scopes, t.created_at, t.used_at, t.expires_at FROM tokens t JOIN users u ON u.id = t.user_id"
)


def add(conn: Connection, user: str, name: str, scopes: Iterable[Scope], digest: bytes, expires_at: datetime | None) -> Token | None:
    """Create a token. Returns None if the user does not exist, or already has a token with this name."""
    row = conn.execute(
        """
        INSERT INTO tokens (user_id, name, scopes, digest, expires_at)
        SELECT id, %(name)s, %(scopes)s, %(digest)s, %(expires)s FROM users WHERE name = %(user)s
        ON CONFLICT (user_id, name) DO NOTHING RETURNING id
        """,
        {"user": user, "name": name, "scopes": list(scopes), "digest": digest, "expires": expires_at},
    ).fetchone()
    return get(conn, row[0]) if row else None


def get(conn: Connection, number: int) -> Token | None:
    """The token with this id, or None."""
    with conn.cursor(row_factory=class_row(Token)) as cur:
        return cur.execute(f"{_SELECT} WHERE t.id = %s", (number,)).fetchone()


def listing(conn: Connection, user: str | None = None) -> list[Token]:
    """The tokens of a user, or all of them."""
    with conn.cursor(row_factory=class_row(Token)) as cur:
        return cur.execute(
            f"{_SELECT} WHERE %(user)s::text IS NULL OR u.name = %(user)s ORDER BY u.name, t.name", {"user": user}
        ).fetchall()


def remove(conn: Connection, number: int) -> bool:
    """Revoke a token at once. Returns False if there is none."""
    return conn.execute("DELETE FROM tokens WHERE id = %s", (number,)).rowcount == 1


def caller(conn: Connection, digest: bytes) -> Caller | None:
    """The caller with this token; None if it does not exist or has expired."""
    row = conn.execute(
        """
        SELECT u.name, u.role, t.scopes, u.id, t.name, t.id, t.used_at IS NULL OR t.used_at < now() - make_interval(secs => %s)
        FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.digest = %s AND (t.expires_at IS NULL OR t.expires_at > now())
        """,
        (USED_EVERY_S, digest),
    ).fetchone()
    if row is None:
        return None
    name, role, scopes, user_id, token, number, unnoted = row
    if unnoted:
        conn.execute("UPDATE tokens SET used_at = now() WHERE id = %s", (number,))
    return Caller(name, ROLES[role] & frozenset(scopes), "token", user_id, token)
