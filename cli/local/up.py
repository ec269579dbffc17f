"""Run everything on one machine: the services, the workers, the dashboard and Flower, until Ctrl-C."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
import redis

from cli.errors import UpError
from cli.local import running_settings, server_process, services, supervise
from cli.local.announce import Say, Tick, announcer, farewell, starting
from cli.local.data_folder import locked
from cli.local.hung_processes import HungProcesses
from cli.local.settings_watch import Changes
from cli.local.stop_signals import StopRequests, listening_for_stops
from cli.local.supervise import Out, Program
from pipeline.settings import DELIMITER, PREFIX, Postgres, Section, Settings, load_settings, mask_url, own_file
from pipeline.standard_streams import handed_over
from pipeline.store.db import outage
from pipeline.store.db.schema import NewerTables
from pipeline.store.maintenance.migrate import migrate
from pipeline.store.queue.queues import QUEUES
from workers.messaging import redis_queues

WORKERS = ("beat", *QUEUES, "flower")


def run_up(settings: Settings, data_dir: Path) -> int:
    """Run newsmill until Ctrl-C or SIGTERM, then finish running tasks and leave nothing running. Raises UpError if it cannot start.

    Services that the settings name are used; the others are started in the data folder.
    """
    return run(settings, data_dir, also=lambda settings: lambda say: None, reload=load_settings)


def run(
    settings: Settings, data_dir: Path, *, also: Callable[[Settings], Tick], reload: Callable[[], Settings] | None = None, last: str = ""
) -> int:
    """`run_up` with hooks. `also` gets the effective settings once the database is ready, and returns what to call several times a second.
    With a `reload`, everything restarts with what it returns when the user's own settings have changed. `last` replaces the usual last
    line."""
    data_dir = data_dir.resolve()
    out = Out.of([*WORKERS, "web"])
    with handed_over(), listening_for_stops() as stops:
        try:
            with locked(data_dir):
                running_settings.forget(data_dir)
                supervise.stop_leftovers(data_dir / "processes.json")
                now: Settings | None = settings
                while now and not stops.count:
                    now = _with_services(now, data_dir, out, stops, also, reload)
        except KeyboardInterrupt:
            pass  # it came before the programs ran; the services have been stopped on the way here
        out.say(last or farewell(data_dir))
    return 0


def _with_services(
    settings: Settings,
    data_dir: Path,
    out: Out,
    stops: StopRequests,
    also: Callable[[Settings], Tick],
    reload: Callable[[], Settings] | None,
) -> Settings | None:
    """Run the services, and restart all else with each change of the user's own settings, until a stop or a change that concerns the
    services. Returns the settings then."""
    own = not settings.database_url or not settings.redis_url
    stops.patient = False
    with_free_ports(settings)  # report a taken port before anything starts
    out.say(starting(settings, data_dir))
    with services.running(data_dir, postgres=not settings.database_url, valkey=not settings.redis_url, tuned=settings.postgres) as found:
        nursing = restart_dead(data_dir, found, settings.postgres)
        urls = {"database_url": settings.database_url or found.database_url, "redis_url": settings.redis_url or found.redis_url}
        now: Settings | None = settings
        while now and not stops.count and same_services(now, settings):
            stops.patient = False
            changes = Changes(own_file(data_dir), reload, now)
            in_force = with_free_ports(now).model_copy(update=urls | {"data_dir": data_dir})
            out.say("bringing the tables up to date")
            prepare(in_force)  # before `also`, which may write into them
            _until_changed(in_force, data_dir, out, stops, changes, (nursing, announcer(in_force), also(in_force), changes.tick))
            now = changes.found
        if own:
            out.say("stopping the services")
    return now


def same_services(one: Settings, other: Settings) -> bool:
    """Whether Postgres and Redis can keep running with the other settings."""
    return (one.database_url, one.redis_url, one.postgres) == (other.database_url, other.redis_url, other.postgres)


def _until_changed(settings: Settings, data_dir: Path, out: Out, stops: StopRequests, changes: Changes, ticks: tuple[Tick, ...]) -> None:
    """Run the workers, the status page and Flower until a stop or until there are `changes`."""
    with running_settings.left(settings):
        out.say("starting the workers, the status page and Flower")
        supervise.run(
            programs(settings, data_dir),
            out=out,
            stops=stops,
            pids_file=data_dir / "processes.json",
            tick=lambda say: _all(ticks, say),
            enough=lambda: changes.found is not None,
            hung=stalls(settings, data_dir).hung,
        )


def _all(ticks: tuple[Tick, ...], say: Say) -> None:
    for tick in ticks:
        tick(say)


def prepare(settings: Settings) -> None:
    """Check that Postgres and Redis answer, and bring the tables up to date. Raises UpError."""
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=10, socket_connect_timeout=10) as queue:
            queue.ping()
    except (redis.RedisError, ValueError) as error:
        where = mask_url(settings.redis_url)
        raise UpError(f"Redis at {where} cannot be used: {redis_queues.in_words(error)}; check NEWSMILL_REDIS_URL.") from None
    try:
        migrate(settings.database_url)
    except NewerTables as error:
        raise UpError(str(error)) from None
    except psycopg.Error as error:
        found = outage.of(error, settings.database_url)
        where = mask_url(settings.database_url)
        raise UpError(found.sentence if found else f"Postgres at {where} cannot be used; check NEWSMILL_DATABASE_URL.") from None


def programs(settings: Settings, data_dir: Path) -> list[Program]:
    """The processes of newsmill. Their settings are passed in the environment, so that all have the same."""
    run_dir = data_dir / "run"
    run_dir.mkdir(exist_ok=True)
    shared = environment(settings)

    def program(name: str, *command: str) -> Program:
        beating = {"NEWSMILL_HEARTBEAT_FILE": str(run_dir / f"{name}.heartbeat")}
        return Program(name, [sys.executable, "-m", *command], shared | beating, first_to_stop=name == "beat")

    return [*(program(name, "workers", name) for name in WORKERS), program("web", "web")]


def stalls(settings: Settings, data_dir: Path) -> HungProcesses:
    """The watch over beat and control. If Redis takes no messages, restarting beat does not help."""
    heartbeats = {name: data_dir / "run" / f"{name}.heartbeat" for name in ("beat", "control")}

    def excuse() -> str:
        why = redis_queues.refusal(settings)
        return f"Redis takes no messages ({why.rstrip('.')})" if why else ""

    return HungProcesses(heartbeats, settings.dispatch.stall_s, excuse)


def environment(settings: Settings) -> dict[str, str]:
    """This process' environment with every setting added."""
    found = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    # The lines pass through a pipe to a person's terminal or a file, each with its time.
    people = settings.log_format == "console" or (settings.log_format == "auto" and sys.stdout.isatty())
    if settings.log_format != "json":
        settings = settings.model_copy(update={"log_format": "bare" if people else "json"})
    for name, value in settings:
        if isinstance(value, Section):
            found |= {f"{PREFIX}{name}{DELIMITER}{inner}".upper(): _as_text(given) for inner, given in value}
        else:
            found[f"{PREFIX}{name}".upper()] = _as_text(value)
    return found | {"PYTHONUNBUFFERED": "1"}


