"""What the web process holds for all its requests, and how a request gets at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from psycopg import Connection
from psycopg_pool import ConnectionPool

from pipeline.settings import Settings

# A person waits: what Postgres cannot give by then is answered with 503.
CONNECT_S = 4.0


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    pool: ConnectionPool


def context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


Web = Annotated[Context, Depends(context)]


def database(web: Web) -> Iterator[Connection]:
    with web.pool.connection(timeout=CONNECT_S) as conn:
        yield conn


# Given back before the answer is sent, so that a slow reader holds no connection.
Database = Annotated[Connection, Depends(database, scope="function")]
