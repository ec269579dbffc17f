"""`python -m workers NAME`: one process of the stack, with its flags. docker-compose and `newsmill up` start these.

NAME is poll, fetch, extract, control, beat or flower; `--name` tells two workers of one kind on one machine apart.
"""

from __future__ import annotations

import argparse
import sys
import warnings

from celery.bin.celery import celery
from celery.exceptions import SecurityWarning

from pipeline import logs, standard_streams
from pipeline.settings import Settings, SettingsError, process_settings
from pipeline.store.db import schema
from pipeline.store.queue.queues import QUEUES
from workers.processes.process_limits import ROUND_S

# A signal ends the process with a stuck page, so that the other processes keep their work.
SOFT_LIMIT_EARLIER_S = 10
FLOWER_MAX_TASKS = 10_000  # the default of 100,000 keeps 400 MB


def worker_flags(kind: str, config: Settings, name: str) -> list[str]:
    """The command line of Celery for one kind of worker."""
    pool, slots = QUEUES[kind].pool, QUEUES[kind].slots(config)
    flags = ["worker", "-Q", kind, "-n", f"{name}@%h", "-P", pool, "-c", str(slots), "--without-gossip", "--without-mingle", "-E"]
    if kind == "extract":
        limit = config.workers.extract_time_limit_s
        flags += [f"--time-limit={limit + ROUND_S}", f"--soft-time-limit={max(1, limit - SOFT_LIMIT_EARLIER_S) + ROUND_S}"]
        flags += [
            f"--max-tasks-per-child={config.workers.extract_max_tasks}",
            f"--max-memory-per-child={config.workers.extract_max_memory_kib}",
        ]
    return [*flags, f"--loglevel={config.log_level}"]


def flower_flags(config: Settings) -> list[str]:
    flags = ["flower", f"--address={config.web.flower_host}", f"--port={config.web.flower_port}", f"--max-tasks={FLOWER_MAX_TASKS}"]
    flags += ["--logging=none"]  # our logging writes its lines like all others (logs.configure)
    flags += ["--purge-offline-workers=60", "--tasks-columns=name,args,state,uuid,received,runtime,worker"]
    return flags + ([f"--basic-auth={config.web.flower_basic_auth}"] if config.web.flower_basic_auth else [])


def run_celery(arguments: list[str]) -> None:
    """Run Celery in this process. `app.start` would lose the exit code, by which a supervisor sees that a worker failed."""
    # Celery refuses to run as root because of pickle. Only JSON is accepted here, and a container has no other user.
    warnings.simplefilter("ignore", SecurityWarning)
    celery.main(args=["--app", "workers.app:app", "--quiet", *arguments], prog_name="celery")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m workers", description="One process of newsmill's stack.")
    parser.add_argument("kind", choices=[*QUEUES, "beat", "flower"])
    parser.add_argument("--name", help="tells two workers of one kind on one machine apart")
    chosen = parser.parse_args(arguments)
    try:
        config = process_settings()
    except SettingsError as error:
        sys.exit(f"newsmill: {error}")

    standard_streams.take_over()
    from workers.app import app
    from workers.broker import sender
    from workers.messaging import reconnecting
    from workers.processes import beat, heartbeat, process_limits

    if chosen.kind == "beat":
        logs.configure(config, process="beat")
        beat.run(sender(config.redis_url), config)
        return
    if why := schema.misfit(config, older_too=True):
        sys.exit(f"newsmill: {why}")
    heartbeat.connect_logging(config, chosen.kind)
    if chosen.kind == "flower":
        from workers.processes import flower

        flower.install(config)
        logs.configure(config, process="flower")
        run_celery(flower_flags(config))
    else:
        queue = QUEUES[chosen.kind]
        if chosen.kind == "extract":
            from pipeline.extract.extraction import warm_up

            process_limits.connect_limits(config)
            warm_up()  # before the children are forked, so that they share the memory
        app.conf.worker_disable_prefetch = queue.pool == "prefork"  # right for processes; on threads it would cost most of the throughput
        heartbeat.connect_worker(config, chosen.kind, queue.slots(config))
        reconnecting.install(app)
        run_celery(worker_flags(chosen.kind, config, chosen.name or chosen.kind))


if __name__ == "__main__":
    main()