def with_free_ports(settings: Settings, *, any_will_do: bool = False) -> Settings:
    """The settings with actual ports for the dashboard and Flower. Raises UpError if a port is taken, unless `any_will_do`."""
    chosen: dict[str, int] = {}
    for name in ("port", "flower_port"):
        host = settings.web.host if name == "port" else settings.web.flower_host
        wanted = getattr(settings.web, name)
        chosen[name] = _listenable(host, wanted) or (_listenable(host, 0) if any_will_do else 0)
        if not chosen[name]:
            variable = f"{PREFIX}WEB{DELIMITER}{name}".upper()
            raise UpError(
                f"Another program is using {host}:{wanted}; stop it, or choose another port: `newsmill set web.{name}={wanted + 1}` ({variable})."
            )
    return settings.model_copy(update={"web": settings.web.model_copy(update=chosen)})


def restart_dead(data_dir: Path, found: services.Services, tuned: Postgres) -> Tick:
    """Restart an embedded service that died."""
    pids = {"postgres": found.postgres_pid, "valkey": found.valkey_pid}
    start: dict[str, Callable[[Path], services.Server]] = {
        "postgres": partial(services.start_postgres, tuned=tuned),
        "valkey": services.start_valkey,
    }
    due_at = 0.0

    def tick(say: Say) -> None:
        nonlocal due_at
        if time.monotonic() < due_at:
            return
        due_at = time.monotonic() + 1
        for name, pid in pids.items():
            if pid is None or server_process.is_running(pid):
                continue
            say(f"{name} died; restarting it")
            try:
                pids[name] = start[name](data_dir).pid
            except UpError as error:
                say(str(error))
                due_at = time.monotonic() + 10

    return tick


def _listenable(host: str, port: int) -> int:
    """The port if a server can listen on it (a free one for 0), else 0."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def _as_text(value: object) -> str:
    return str(value) if isinstance(value, (str, Path)) else json.dumps(value)
