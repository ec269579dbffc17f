"""Roles for people who query with SQL: they may only read the views of the schema `archive`."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import psycopg
from psycopg import Connection, sql
from psycopg.rows import class_row

SCHEMA = "archive"
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
MARK = "newsmill: reads the views of the schema archive"  # marks the roles that newsmill created


@dataclass(frozen=True, slots=True)
class Role:
    """A role. `timeout_s` is the time limit of a statement."""

    name: str
    timeout_s: int
    connections: int


class Refused(ValueError):
    """A role cannot be created or deleted. The message is one sentence."""


def listing(conn: Connection) -> list[Role]:
    """The roles that newsmill created and that may read this database."""
    with conn.cursor(row_factory=class_row(Role)) as cur:
        return cur.execute(
            """
            SELECT rolname AS name, rolconnlimit AS connections, coalesce(
                (SELECT substring(x FROM 'statement_timeout=(\\d+)s')::int FROM unnest(rolconfig) x WHERE starts_with(x, 'statement_timeout=')), 0) AS timeout_s
            FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = %s AND has_schema_privilege(oid, %s, 'USAGE') ORDER BY 1
            """,
            (MARK, SCHEMA),
        ).fetchall()


def add(conn: Connection, role: Role) -> str:
    """Create the role, or give it a new password. Returns the password, which is stored nowhere. Raises Refused."""
    if not NAME.fullmatch(role.name) or role.name.startswith("pg_"):
        raise Refused(f"{role.name[:60]!r} is no name of a role; write small letters, digits and _, such as analyst")
    password = secrets.token_urlsafe(24)
    # hashed here, so that no log of Postgres contains it
    verifier = conn.pgconn.encrypt_password(password.encode(), role.name.encode(), b"scram-sha-256").decode()
    try:
        with conn.transaction():
            _make(conn, role, verifier)
            _allow(conn, role.name)
    except psycopg.errors.InsufficientPrivilege:
        raise Refused(_NOT_ALLOWED) from None
    return password


def remove(conn: Connection, name: str) -> bool:
    """Delete a role; its connections end. Returns False if newsmill created no such role. Raises Refused."""
    if name not in {role.name for role in listing(conn)}:
        return False
    of = sql.Identifier(name)
    try:
        with conn.transaction():
            conn.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(of))
            conn.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(sql.Identifier(SCHEMA), of))
            conn.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(sql.Identifier(SCHEMA), of))
            conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(sql.Identifier(conn.info.dbname), of))
            conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (name,))
            conn.execute(sql.SQL("DROP ROLE {}").format(of))
    except psycopg.errors.InsufficientPrivilege:
        raise Refused(_NOT_ALLOWED) from None
    except psycopg.errors.DependentObjectsStillExist:
        raise Refused(f"{name} may read other databases of this Postgres too; remove it there first") from None
    return True


_NOT_ALLOWED = "the role by which newsmill connects may not make roles; connect as one that may, or have its CREATEROLE granted"


def _make(conn: Connection, role: Role, verifier: str) -> None:
    name = sql.Identifier(role.name)
    there = conn.execute("SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s", (role.name,)).fetchone()
    if there is not None and there != (MARK,):
        raise Refused(f"there is a role {role.name} that newsmill has not made; take another name")
    verb = sql.SQL("ALTER" if there else "CREATE")
    conn.execute(
        sql.SQL("{} ROLE {} LOGIN NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT {} PASSWORD {}").format(
            verb, name, sql.Literal(role.connections), sql.Literal(verifier)
        )
    )
    conn.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(name, sql.Literal(MARK)))
    for setting, value in (
        ("search_path", SCHEMA),
        ("statement_timeout", f"{role.timeout_s}s"),
        ("idle_in_transaction_session_timeout", "10min"),  # an open transaction keeps Postgres from vacuuming
        ("default_transaction_read_only", "on"),
        ("timezone", "UTC"),
    ):
        conn.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value)))


def _allow(conn: Connection, name: str) -> None:
    """Let the role read the views. Temporary tables are forbidden for everybody but the owner, because they could fill the disk."""
    role, database, schema = sql.Identifier(name), sql.Identifier(conn.info.dbname), sql.Identifier(SCHEMA)
    conn.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
    conn.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))
    conn.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role))
    conn.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(schema, role))
