from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql

from cli.local.services import Services
from pipeline.settings import Fetch, Settings
from tests.conftest import with_database
from web.app import create_app

BASE = "http://127.0.0.1:8080"
EMPTY = "web_empty"


@pytest.fixture
def config(settings: Settings) -> Settings:
    """Like `settings`, with a Redis database that no other test's messages lie in."""
    return settings.model_copy(update={"redis_url": settings.redis_url.removesuffix("/0") + "/7"})


@pytest.fixture
def client(config: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(config), base_url=BASE) as found:
        yield found


@pytest.fixture(scope="session")
def empty(services: Services, template: str) -> Iterator[TestClient]:
    """A client of one empty database, for the many requests that must change nothing; it is checked in the end that none did."""
    with psycopg.connect(services.database_url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(EMPTY), sql.Identifier(template)))
    url = with_database(services.database_url, EMPTY)
    settings = Settings(database_url=url, redis_url=services.redis_url, fetch=Fetch(allow_networks=[]))
    with TestClient(create_app(settings), base_url=BASE) as found:
        yield found
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT (SELECT count(*) FROM links), (SELECT count(*) FROM hosts)").fetchone() == (0, 0)
