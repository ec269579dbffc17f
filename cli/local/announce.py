"""What `newsmill up` tells the person at the terminal: the addresses, when the workers are ready, and at the end how to continue."""

from __future__ import annotations

import os
import shutil
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg

from pipeline.fetch import guard
from pipeline.settings import Settings, mask_url
from pipeline.store import workers
from pipeline.store.db.pool import connect
from workers.messaging.redis_queues import QUEUES

Say = Callable[[str], None]
Tick = Callable[[Say], None]
LOOK_S = 0.5
USUAL = Settings.model_fields["data_dir"].default


def starting(settings: Settings, data_dir: Path) -> str:
    """Which services are started now, and which external ones are used."""
    own = [name for name, url in (("Postgres", settings.database_url), ("Valkey", settings.redis_url)) if not url]
    used = [f"{name} at {mask_url(url)}" for name, url in (("Postgres", settings.database_url), ("Redis", settings.redis_url)) if url]
    new = " (new: its database is created first)" if "Postgres" in own and not (data_dir / "postgres").exists() else ""
    begun = f"starting {' and '.join(own)} on {data_dir}{new}" if own else ""
    taken = f"using {' and '.join(used)}" if used else ""
    return "; ".join(filter(None, (begun, taken)))


def announcer(settings: Settings) -> Tick:
    """Print the addresses once the dashboard answers, and a line once each kind of worker has reported."""
    began = time.monotonic()
    due_at, done = 0.0, set[str]()

    def tick(say: Say) -> None:
        nonlocal due_at
        if len(done) == 2 or time.monotonic() < due_at:
            return
        due_at = time.monotonic() + LOOK_S
        if "where" not in done and answers(f"{dashboard_url(settings)}/healthz"):
            done.add("where")
            for line in where_things_are(settings):
                say(line)
        if "ready" not in done and all_ready(settings, time.monotonic() - began):
            done.add("ready")
            say(f"all workers are ready after {time.monotonic() - began:.0f} s")

    return tick


def all_ready(settings: Settings, within_s: float) -> bool:
    """Whether a worker of each queue has reported within the last `within_s` seconds."""
    try:
        with connect(settings) as conn:
            return set(QUEUES) <= {worker.queue for worker in workers.listing(conn) if worker.silent_s < within_s}
    except psycopg.Error:
        return False


def where_things_are(settings: Settings) -> list[str]:
    """The addresses and folders of this run, one a line."""
    flower = settings.web.flower_url or _address(settings.web.flower_host, settings.web.flower_port)
    return [
        "newsmill runs",
        f"  status page  {dashboard_url(settings)}",
        f"  Flower       {flower}",
        f"  database     {mask_url(settings.database_url)}",
        f"  data folder  {settings.data_dir} (passwords in services.json, the services' logs in logs/)",
        f"  add a feed   {command(settings.data_dir)} add URL",
        "  stop         Ctrl-C",
        *(f"  note         {warning}" for warning in guard.warnings(settings.fetch)),
    ]


def farewell(data_dir: Path, what: str = "up") -> str:
    """The last line of a run of `up` or the demo: where the data is and how to continue."""
    make = f"make {what}" if _is_usual(data_dir) else f"make {what} DATA={data_dir}"
    again = make if "MAKELEVEL" in os.environ else f"{command(data_dir)} {what}"
    return f"stopped; the data is in {data_dir}, and `{again}` continues with it"


def command(data_dir: Path) -> str:
    """The command that a person types in another terminal to use this data folder."""
    called = Path(sys.argv[0])
    if shutil.which(called.name) == str(called.absolute()) or called.name != "newsmill":
        name = "newsmill"
    else:
        name = os.path.relpath(called) if called.is_relative_to(Path.cwd()) else str(called)
    return name if _is_usual(data_dir) else f"{name} --data {data_dir}"


def dashboard_url(settings: Settings) -> str:
    return _address(settings.web.host, settings.web.port)


def answers(url: str) -> bool:
    """Whether a GET of the URL returns 200."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach this machine's loopback
        with opener.open(url, timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _is_usual(data_dir: Path) -> bool:
    return data_dir.resolve() == Path(USUAL).resolve()


def _address(host: str, port: int) -> str:
    near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 read, not bound
    return f"http://{near}:{port}"
