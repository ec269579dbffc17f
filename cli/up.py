"""Everything on one machine: the services, the workers, the dashboard and Flower, until Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import redis

from cli import services, snapshot, supervise
from cli.changes import Changes
from cli.folder import UpError, locked
from cli.stops import Stops, listening_for_stops
from cli.supervise import Program
from pipeline.fetch import guard
from pipeline.settings import DELIMITER, PREFIX, Section, Settings, load_settings, mask_url, own_file
from pipeline.store.migrate import migrate

WORKERS = ("beat", "control", "poll", "fetch", "extract", "flower")
Say = Callable[[str], None]
Tick = Callable[[Say], None]


def run_up(settings: Settings, data_dir: Path) -> int:
    """Run newsmill until Ctrl-C or SIGTERM, then drain and leave nothing running. Raises UpError where it cannot start.

    Services that the settings name are used; the others are started in the data folder.
    """
    return run(settings, data_dir, also=lambda settings: lambda say: None, reread=load_settings)


def run(settings: Settings, data_dir: Path, *, also: Callable[[Settings], Tick], reread: Callable[[], Settings] | None = None) -> int:
    """As run_up; `also` gets the settings in force, once the database is ready, and returns what is to be done several times a second.
    Where there is a `reread`, everything starts again with what it returns when the user's own settings have changed."""
    data_dir = data_dir.resolve()
    with listening_for_stops() as stops:
        try:
            with locked(data_dir):
                snapshot.forget(data_dir)
                supervise.stop_leftovers(data_dir / "processes.json")
                now: Settings | None = settings
                while now and not stops.count:
                    stops.patient = False
                    now = _until_changed(now, data_dir, stops, also, reread)
        except KeyboardInterrupt:
            pass  # it came before the programs ran; the services have been stopped on the way here
    return 0


def _until_changed(
    settings: Settings, data_dir: Path, stops: Stops, also: Callable[[Settings], Tick], reread: Callable[[], Settings] | None
) -> Settings | None:
    """Run everything until it is to stop, or until the user's own settings change. Returns those then."""
    changes = Changes(own_file(data_dir), reread)
    settings = with_free_ports(settings)
    own_postgres, own_valkey = not settings.database_url, not settings.redis_url
    with services.running(data_dir, postgres=own_postgres, valkey=own_valkey) as found:
        urls = {"database_url": settings.database_url or found.database_url, "redis_url": settings.redis_url or found.redis_url}
        settings = settings.model_copy(update=urls | {"data_dir": data_dir})
        prepare(settings)
        with snapshot.left(settings):
            ticks = (nurse(data_dir, found), announcer(settings), also(settings), changes.tick)
            supervise.run(
                programs(settings, data_dir),
                stops=stops,
                pids_file=data_dir / "processes.json",
                tick=lambda say: [tick(say) for tick in ticks] and None,
                enough=lambda: changes.found is not None,
            )
    return changes.found


def prepare(settings: Settings) -> None:
    """Check that Postgres and Redis answer, and bring the tables up to date. Raises UpError."""
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=10, socket_connect_timeout=10) as queue:
            queue.ping()
    except (redis.RedisError, ValueError) as error:
        raise UpError(f"Redis at {mask_url(settings.redis_url)} does not answer: {_one_line(error)}; check NEWSMILL_REDIS_URL.") from None
    try:
        migrate(settings.database_url)
    except psycopg.Error as error:
        where = mask_url(settings.database_url)
        raise UpError(f"Postgres at {where} cannot be used: {_one_line(error)}; check NEWSMILL_DATABASE_URL.") from None


def programs(settings: Settings, data_dir: Path) -> list[Program]:
    """The processes of newsmill. Their settings travel in the environment, so that all have the same."""
    run_dir = data_dir / "run"
    run_dir.mkdir(exist_ok=True)
    shared = environment(settings)

    def program(name: str, *command: str) -> Program:
        beating = {"NEWSMILL_HEARTBEAT_FILE": str(run_dir / f"{name}.heartbeat")}
        return Program(name, [sys.executable, "-m", *command], shared | beating, first_to_stop=name == "beat")

    return [*(program(name, "workers", name) for name in WORKERS), program("web", "web")]


