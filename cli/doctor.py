"""What `newsmill doctor` looks at: one finding a check, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

import psycopg
import redis
from packaging.requirements import Requirement

from cli.connection import database, in_force, redis_at
from cli.effective import effective
from cli.errors import CliError, explain, first_line
from cli.folder import UpError
from cli.output import many, size, span, url
from pipeline.fetch import guard
from pipeline.settings import Settings, SettingsError
from pipeline.store import hearsay, migrate, status, workers
from workers import queues

Level = Literal["ok", "warn", "fail"]

OLDEST_PYTHON, OLDEST_POSTGRES = (3, 11), 15
# A worker reports every workers.heartbeat_s; three silences are no accident.
SILENT_BEATS = 3
CLOCK_WARN_S, CLOCK_FAIL_S = 5.0, 300.0
DISK_WARN, DISK_FAIL = 5 * 2**30, 2**29
# Age of the oldest due work, seconds. A host with many links keeps some of them due for hours by politeness alone.
LAG_WARN_S = {"poll": 900.0, "fetch": 6 * 3600.0, "extract": 900.0}
START = "start them with `newsmill up`"


@dataclass(frozen=True, slots=True)
class Check:
    """`advice` is what to do, empty where there is nothing to do."""

    level: Level
    name: str
    finding: str
    advice: str = ""


def examine() -> Iterator[Check]:
    """All checks, in the order in which things stand on each other."""
    yield python()
    yield packages()
    try:
        settings = in_force()
    except (SettingsError, UpError) as error:
        yield Check("fail", "settings", str(error), "Correct it; `newsmill doctor` goes on from here then.")
        return
    yield Check("ok", "settings", f"from {', '.join(sources())}; `newsmill doctor --config` prints them")
    yield from postgres(settings)
    yield from redis_server(settings)
    yield disk(settings)
    yield contact(settings)
    yield networks(settings)


def sources() -> list[str]:
    """Where the settings in force come from, as far as anything is set there."""
    found = Counter(setting.origin for setting in effective())
    return [f"{origin} ({count})" for origin, count in found.items() if origin != "default"] or ["the defaults"]


def python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Check("fail", "python", f"{version} is too old", "Install Python 3.11 or newer and make the virtual environment anew.")
    return Check("ok", "python", version)


def packages() -> Check:
    """Whether each package that newsmill needs is there in a version that fits."""
    try:
        wanted = [Requirement(line) for line in metadata.requires("newsmill") or []]
    except metadata.PackageNotFoundError:
        names = ("celery", "kombu", "psycopg", "redis", "lxml", "trafilatura", "requests", "urllib3")
        return Check("ok", "packages", ", ".join(f"{name} {metadata.version(name)}" for name in names))
    wanted = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [problem for one in wanted if (problem := misfit(one))]
    if wrong:
        return Check("fail", "packages", "; ".join(wrong), "Install what requirements.lock names: `pip install -r requirements.lock`.")
    return Check("ok", "packages", f"{len(wanted)} packages, all in versions that fit")


def misfit(wanted: Requirement) -> str:
    try:
        version = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return f"{wanted.name} is missing"
    return "" if wanted.specifier.contains(version, prereleases=True) else f"{wanted.name} {version} is not {wanted.specifier}"


def postgres(settings: Settings) -> Iterator[Check]:
    try:
        with database(settings) as conn:
            yield postgres_version(conn.info.server_version)
            yield clock(conn)
            missing = migrate.pending(conn)
            if missing:
                yield Check("fail", "tables", f"{many(len(missing), 'migration')} missing: {', '.join(missing)}", "Run `newsmill migrate`.")
                return
            yield Check("ok", "tables", "up to date")
            summary = status.summary(conn)
            yield from workers_alive(summary.workers, settings.workers.heartbeat_s)
            yield from lags(summary)
            yield words_of_strangers(conn)
    except (CliError, psycopg.Error) as error:
        yield Check("fail", "postgres", explain(error)[0])


def postgres_version(number: int) -> Check:
    version = f"{number // 10_000}.{number % 10_000}"
    if number // 10_000 < OLDEST_POSTGRES:
        return Check("fail", "postgres", f"version {version} is too old", f"newsmill needs PostgreSQL {OLDEST_POSTGRES} or newer.")
    return Check("ok", "postgres", f"version {version}")


def clock(conn: psycopg.Connection) -> Check:
    before = datetime.now(UTC)
    there = status.clock(conn)
    here = before + (datetime.now(UTC) - before) / 2
    return clock_check((there - here).total_seconds())


def clock_check(ahead_s: float) -> Check:
    if abs(ahead_s) < CLOCK_WARN_S:
        return Check("ok", "clock", f"within {CLOCK_WARN_S:.0f} s of Postgres")
    level: Level = "fail" if abs(ahead_s) >= CLOCK_FAIL_S else "warn"
    where = "behind" if ahead_s > 0 else "ahead of"
    return Check(level, "clock", f"this machine is {span(ahead_s)} {where} Postgres", "Let both keep time by NTP.")


def workers_alive(known: list[workers.Worker], heartbeat_s: float) -> Iterator[Check]:
    for queue in queues.QUEUES:
        alive = [worker for worker in known if worker.queue == queue and worker.silent_s < max(30.0, SILENT_BEATS * heartbeat_s)]
        if alive:
            slots = sum(worker.slots for worker in alive)
            yield Check("ok", f"workers of {queue}", f"{many(len(alive), 'worker')}, {many(slots, 'slot')}")
        else:
            yield Check("fail", f"workers of {queue}", "none has reported lately", f"{START[0].upper()}{START[1:]}, or look at their logs.")


def lags(summary: status.Summary) -> Iterator[Check]:
    for name, line in summary.lines.items():
        finding = f"{line.waiting:,} due, {line.in_flight:,} under way" + (
            f", the oldest due for {span(line.lag_s)}" if line.waiting else ""
        )
        if line.waiting and line.lag_s > LAG_WARN_S[name]:
            yield Check(
                "warn", f"lag of {name}", finding, f"Give the {name} queue more workers, or see `newsmill status` for paused hosts."
            )
        else:
            yield Check("ok", f"lag of {name}", finding)


def words_of_strangers(conn: psycopg.Connection) -> Check:
    said = hearsay.unvouched(conn)
    articles = len(hearsay.link_ids(conn, said))
    if not articles:
        return Check("ok", "words of feeds", "each article has those of its own site's feeds only")
    feeds = list(dict.fromkeys(said.feed_urls))
    named = ", ".join(map(url, feeds[:3])) + (f" and {len(feeds) - 3} more" if len(feeds) > 3 else "")
    advice = (
        "Run `newsmill reextract --unvouched`, which makes them anew without those words;"
        " before that, `newsmill feeds set ID trusted=true` for a feed that does speak for the sites it lists."
    )
    finding = f"{many(articles, 'article')} may have words of a feed that does not speak for the site: {named}"
    return Check("warn", "words of feeds", finding, advice)


def redis_server(settings: Settings) -> Iterator[Check]:
    if not settings.redis_url:
        yield Check("fail", "redis", f"there is none on {settings.data_dir}", "Start one with `newsmill up`, or set NEWSMILL_REDIS_URL.")
        return
    try:
        yield Check("ok", "redis", f"version {queues.ping(settings)}")
        depths = queues.depths(settings)
        yield Check("ok", "messages", ", ".join(f"{queue} {depth:,}" for queue, depth in depths.items()))
    except (redis.RedisError, ValueError, OSError) as error:
        where = redis_at(settings.redis_url)
        yield Check("fail", "redis", f"Redis at {where}: {first_line(error)}", "Start it with `newsmill up` or check NEWSMILL_REDIS_URL.")
        return
    try:
        yield memory_policy(queues.config(settings, "maxmemory-policy"))
        yield append_only(queues.config(settings, "appendonly"))
    except redis.RedisError:  # a managed Redis may not tell
        advice = "See to it that maxmemory-policy is noeviction and that it is kept on disk."
        yield Check("warn", "redis settings", "Redis does not show its configuration", advice)


def memory_policy(value: str) -> Check:
    if value == "noeviction":
        return Check("ok", "redis memory", "noeviction")
    return Check("fail", "redis memory", f"maxmemory-policy is {value}, so messages may vanish", "Set maxmemory-policy to noeviction.")


def append_only(value: str) -> Check:
    if value == "yes":
        return Check("ok", "redis on disk", "append-only file on")
    advice = "Set appendonly to yes, else a restart of Redis costs one lease of time."
    return Check("warn", "redis on disk", "the append-only file is off", advice)


def disk(settings: Settings) -> Check:
    folder = next(path for path in (settings.data_dir.resolve(), *settings.data_dir.resolve().parents, Path("/")) if path.exists())
    return disk_check(shutil.disk_usage(folder).free, folder)


def disk_check(free: int, folder: Path) -> Check:
    finding = f"{size(free)} free at {folder}"
    if free >= DISK_WARN:
        return Check("ok", "disk", finding)
    advice = "Make room: Postgres stops when its disk is full; store.keep_pages_days is the largest lever."
    return Check("fail" if free < DISK_FAIL else "warn", "disk", finding, advice)


def contact(settings: Settings) -> Check:
    if settings.fetch.contact:
        return Check("ok", "contact", settings.fetch.contact)
    return Check("fail", "contact", guard.NO_CONTACT, guard.SET_CONTACT)


def networks(settings: Settings) -> Check:
    """Networks that are not public and may be fetched from all the same (row S29)."""
    opened = settings.fetch.allow_networks
    if not opened:
        return Check("ok", "networks", "only public addresses are fetched")
    advice = "Take out of NEWSMILL_FETCH__ALLOW_NETWORKS what you do not need."
    return Check("warn", "networks", f"{', '.join(opened)} opened, so feeds and pages can lead newsmill there", advice)
