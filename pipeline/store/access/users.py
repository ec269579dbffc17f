"""People who may sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.access.scopes import Role


@dataclass(frozen=True, slots=True)
class User:
    """A user. `tokens` and `sessions` count the valid ones."""

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
    """Whether there is any user."""
    return conn.execute("SELECT EXISTS (SELECT FROM users)").fetchone() == (True,)


def listing(conn: Connection) -> list[User]:
    """All users, by name."""
    with conn.cursor(row_factory=class_row(User)) as cur:
        return cur.execute(f"{_SELECT} ORDER BY u.name").fetchall()


def find(conn: Connection, name: str) -> User | None:
    """The user with this name, or None."""
    with conn.cursor(row_factory=class_row(User)) as cur:
        return cur.execute(f"{_SELECT} WHERE u.name = %s", (name,)).fetchone()


def password_of(conn: Connection, name: str) -> str | None:
    """The hash of the user's password; None if there is no such user."""
    row = conn.execute("SELECT password FROM users WHERE name = %s", (name,)).fetchone()
    return str(row[0]) if row else None


def add(conn: Connection, name: str, role: Role, password: str) -> bool:
    """Create a user; `password` is a hash. Returns False if the name is taken."""
    made = conn.execute(
        "INSERT INTO users (name, role, password) VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING", (name, role, password)
    )
    return made.rowcount == 1


def change(conn: Connection, name: str, *, role: Role | None = None, password: str | None = None) -> bool:
    """Change a user's role or password. A new password ends their sessions. Returns False if there is no such user."""
    with conn.transaction():
        row = conn.execute(
            "UPDATE users SET role = coalesce(%(role)s, role), password = coalesce(%(password)s, password) WHERE name = %(name)s RETURNING id",
            {"role": role, "password": password, "name": name},
        ).fetchone()
        if row is not None and password is not None:
            conn.execute("DELETE FROM sessions WHERE user_id = %s", (row[0],))
    return row is not None


def remove(conn: Connection, name: str) -> bool:
    """Delete a user with their sessions and tokens. Returns False if there is none."""
    return conn.execute("DELETE FROM users WHERE name = %s", (name,)).rowcount == 1


def is_last_admin(conn: Connection, name: str) -> bool:
    """Whether this is the last admin while there are other users."""
    row = conn.execute(
        """
        SELECT EXISTS (SELECT FROM users WHERE name = %(name)s AND role = 'admin')
               AND NOT EXISTS (SELECT FROM users WHERE name <> %(name)s AND role = 'admin') AND EXISTS (SELECT FROM users WHERE name <> %(name)s)
        """,
        {"name": name},
    ).fetchone()
    return row == (True,)
