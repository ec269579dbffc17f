"""Sessions of signed-in browsers."""

from __future__ import annotations

from psycopg import Connection

from pipeline.access.scopes import ROLES, Caller


def begin(conn: Connection, name: str, digest: bytes, days: float, address: str, agent: str) -> None:
    """Sign a user in. Expired sessions are deleted."""
    with conn.transaction():
        conn.execute("DELETE FROM sessions WHERE expires_at <= now()")
        conn.execute(
            """
            WITH signed AS (UPDATE users SET signed_in_at = now() WHERE name = %(name)s RETURNING id)
            INSERT INTO sessions (digest, user_id, expires_at, address, agent)
            SELECT %(digest)s, id, now() + make_interval(secs => %(seconds)s), %(address)s, %(agent)s FROM signed
            """,
            {"name": name, "digest": digest, "seconds": days * 86_400, "address": address, "agent": agent},
        )


def caller(conn: Connection, digest: bytes) -> Caller | None:
    """The user of this session; None if it does not exist or has expired."""
    row = conn.execute(
        "SELECT u.name, u.role, u.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.digest = %s AND s.expires_at > now()",
        (digest,),
    ).fetchone()
    return Caller(row[0], ROLES[row[1]], "session", row[2]) if row else None


def end(conn: Connection, digest: bytes) -> None:
    """Sign out."""
    conn.execute("DELETE FROM sessions WHERE digest = %s", (digest,))
