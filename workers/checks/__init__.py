"""What stops newsmill, or soon will, as one list.

`newsmill doctor`, `status`, the status page, /readyz and /metrics all show this list, so they never contradict each other.
`facts.gather` asks Postgres, Redis and the disk; the checks are pure functions. A new check is one line here.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import outputs
from workers.checks import operator, postgres, progress, redis
from workers.checks.facts import Facts
from workers.checks.model import Check


def examine(facts: Facts) -> Iterator[Check]:
    """All checks. What others depend on comes first."""
    settings = facts.settings
    progress_found = facts.postgres.progress if facts.postgres else None
    yield operator.contact(settings, at_home=progress_found is not None and progress_found.at_home)
    if facts.postgres is None:
        yield postgres.unreachable(facts.postgres_error)
    else:
        yield postgres.version(facts.postgres.version)
        yield postgres.clock(facts.postgres.ahead_s)
        yield postgres.tables(facts.postgres.pending, facts.postgres.unknown)
        yield postgres.writes(facts.postgres.refuses)
        yield postgres.connections(facts.postgres.connections, facts.postgres.max_connections)
        yield postgres.open_transactions(facts.postgres.oldest_transaction_s)
        if found := facts.postgres.progress:
            yield progress.ticks(found.rounds.get("dispatch"), settings.dispatch.stall_s)
            yield progress.housekeeping(found.rounds.get("housekeeping"))
            yield progress.months(found.missing_months)
            yield from progress.workers(found.workers, settings.workers.heartbeat_s)
            yield from progress.queues(found.untaken_s, found.running)
            yield from progress.lags(found.lines)
            yield progress.host_leases(found.leases_without_job)
            states = {one.name: one for one in found.outputs}
            yield from (progress.output(name, states.get(name)) for name in (one.name for one in outputs.configured(settings)))
    if facts.redis is None:
        yield redis.unreachable(facts.redis_error, settings.redis_url)
    else:
        yield redis.answers(facts.redis)
        yield redis.writes(facts.redis)
        yield redis.memory(facts.redis)
        yield redis.on_disk(facts.redis)
        yield redis.memory_policy(facts.redis.memory_policy)
    yield operator.disk(*facts.disk)
    yield operator.networks(settings)


def stopping(checks: list[Check]) -> list[Check]:
    """Those that keep newsmill from getting anything done."""
    return [check for check in checks if check.stops and check.level == "fail"]


__all__ = ["Check", "Facts", "examine", "stopping"]
