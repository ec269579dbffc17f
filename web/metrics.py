"""`/metrics`: the figures of the status page for Prometheus (text format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from pipeline.store.maintenance import status
from web.context import CONNECT_S, Web
from web.pages.dashboard import SILENT_S
from workers.checks import Facts, examine, stopping
from workers.checks.facts import gather

LEVELS = {"ok": 0, "warn": 1, "fail": 2}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Figures:
    """A collector for Prometheus' client."""

    families: tuple[Metric, ...]

    def collect(self) -> Iterator[Metric]:
        yield from self.families


@router.get("/metrics")
def metrics(web: Web) -> Response:
    """Read Postgres and Redis once. Counts are current numbers, not totals of events: a link that is retried no longer counts under its
    code. If Postgres does not answer, that is reported and the counts are missing."""
    found = list(health(gather(web.settings)))
    with suppress(psycopg.Error), web.pool.connection(timeout=CONNECT_S) as conn:
        found += families(status.summary(conn))
    return Response(generate_latest(_Figures(tuple(found))), media_type=CONTENT_TYPE_LATEST)


def health(facts: Facts) -> Iterator[Metric]:
    """Each check of `newsmill doctor`, and figures for which alarms may set their own limits."""
    checks = list(examine(facts))
    yield _by("check", "Checks of newsmill doctor: 0 ok, 1 warning, 2 failure.", ["check"], ([c.name, LEVELS[c.level]] for c in checks))
    yield _one("ready", "Whether nothing stops the work, as /readyz says.", int(not stopping(checks)))
    yield _one(
        "postgres_up", "Whether Postgres answers and accepts writes.", int(facts.postgres is not None and not facts.postgres.refuses)
    )
    yield _one("redis_up", "Whether Redis answers and takes messages.", int(facts.redis is not None and not facts.redis.refuses))
    if facts.redis is not None:
        yield _by("queue_messages", "Messages in Redis.", ["queue"], ([name, n] for name, n in facts.redis.depths.items()))
    if facts.postgres is not None and facts.postgres.progress is not None:
        rounds = facts.postgres.progress.rounds.values()
        ages = ([one.task, one.completed_s] for one in rounds if one.completed_s is not None)
        found = facts.postgres.progress.outputs
        yield _by("output_waiting", "Article changes still to be delivered to an output.", ["output"], ([o.name, o.waiting] for o in found))
        yield _by("output_lag_seconds", "Age of the oldest of these changes.", ["output"], ([o.name, o.oldest_s] for o in found))
        yield _by("output_dead_letters", "Articles that an output refused.", ["output"], ([o.name, o.dead] for o in found))
        yield _by("periodic_age_seconds", "Seconds since the last completed run; dispatch is the tick.", ["task"], ages)


def families(summary: status.Summary) -> Iterator[Metric]:
    """The figures of a summary."""
    yield _by("links", "Links by state.", ["state"], ([name, n] for name, n in summary.links.items()))
    codes = ([f.state, f.code, f.count] for f in summary.failures)
    yield _by("links_ended", "Links that ended failed or skipped, by code; refused fetches are blocked_*.", ["state", "code"], codes)
    yield _one("links_retrying", "Links that failed at least once and will be tried again.", summary.retrying)
    late = ([f.code, f.count] for f in summary.late)
    yield _by("links_late", "Links that wait for a late retry, by the code of their last attempt.", ["code"], late)
    yield _one("articles", "Articles stored.", summary.articles)
    yield _one("articles_last_hour", "Articles stored in the last hour.", summary.articles_last_hour)
    yield _by("feeds", "Feeds by state; failing ones are active too.", ["state"], ([name, n] for name, n in summary.feeds.items()))
    lines = summary.lines.items()
    yield _by("queue_due", "Feeds or links that are due and wait.", ["queue"], ([name, line.waiting] for name, line in lines))
    yield _by("queue_in_flight", "Feeds or links with a message or a worker.", ["queue"], ([name, line.in_flight] for name, line in lines))
    yield _by("queue_lag_seconds", "Age of the oldest waiting feed or link.", ["queue"], ([name, line.lag_s] for name, line in lines))
    yield _one("hosts_paused", "Hosts that are paused now.", summary.hosts_paused)
    yield _one("host_leases_without_job", "Hosts held by no job; there should be none.", summary.leases_without_job)
    alive = [worker for worker in summary.workers if worker.silent_s < SILENT_S]
    slots = Counter[str]()
    for worker in alive:
        slots[worker.queue] += worker.slots
    workers = Counter(worker.queue for worker in alive)
    yield _by("workers", "Workers that reported in the last minute.", ["queue"], ([queue, n] for queue, n in workers.items()))
    yield _by("worker_slots", "Slots of those workers.", ["queue"], ([queue, n] for queue, n in slots.items()))


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"newsmill_{name}", meaning, value=value)


def _by(name: str, meaning: str, labels: list[str], rows: Iterable[list[Any]]) -> Metric:
    """A metric with one sample a row: its labels' values, then its own."""
    family = GaugeMetricFamily(f"newsmill_{name}", meaning, labels=labels)
    for *names, value in rows:
        family.add_metric([str(each) for each in names], float(value))
    return family
