"""A disk that is full, of Postgres or of Redis: whoever puts something in line is told so, every check sees it, and room mends it."""

from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from fastapi.testclient import TestClient
from psycopg import sql

from cli.local.services import Services, embedded
from pipeline.settings import Settings
from tests.cli.conftest import Newsmill
from tests.conftest import with_database
from tests.integration.small_disk import filled, small_disk
from tests.integration.stack import wait_until
from web.app import create_app
from workers.checks import examine
from workers.checks.facts import gather
from workers.messaging import redis_queues

URLS = [f"https://example.org/{number}" for number in range(200)]


def level(settings: Settings, name: str) -> str:
    return next((check.level for check in examine(gather(settings)) if check.name == name), "absent")


def wait_for_writes(settings: Settings) -> None:
    """Until Postgres takes rows; where it does not, the failure tells what every check found."""

    def told() -> str:
        return "\n".join(f"{check.level:4} {check.name}: {check.finding}" for check in examine(gather(settings)))

    wait_until(lambda: level(settings, "postgres writes") == "ok", 180, "Postgres to take rows", told)


def refuses(settings: Settings, queue: redis.Redis) -> bool:
    """Whether it refuses to write, once it has had something to write to its full disk."""
    with contextlib.suppress(redis.RedisError):
        queue.set("something", bytes(65536))
    return redis_queues.refusal(settings) != ""


@pytest.fixture
def disk() -> Iterator[Path]:
    """Not in pytest's folder, which pytest keeps closed: the account of Postgres has to come through, and no capability helps it."""
    with tempfile.TemporaryDirectory() as outside:
        Path(outside).chmod(0o711)
        with small_disk(Path(outside) / "disk", 48) as folder:
            yield folder


@pytest.fixture
def on_small_disk(disk: Path, settings: Settings, services: Services, template: str) -> Iterator[Settings]:
    """Settings of a stack whose database lies on the small disk."""
    name = f"small_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(services.database_url, autocommit=True) as conn:
        home = conn.execute("SHOW data_directory").fetchone()[0]  # type: ignore[index]
        space = disk / "space"
        space.mkdir()
        os.chown(space, Path(home).stat().st_uid, Path(home).stat().st_gid)
        conn.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(name), sql.Literal(str(space))))
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} TABLESPACE {}")
        conn.execute(make.format(sql.Identifier(name), sql.Identifier(template), sql.Identifier(name)))
        yield settings.model_copy(update={"database_url": with_database(services.database_url, name)})
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        conn.execute(sql.SQL("DROP TABLESPACE {}").format(sql.Identifier(name)))


def test_a_full_disk_of_postgres_is_told_to_whoever_enqueues(
    on_small_disk: Settings, disk: Path, newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", on_small_disk.database_url)
    monkeypatch.setenv("NEWSMILL_REDIS_URL", on_small_disk.redis_url)
    with TestClient(create_app(on_small_disk), base_url="http://127.0.0.1") as client:
        wait_for_writes(on_small_disk)
        with filled(disk):
            answer = client.post("/api/v1/enqueue", json={"urls": URLS})
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "disk_full")
            assert "free some space" in answer.json()["error"]["detail"]
            said = newsmill("enqueue", *URLS)
            assert said.code == 1
            assert "The disk of Postgres is full" in said.err
            assert level(on_small_disk, "postgres writes") == "fail"
            assert any("its disk is full" in problem for problem in client.get("/readyz").json()["problems"])
        assert client.post("/api/v1/enqueue", json={"urls": URLS}).status_code == 200
        wait_for_writes(on_small_disk)


def test_a_full_disk_of_redis_is_told_to_whoever_enqueues_and_nothing_is_lost(
    settings: Settings, disk: Path, newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    with embedded(disk / "data", postgres=False) as services:
        config = settings.model_copy(update={"redis_url": services.redis_url})
        monkeypatch.setenv("NEWSMILL_DATABASE_URL", config.database_url)
        monkeypatch.setenv("NEWSMILL_REDIS_URL", config.redis_url)
        with TestClient(create_app(config), base_url="http://127.0.0.1") as client, redis.Redis.from_url(config.redis_url) as queue:
            with filled(disk):
                wait_until(lambda: refuses(config, queue), 180, "Redis to refuse writes")
                answer = client.post("/api/v1/enqueue", json={"urls": URLS[:1]})
                assert answer.status_code == 200
                assert answer.json()["results"][0]["what"] == "new"
                assert answer.json()["notice"]["code"] == "redis_disk_full"
                assert "free some space" in newsmill("enqueue", URLS[1]).err
                assert level(config, "redis on disk") == "fail"
                assert level(config, "redis writes") == "fail"
            wait_until(lambda: redis_queues.refusal(config) == "", 180, "Redis to take writes again")
            assert "notice" not in client.post("/api/v1/enqueue", json={"urls": URLS[2:3]}).json()
    with psycopg.connect(settings.database_url) as conn:
        assert conn.execute("SELECT count(*) FROM links").fetchone() == (3,)
