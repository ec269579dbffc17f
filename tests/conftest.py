"""Real services for tests: one embedded Postgres and Valkey a session, a fresh database for each test that asks for one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql

from cli.local.services import Services, embedded
from pipeline.settings import Fetch, Settings
from pipeline.store.db.pool import connect
from pipeline.store.maintenance.migrate import migrate
from tests.support import long_first

# The machine may be busy: an input that takes long to make says nothing of the code.
hypothesis.settings.register_profile("newsmill", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("newsmill")

for name in [name for name in os.environ if name.startswith("NEWSMILL_")]:
    del os.environ[name]  # a developer's own stack is none of the tests' business


# Folders whose tests start the real processes, whatever fixtures they use.
STACKS = tuple(str(Path(__file__).parent / name) for name in ("integration", "chaos", "compose"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark with `service` whatever needs Postgres or Valkey: by its fixtures, its folder, or because its module starts them itself."""
    for item in items:
        uses = getattr(item, "fixturenames", ())
        starts = hasattr(getattr(item, "module", None), "embedded")
        if "services" in uses or starts or str(item.path).startswith(STACKS):
            item.add_marker("service")


@pytest.hookimpl(specname="pytest_collection_modifyitems", trylast=True)  # after those are left out that -m does not choose
def long_tests_first(items: list[pytest.Item]) -> None:
    """Each of several processes begins with its share of the long tests."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
    if processes:
        items[:] = long_first.ordered(items, processes)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """An embedded Postgres and Valkey that all tests share."""
    with embedded(tmp_path_factory.mktemp("services"), fsync=False) as running:
        yield running


@pytest.fixture(scope="session")
def template(services: Services) -> str:
    """A migrated database to copy from: copying takes a tenth of the time of migrating."""
    name = "template_newsmill"
    with psycopg.connect(services.database_url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    migrate(with_database(services.database_url, name))
    return name


@pytest.fixture
def settings(services: Services, template: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a stack with an empty database of its own, open to loopback addresses, without gaps between requests."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(services.database_url, autocommit=True) as conn:
        # Copied file by file: half the time of copying through the write-ahead log.
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        conn.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
    yield Settings(
        database_url=with_database(services.database_url, name),
        redis_url=services.redis_url,
        data_dir=tmp_path,
        fetch=Fetch(allow_networks=["127.0.0.0/8"], min_gap_s=0),
    )
    with psycopg.connect(services.database_url, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def conn(settings: Settings) -> Iterator[psycopg.Connection]:
    with connect(settings) as connection:
        yield connection


def with_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return psycopg.conninfo.make_conninfo(url, dbname=name) if "://" not in url else url.rsplit("/", 1)[0] + "/" + name
