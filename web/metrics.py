"""`/metrics`: where everything stands, for Prometheus (text format 0.0.4). The figures are those of the status page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from pipeline.store import status
from web.api import depths
from web.context import Database, Web
from web.dashboard import SILENT_S

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Figures:
    """What Prometheus's client calls a collector."""

    families: tuple[Metric, ...]

    def collect(self) -> Iterator[Metric]:
        yield from self.families


@router.get("/metrics")
def metrics(web: Web, conn: Database) -> Response:
    """One look at Postgres and Redis. Counts are what there is now, not how often something happened: a link that is retried leaves its code."""
    found = families(status.summary(conn), depths(web.settings))
    return Response(generate_latest(_Figures(tuple(found))), media_type=CONTENT_TYPE_LATEST)  # type: ignore[arg-type]


def families(summary: status.Summary, in_redis: dict[str, int] | None) -> Iterator[Metric]:
    """The figures of a summary, and of Redis where it answers."""
    yield _by("links", "Links by state.", ["state"], ([name, n] for name, n in summary.links.items()))
    codes = ([f.state, f.code, f.count] for f in summary.failures)
    yield _by("links_ended", "Links that ended failed or skipped, by code; refused fetches are blocked_*.", ["state", "code"], codes)
    yield _one("links_retrying", "Links that failed at least once and will be tried again.", summary.retrying)
    yield _one("articles", "Articles stored.", summary.articles)
    yield _one("articles_last_hour", "Articles stored in the last hour.", summary.articles_last_hour)
    yield _by("feeds", "Feeds by state; failing ones are active too.", ["state"], ([name, n] for name, n in summary.feeds.items()))
    lines = summary.lines.items()
    yield _by("queue_due", "Feeds or links that are due and wait.", ["queue"], ([name, line.waiting] for name, line in lines))
    yield _by("queue_in_flight", "Feeds or links with a message or a worker.", ["queue"], ([name, line.in_flight] for name, line in lines))
    yield _by("queue_lag_seconds", "Age of what waits longest.", ["queue"], ([name, line.lag_s] for name, line in lines))
    yield _one("redis_up", "Whether Redis answers.", int(in_redis is not None))
    yield _by("queue_messages", "Messages in Redis.", ["queue"], ([name, n] for name, n in (in_redis or {}).items()))
    yield _one("hosts_paused", "Hosts that are left alone for now.", summary.hosts_paused)
    alive = [worker for worker in summary.workers if worker.silent_s < SILENT_S]
    slots = Counter[str]()
    for worker in alive:
        slots[worker.queue] += worker.slots
    workers = Counter(worker.queue for worker in alive)
    yield _by("workers", "Workers that reported in the last minute.", ["queue"], ([queue, n] for queue, n in workers.items()))
    yield _by("worker_slots", "Slots of those workers.", ["queue"], ([queue, n] for queue, n in slots.items()))


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"newsmill_{name}", meaning, value=value)


def _by(name: str, meaning: str, labels: list[str], rows: Iterable[list[str | float]]) -> Metric:
    """A family with one sample a row: its labels' values, then its own."""
    family = GaugeMetricFamily(f"newsmill_{name}", meaning, labels=labels)
    for *names, value in rows:
        family.add_metric([str(each) for each in names], float(value))
    return family