def environment(settings: Settings) -> dict[str, str]:
    """This process' environment with every setting in it."""
    found = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    if settings.log_format == "auto":  # the lines go through a pipe, and then to the terminal of a person
        settings = settings.model_copy(update={"log_format": "console" if sys.stdout.isatty() else "json"})
    for name, value in settings:
        if isinstance(value, Section):
            found |= {f"{PREFIX}{name}{DELIMITER}{inner}".upper(): _as_text(given) for inner, given in value}
        else:
            found[f"{PREFIX}{name}".upper()] = _as_text(value)
    return found | {"PYTHONUNBUFFERED": "1"}


def shown_name() -> str:
    """How the person who started this calls the command line in the next terminal."""
    called = Path(sys.argv[0])
    if shutil.which(called.name) == str(called.absolute()) or called.name != "newsmill":
        return "newsmill"
    return os.path.relpath(called) if called.is_relative_to(Path.cwd()) else str(called)


def with_free_ports(settings: Settings, *, any_will_do: bool = False) -> Settings:
    """The settings with real ports for the dashboard and Flower. Raises UpError where a port is taken, unless any will do."""
    chosen: dict[str, int] = {}
    for name in ("port", "flower_port"):
        host = settings.web.host if name == "port" else settings.web.flower_host
        wanted = getattr(settings.web, name)
        chosen[name] = _listenable(host, wanted) or (_listenable(host, 0) if any_will_do else 0)
        if not chosen[name]:
            variable = f"{PREFIX}WEB{DELIMITER}{name}".upper()
            raise UpError(f"Another program listens on {host}:{wanted}; stop it or set {variable} to another port.")
    return settings.model_copy(update={"web": settings.web.model_copy(update=chosen)})


def nurse(data_dir: Path, found: services.Services) -> Tick:
    """Starts an embedded service again that died."""
    pids = {"postgres": found.postgres_pid, "valkey": found.valkey_pid}
    start = {"postgres": services.start_postgres, "valkey": services.start_valkey}
    due_at = 0.0

    def tick(say: Say) -> None:
        nonlocal due_at
        if time.monotonic() < due_at:
            return
        due_at = time.monotonic() + 1
        for name, pid in pids.items():
            if pid is None or services.is_running(pid):
                continue
            say(f"{name} died; starting it again")
            try:
                pids[name] = start[name](data_dir).pid
            except UpError as error:
                say(str(error))
                due_at = time.monotonic() + 10

    return tick


def announcer(settings: Settings) -> Tick:
    """Says where things are, once the dashboard answers."""
    due_at, done = 0.0, False

    def tick(say: Say) -> None:
        nonlocal due_at, done
        if done or time.monotonic() < due_at:
            return
        due_at = time.monotonic() + 0.5
        done = answers(f"{dashboard_url(settings)}/healthz")
        if done:
            for line in where_things_are(settings):
                say(line)

    return tick


def where_things_are(settings: Settings) -> list[str]:
    """Lines for a person: the addresses and folders of this run."""
    flower = settings.web.flower_url or _address(settings.web.flower_host, settings.web.flower_port)
    return [
        "newsmill runs",
        f"  dashboard    {dashboard_url(settings)}",
        f"  Flower       {flower}",
        f"  database     {mask_url(settings.database_url)}",
        f"  data folder  {settings.data_dir} (passwords in services.json, the services' logs in logs/)",
        f"  add a feed   {shown_name()} add URL",
        "  stop         Ctrl-C",
        *(f"  note         {warning}" for warning in guard.warnings(settings.fetch)),
    ]


def dashboard_url(settings: Settings) -> str:
    return _address(settings.web.host, settings.web.port)


def answers(url: str) -> bool:
    """Whether a GET of the URL is answered with 200."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy does not know this machine's loopback
        with opener.open(url, timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _address(host: str, port: int) -> str:
    near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 read, not bound
    return f"http://{near}:{port}"


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


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
