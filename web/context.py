"""What the web process keeps for all requests, and how a request gets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from psycopg import Connection
from psycopg_pool import ConnectionPool

from pipeline.settings import Settings

# A person waits: after this time Postgres' answer is given up and the request gets 503.
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


# Returned before the answer is sent, so that a slow reader holds no connection.
Database = Annotated[Connection, Depends(database, scope="function")]
