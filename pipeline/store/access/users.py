"""People who may sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.access.scopes import Role


@dataclass(frozen=True, slots=True)
class User:
    """`tokens` and `sessions`: how many of them are good now."""

    id: int
    name: str
    role: Role
    created_at: datetime
    signed_in_at: datetime | None
    tokens: int
    sessions: int


_SELECT = """
    SELECT u.id, u.name, u.role, u.created_at, u.signed_in_at,
           (SELECT count(*) FROM tokens t WHERE t.user_id = u.id AND (t.expires_at IS NULL OR t.expires_at > now())) AS tokens,
           (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.expires_at > now()) AS sessions
    FROM users u
"""


def are_there(conn: Connection) -> bool:
    """Whether there is a user at all."""
    return conn.execute("SELECT EXISTS (SELECT FROM users)").fetchone() == (True,)


def listing(conn: Connection) -> list[User]:
    """All users, by name."""
    with conn.cursor(row_factory=class_row(User)) as cur:
        return cur.execute(f"{_SELECT} ORDER BY u.name").fetchall()


def find(conn: Connection, name: str) -> User | None:
    """The user of this name, None if there is none."""
    with conn.cursor(row_factory=class_row(User)) as cur:
        return cur.execute(f"{_SELECT} WHERE u.name = %s", (name,)).fetchone()


def password_of(conn: Connection, name: str) -> str | None:
    """The hash of the user's password; None where there is no such user."""
    row = conn.execute("SELECT password FROM users WHERE name = %s", (name,)).fetchone()
    return str(row[0]) if row else None


def add(conn: Connection, name: str, role: Role, password: str) -> bool:
    """Make a user, whose `password` is hashed. False where there is one of that name."""
    made = conn.execute(
        "INSERT INTO users (name, role, password) VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING", (name, role, password)
    )
    return made.rowcount == 1


def change(conn: Connection, name: str, *, role: Role | None = None, password: str | None = None) -> bool:
    """Give a user another role or password. A new password ends their sessions. False where there is no such user."""
    with conn.transaction():
        row = conn.execute(
            "UPDATE users SET role = coalesce(%(role)s, role), password = coalesce(%(password)s, password) WHERE name = %(name)s RETURNING id",
            {"role": role, "password": password, "name": name},
        ).fetchone()
        if row is not None and password is not None:
            conn.execute("DELETE FROM sessions WHERE user_id = %s", (row[0],))
    return row is not None


def remove(conn: Connection, name: str) -> bool:
    """Take a user away, with their sessions and tokens. False where there is none."""
    return conn.execute("DELETE FROM users WHERE name = %s", (name,)).rowcount == 1


def is_last_admin(conn: Connection, name: str) -> bool:
    """Whether nobody could manage users any more without this one, though others are there."""
    row = conn.execute(
        """
        SELECT EXISTS (SELECT FROM users WHERE name = %(name)s AND role = 'admin')
               AND NOT EXISTS (SELECT FROM users WHERE name <> %(name)s AND role = 'admin') AND EXISTS (SELECT FROM users WHERE name <> %(name)s)
        """,
        {"name": name},
    ).fetchone()
    return row == (True,)
