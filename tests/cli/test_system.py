"""status, migrate and doctor."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import psycopg
import pytest
from packaging.requirements import Requirement
from psycopg import sql

from cli.commands.admin import doctor_checks
from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.feeds import feeds
from pipeline.store.maintenance import periodic_runs
from tests.cli.conftest import Newsmill, ended, stored, waiting


def alive(conn: psycopg.Connection, *queues: str) -> None:
    for queue in queues:
        workers.report(conn, f"{queue}@here", queue, 4, "0.1", 0.0)
    periodic_runs.completed(conn, "dispatch")


def test_status_shows_the_funnel(stack: Newsmill, conn: psycopg.Connection) -> None:
    feeds.add(conn, "https://a.example/feed")
    stored(conn, "https://a.example/1")
    waiting(conn, "https://a.example/2")
    ended(conn, "https://a.example/3", "failed", "http_404")
    conn.execute("UPDATE hosts SET paused_until = now() + interval '1 hour', pause_reason = 'answered 503'")
    alive(conn, "control", "poll", "fetch", "extract")
    said = stack("status")
    assert said.code == 0
    assert said.lines[0] == "feeds     1 active (0 failing), 0 paused, 0 stopped"
    assert "1 waiting, 0 dispatched, 0 running, 0 fetched, 1 stored, 0 skipped, 1 failed" in said.lines[1]
    assert said.lines[2] == "articles  1, 1 in the last hour, 1 in the last day"
    assert said.lines[3].startswith("ticks     last one ")
    for expected in ("http_404", "answered 503", "fetch@here"):
        assert expected in said.out


def test_status_as_json_is_one_object(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, "https://a.example/2")
    (found,) = stack("status", "--json").objects
    assert set(found) == {
        "feeds", "links", "lines", "articles", "articles_last_hour", "articles_last_day", "retrying", "late", "failures",
        "hosts_paused", "paused_hosts", "slow_hosts", "leases_without_job", "workers", "queues",
        "contact", "checks", "tick_s",
    }  # fmt: skip
    assert found["links"]["waiting"] == 1
    assert found["lines"]["fetch"]["waiting"] == 1
    assert found["queues"] == {"control": 0, "poll": 0, "fetch": 0, "extract": 0}


def test_status_without_redis_shows_the_rest(stack: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_REDIS_URL", "redis://127.0.0.1:1/0")
    said = stack("status")
    assert said.code == 0
    assert "redis: Redis at 127.0.0.1:1: " in said.out
    assert stack("status", "--json").objects[0]["queues"] is None


def test_watch_looks_again_until_it_is_stopped(stack: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("cli.commands.admin.status.time", SimpleNamespace(sleep=nap))  # not time.sleep itself: other threads sleep too
    said = stack("status", "--watch", "--every", "7", "--json")
    assert said.code == 0
    assert len(said.objects) == 3
    assert naps == [7, 7, 7]


def test_migrate_makes_the_tables_once(newsmill: Newsmill, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"empty_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            monkeypatch.setenv("NEWSMILL_DATABASE_URL", settings.database_url.rpartition("/")[0] + f"/{name}")
            first, second = newsmill("migrate"), newsmill("migrate")
            assert (first.code, first.lines[0]) == (0, "applied: 0001-foundation")
            assert (second.code, second.out) == (0, "the tables are up to date\n")
            assert newsmill("status").code == 0
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def levels(stack: Newsmill) -> dict[str, str]:
    return {check["name"]: check["level"] for check in stack("doctor", "--json").objects}


def test_doctor_finds_a_whole_stack_well(stack: Newsmill, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    alive(conn, "control", "poll", "fetch", "extract")
    monkeypatch.setenv("NEWSMILL_FETCH__ALLOW_NETWORKS", "[]")
    monkeypatch.setattr("workers.checks.facts.shutil.disk_usage", lambda _: type("Usage", (), {"free": 2**40}))
    said = stack("doctor")
    assert said.code == 0
    assert [line for line in said.lines if not line.startswith("ok ")] == []
    assert set(levels(stack)) == {
        "python", "packages", "settings", "postgres", "clock", "tables", "postgres writes", "connections", "transactions", "ticks", "housekeeping", "partitions",
        "workers of control", "workers of poll", "workers of fetch", "workers of extract", "poll queue", "fetch queue", "extract queue", "lag of poll",
        "lag of fetch", "lag of extract", "redis", "redis writes", "redis memory", "redis on disk", "redis eviction", "disk", "contact", "networks",
        "keys", "words of feeds", "host leases",
    }  # fmt: skip


def test_doctor_misses_workers_and_says_what_to_do(stack: Newsmill, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    alive(conn, "control", "poll", "fetch", "extract")
    conn.execute("UPDATE workers SET seen_at = now() - interval '5 minutes' WHERE queue = 'extract'")
    assert [name for name, level in levels(stack).items() if level == "fail"] == ["workers of extract"]
    said = stack("doctor")
    assert said.code == 1
    assert "newsmill up" in said.out


def test_without_a_contact_doctor_says_that_nothing_but_loopback_is_fetched(unknown: Newsmill) -> None:
    said = unknown("doctor")
    assert said.code == 1
    assert "fail  contact: No contact address is set, so only loopback addresses are fetched." in said.out
    assert "newsmill set fetch.contact=ADDRESS" in said.out
    assert "NEWSMILL_FETCH__CONTACT" in said.out


def test_doctor_warns_of_the_networks_that_are_opened(stack: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_FETCH__ALLOW_NETWORKS", '["127.0.0.0/8", "10.1.0.0/16"]')
    assert "warn  networks: 127.0.0.0/8, 10.1.0.0/16 opened" in stack("doctor").out


def test_doctor_finds_missing_tables(newsmill: Newsmill, stack: Newsmill, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", settings.database_url.rpartition("/")[0] + "/postgres")
    said = stack("doctor")
    assert (said.code, levels(stack)["tables"]) == (1, "fail")
    assert "Run `newsmill migrate`." in said.out


def test_doctor_goes_on_where_services_are_away(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/newsmill")
    monkeypatch.setenv("NEWSMILL_REDIS_URL", "redis://:s3cret@127.0.0.1:1/0")
    said = newsmill("doctor")
    assert said.code == 1
    found = levels(newsmill)
    assert (found["postgres"], found["redis"], found["python"]) == ("fail", "fail", "ok")
    assert "s3cret" not in said.out


def test_doctor_names_a_wrong_setting(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_FETCH__MIN_GAP", "3")
    said = newsmill("doctor")
    assert said.code == 1
    assert "NEWSMILL_FETCH__MIN_GAP is not a setting" in said.out


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [("psycopg>=3", ""), ("psycopg>=99", "is not >=99"), ("no-such-package-here>=1", "no-such-package-here is missing")],
)
def test_packages(wanted: str, problem: str) -> None:
    found = doctor_checks.misfit(Requirement(wanted))
    assert (problem in found) if problem else found == ""
