"""What each check says of the facts, as a table; and that facts which are real are gathered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from pipeline.settings import Fetch, Settings
from pipeline.store.feeds import feeds
from pipeline.store.hosts import host_settings
from pipeline.store.links import links
from pipeline.store.maintenance import periodic_runs, vitals
from pipeline.store.maintenance.periodic_runs import PeriodicRun
from pipeline.store.workers import Worker
from tests.web.rows import add_link
from workers.checks import Check, examine, operator, postgres, progress, redis, stopping
from workers.checks.facts import gather
from workers.messaging.redis_queues import Redis

WELL = Redis("9.1", "", {"fetch": 3}, used_memory=2**20, max_memory=2**28, memory_policy="noeviction")
NOW = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)


def worker(queue: str, silent_s: float) -> Worker:
    return Worker(f"{queue}@here", queue, 4, "0.1", NOW, NOW, silent_s)


def settings_with(**fetch: object) -> Settings:
    return Settings.model_construct(fetch=Fetch(**fetch))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("check", "level", "stops"),
    [
        (postgres.version(150_000), "ok", False),
        (postgres.version(149_999), "fail", True),
        (postgres.clock(0), "ok", False),
        (postgres.clock(-4.9), "ok", False),
        (postgres.clock(6), "warn", False),
        (postgres.clock(-100), "warn", False),
        (postgres.clock(301), "fail", False),
        (postgres.tables([], []), "ok", False),
        (postgres.tables(["0020-x"], []), "fail", True),
        (postgres.tables([], ["0099-x"]), "fail", True),
        (postgres.writes(""), "ok", False),
        (postgres.writes("its disk is full"), "fail", True),
        (postgres.connections(20, 100), "ok", False),
        (postgres.connections(95, 100), "warn", False),
        (postgres.open_transactions(0.0), "ok", False),
        (postgres.open_transactions(700.0), "warn", False),
        (progress.ticks(PeriodicRun("dispatch", 2.0, None, ""), 30), "ok", False),
        (progress.ticks(PeriodicRun("dispatch", -7200.0, None, ""), 30), "ok", False),
        (progress.ticks(PeriodicRun("dispatch", 31.0, None, ""), 30), "fail", True),
        (progress.ticks(PeriodicRun("dispatch", None, 2.0, "DiskFull: no room"), 30), "fail", True),
        (progress.ticks(None, 30), "fail", True),
        (progress.housekeeping(None), "ok", False),
        (progress.housekeeping(PeriodicRun("housekeeping", 3500.0, None, "")), "ok", False),
        (progress.housekeeping(PeriodicRun("housekeeping", 4 * 3600.0, 60.0, "no")), "warn", False),
        (progress.housekeeping(PeriodicRun("housekeeping", None, 60.0, "no")), "fail", False),
        (progress.months([]), "ok", False),
        (progress.months(["pages_2026_12"]), "warn", False),
        (redis.writes(WELL), "ok", False),
        (redis.writes(replace(WELL, refuses="OOM command not allowed")), "fail", True),
        (redis.memory(WELL), "ok", False),
        (redis.memory(replace(WELL, max_memory=0)), "ok", False),
        (redis.memory(replace(WELL, used_memory=2**28)), "warn", False),
        (redis.on_disk(WELL), "ok", False),
        (redis.on_disk(replace(WELL, append_only=False)), "warn", False),
        (redis.on_disk(replace(WELL, append_only_written=False)), "fail", False),
        (redis.on_disk(replace(WELL, snapshot_written=False)), "fail", False),
        (redis.memory_policy("noeviction"), "ok", False),
        (redis.memory_policy("allkeys-lru"), "fail", False),
        (redis.memory_policy(""), "warn", False),
        (operator.disk(2**40, Path("/")), "ok", False),
        (operator.disk(2**30, Path("/")), "warn", False),
        (operator.disk(2**20, Path("/")), "fail", False),
        (operator.contact(settings_with()), "fail", False),
        (operator.contact(settings_with(), at_home=True), "ok", False),
        (operator.contact(settings_with(contact="https://who.test/")), "ok", False),
        (operator.networks(settings_with()), "ok", False),
        (operator.networks(settings_with(allow_networks=["10.0.0.0/8"])), "warn", False),
    ],
)
def test_a_check_judges_and_says_what_to_do(check: Check, level: str, stops: bool) -> None:
    assert check.level == level, check
    assert (check.stops and check.level == "fail") == stops
    assert bool(check.advice) == (level != "ok")


@pytest.mark.parametrize(
    ("found", "remedy"),
    [
        (replace(WELL, used_memory=2**28), "raise maxmemory"),
        (replace(WELL, replica=True), "REPLICAOF NO ONE"),
        (replace(WELL, append_only_written=False), "disk"),
        (replace(WELL, snapshot_written=False), "disk"),
        (WELL, "See its log"),
    ],
)
def test_the_advice_for_a_redis_that_refuses_fits_the_reason(found: Redis, remedy: str) -> None:
    assert remedy in redis.writes(replace(found, refuses="no")).advice


def test_ticks_that_fail_say_why() -> None:
    assert "DiskFull: no room" in progress.ticks(PeriodicRun("dispatch", 90.0, 2.0, "DiskFull: no room"), 30).finding


@pytest.mark.parametrize(("untaken_s", "running", "level"), [(10.0, 0, "ok"), (100.0, 3, "ok"), (100.0, 0, "fail")])
def test_messages_that_nobody_takes_are_seen(untaken_s: float, running: int, level: str) -> None:
    found = {check.name: check.level for check in progress.queues({"fetch": untaken_s}, {"fetch": running})}
    assert found == {"poll queue": "ok", "fetch queue": level, "extract queue": "ok"}


def test_a_queue_without_workers_stops_newsmill() -> None:
    found = list(progress.workers([worker(queue, 1.0) for queue in ("control", "poll", "fetch")] + [worker("extract", 90.0)], 10))
    assert [check.name for check in stopping(found)] == ["workers of extract"]


def found(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(gather(settings))}


def test_the_age_of_the_last_tick_is_that_of_postgres(settings: Settings, conn: psycopg.Connection) -> None:
    assert found(settings)["ticks"].finding == "none has ended yet"
    periodic_runs.completed(conn, "dispatch")
    assert found(settings)["ticks"].level == "ok"
    conn.execute("UPDATE periodic SET completed_at = now() - interval '12 minutes'")
    periodic_runs.failed(conn, "dispatch", "it broke")
    assert found(settings)["ticks"].finding == "the last ended 12 min ago; they fail: it broke"
    periodic_runs.completed(conn, "dispatch")
    assert found(settings)["ticks"].level == "ok"


def test_a_message_that_no_worker_begins_is_seen(settings: Settings, conn: psycopg.Connection) -> None:
    add_link(conn, "https://example.org/a")
    conn.execute(
        "UPDATE links SET state = 'dispatched', dispatch_id = gen_random_uuid(), lease_until = now() + interval '2 minutes',"
        " updated_at = now() - interval '1 minute', due_at = now() - interval '1 minute'"
    )
    assert found(settings)["fetch queue"].level == "fail"
    conn.execute("UPDATE links SET due_at = now() + interval '1 minute'")  # a retry that rides in Redis
    assert found(settings)["fetch queue"].level == "ok"


def test_a_poll_that_no_worker_begins_is_seen(settings: Settings, conn: psycopg.Connection) -> None:
    feeds.add(conn, "https://example.org/feed")
    claim = "UPDATE feeds SET phase = 'dispatched', dispatch_id = gen_random_uuid(), lease_until = now() + make_interval(secs => %s)"
    conn.execute(claim, (settings.dispatch.lease_dispatched_s - 10,))
    assert found(settings)["poll queue"].level == "ok"
    conn.execute(claim, (settings.dispatch.lease_dispatched_s - 60,))
    assert found(settings)["poll queue"].level == "fail"


def test_what_waits_for_a_paused_host_is_not_due(settings: Settings, conn: psycopg.Connection) -> None:
    for number in range(3):
        add_link(conn, f"https://example.org/{number}")
    add_link(conn, "https://example.org/page", state="fetched")
    feeds.add(conn, "https://example.org/feed")
    add_link(conn, "https://free.test/a", host="free.test")
    conn.execute("UPDATE links SET due_at = now() - interval '20 h'")
    conn.execute("UPDATE feeds SET next_poll_at = now() - interval '20 h'")
    assert {found(settings)[f"lag of {name}"].level for name in ("poll", "fetch", "extract")} == {"warn"}
    conn.execute("UPDATE links SET due_at = now() - interval '10 minutes' WHERE url LIKE '%%free%%' OR state = 'fetched'")
    host_settings.pause(conn, "example.org", None, "asked to", settings.fetch)
    checks = found(settings)
    assert {checks[f"lag of {name}"].level for name in ("poll", "fetch", "extract")} == {"ok"}
    assert checks["lag of fetch"].finding == "1 due, 0 under way, the oldest due for 10 min; 3 more wait for paused hosts"
    assert checks["lag of poll"].finding == "0 due, 0 under way; 1 more wait for paused hosts"
    assert checks["lag of extract"].finding == "1 due, 0 under way, the oldest due for 10 min"


def test_a_transaction_that_stands_open_has_its_age(settings: Settings, conn: psycopg.Connection) -> None:
    assert vitals.look(conn, 180).oldest_transaction_s == 0
    with psycopg.connect(settings.database_url) as other:
        other.execute("SELECT 1")
        assert vitals.look(conn, 180).oldest_transaction_s > 0


def test_a_missing_partition_is_seen(settings: Settings, conn: psycopg.Connection) -> None:
    name = conn.execute("SELECT to_char(timezone('UTC', now()), '\"pages_\"YYYY_MM')").fetchone()[0]  # type: ignore[index]
    assert found(settings)["partitions"].level == "ok"
    conn.execute(f"DROP TABLE {name}")
    assert name in found(settings)["partitions"].finding


def test_a_database_that_is_set_read_only_is_seen(settings: Settings, conn: psycopg.Connection) -> None:
    (name,) = conn.execute("SELECT current_database()").fetchone() or ("",)
    conn.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    assert found(settings)["postgres writes"].level == "fail"


def test_tables_of_a_newer_newsmill_are_seen(settings: Settings, conn: psycopg.Connection) -> None:
    conn.execute("INSERT INTO _yoyo_migration (migration_hash, migration_id) VALUES ('x', '9999-tomorrow')")
    check = found(settings)["tables"]
    assert (check.level, check.stops) == ("fail", True)
    assert "9999-tomorrow" in check.finding


def test_services_that_are_away_are_findings_too(settings: Settings) -> None:
    away = settings.model_copy(
        update={"database_url": "postgresql://me:s3cret@127.0.0.1:1/none", "redis_url": "redis://:s3cret@127.0.0.1:1/0"}
    )
    names = [check.name for check in stopping(list(examine(gather(away))))]
    assert names == ["postgres", "redis"]
    assert "s3cret" not in str(list(examine(gather(away))))


def test_looking_leaves_nothing_behind(settings: Settings, conn: psycopg.Connection) -> None:
    links.enqueue(conn, [])
    assert vitals.look(conn, 180).refuses == ""
    assert vitals.look(conn, 180).progress is not None


def test_no_contact_is_missed_while_all_feeds_are_of_this_machine(settings: Settings, conn: psycopg.Connection) -> None:
    assert found(settings)["contact"].level == "fail"  # an empty archive is somebody's first
    for url in ("http://127.0.0.1:8001/feed", "http://localhost/feed", "http://[::1]:80/feed"):
        feeds.add(conn, url)
    assert found(settings)["contact"].level == "ok"
    add_link(conn, "https://site.test/a", state="failed", code="no_contact")
    assert found(settings)["contact"].level == "fail"
    conn.execute("UPDATE links SET code = 'http_404'")
    feeds.add(conn, "https://127.example.test/feed")
    assert found(settings)["contact"].level == "fail"
