"""Does the work go on? Ticks, housekeeping, workers, and messages that nobody takes."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.store.maintenance.periodic_runs import PeriodicRun
from pipeline.store.maintenance.status import QueueStats
from pipeline.store.outputs.deliveries import HostHealth
from pipeline.store.queue.queues import STAGES
from pipeline.store.workers import Worker
from pipeline.wording.number_words import many, span
from workers.checks.model import Check, Level
from workers.messaging.redis_queues import QUEUES

# A worker reports every workers.heartbeat_s. Three missed reports are no accident.
SILENT_BEATS, SILENT_LEAST_S = 3, 30.0
# It runs every hour. After two missed runs something is wrong.
HOUSEKEEPING_WARN_S, HOUSEKEEPING_FAIL_S = 3 * 3600.0, 86_400.0
# Idle workers begin a message within a moment. This is before the lease sends it again.
UNTAKEN_S = 45.0
# Deliveries are tried every few seconds; what has waited for so long does not move.
OUTPUT_WARN_S = 600.0
START = "Start them with `newsmill up`, or look at their logs."


def ticks(last: PeriodicRun | None, stall_s: float) -> Check:
    """Ticks claim and send what is due. Without them nothing moves."""
    if last is not None and last.completed_s is not None and last.completed_s < stall_s:
        return Check("ok", "ticks", f"the last ended {span(max(0.0, last.completed_s))} ago")
    since = "none has ended yet" if last is None or last.completed_s is None else f"the last ended {span(last.completed_s)} ago"
    if last is not None and last.error and last.failed_s is not None and last.failed_s < stall_s:
        return Check("fail", "ticks", f"{since}; they fail: {last.error}", "See the log of the control worker.", stops=True)
    advice = "Look whether beat and a control worker run; `newsmill up` starts both, and again where they hang."
    return Check("fail", "ticks", since, advice, stops=True)


def housekeeping(last: PeriodicRun | None) -> Check:
    """Housekeeping makes partitions ahead and deletes old pages."""
    if last is None:
        return Check("ok", "housekeeping", "it has not run yet; it does so every hour")
    if last.completed_s is not None and last.completed_s < HOUSEKEEPING_WARN_S:
        return Check("ok", "housekeeping", f"last done {span(last.completed_s)} ago")
    since = "never done" if last.completed_s is None else f"last done {span(last.completed_s)} ago"
    fails = f"; it fails: {last.error}" if last.error else ""
    level: Level = "fail" if last.completed_s is None or last.completed_s >= HOUSEKEEPING_FAIL_S else "warn"
    return Check(level, "housekeeping", since + fails, "See the log of the control worker.")


def months(missing: list[str]) -> Check:
    if not missing:
        return Check("ok", "partitions", "this month's and the next one's are there")
    return Check("warn", "partitions", f"missing: {', '.join(missing)}", "Run `newsmill migrate`, which makes them.")


def workers(known: list[Worker], heartbeat_s: float) -> Iterator[Check]:
    for queue in QUEUES:
        alive = [worker for worker in known if worker.queue == queue and worker.silent_s < max(SILENT_LEAST_S, SILENT_BEATS * heartbeat_s)]
        if alive:
            slots = sum(worker.slots for worker in alive)
            yield Check("ok", f"workers of {queue}", f"{many(len(alive), 'worker')}, {many(slots, 'slot')}")
        else:
            yield Check("fail", f"workers of {queue}", "none has reported lately", START, stops=True)


def queues(untaken_s: dict[str, float], running: dict[str, int]) -> Iterator[Check]:
    """Finds workers that are alive and take nothing: their queue was paused, or they hang."""
    for queue in STAGES:
        age = untaken_s.get(queue, 0.0)
        if age < UNTAKEN_S or running.get(queue):
            yield Check("ok", f"{queue} queue", "messages are taken")
            continue
        finding = f"a message has waited for {span(age)} and none is under way"
        yield Check("fail", f"{queue} queue", finding, f"Start the {queue} workers again; its queue may have been paused.", stops=True)


def lags(lines: dict[str, QueueStats]) -> Iterator[Check]:
    for name, line in lines.items():
        finding = f"{line.waiting:,} due, {line.in_flight:,} under way"
        finding += f", the oldest due for {span(line.lag_s)}" if line.waiting else ""
        finding += f"; {line.paused:,} more wait for paused hosts" if line.paused else ""
        if line.waiting and line.lag_s > STAGES[name].lag_warn_s:
            advice = f"Give the {name} queue more workers."
            yield Check("warn", f"lag of {name}", finding, advice)
        else:
            yield Check("ok", f"lag of {name}", finding)


def output(name: str, stands: HostHealth | None) -> Check:
    """An output that fails is tried again and again; what it refuses is kept as dead letters."""
    if stands is None:
        return Check("ok", f"output {name}", "it has not run yet")
    behind = f"{many(stands.waiting, 'change')} to go, the oldest for {span(stands.oldest_s)}" if stands.waiting else "nothing waits"
    if stands.failures and stands.oldest_s >= OUTPUT_WARN_S:
        finding = f"{behind}; it failed {many(stands.failures, 'time')}: {stands.detail} ({stands.code})"
        return Check(
            "warn", f"output {name}", finding, "Mend what it says; it goes on by itself, or at once with `newsmill outputs retry`."
        )
    if stands.oldest_s >= OUTPUT_WARN_S:
        return Check("warn", f"output {name}", behind, "Look whether beat and a control worker run, and at the control worker's log.")
    if stands.dead:
        finding = f"{many(stands.dead, 'article')} it does not take"
        return Check(
            "warn", f"output {name}", finding, f"`newsmill outputs dead {name}` says why; `newsmill outputs retry {name}` tries again."
        )
    return Check("ok", f"output {name}", behind)


def host_leases(without_job: int) -> Check:
    """A host lease without a job is a fault: giving a claim back releases its hosts. The lease still runs out."""
    if not without_job:
        return Check("ok", "host leases", "each belongs to a job")
    advice = "They end by themselves within minutes; if the number stays, please report it."
    return Check("warn", "host leases", f"{many(without_job, 'host')} held by no job", advice)
