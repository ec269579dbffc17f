"""`newsmill demo`: run everything of `newsmill up` on the bundled newspapers, and print a summary once every article has a result."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from cli.demo.site import Site, serving
from cli.local import announce, up
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.feeds import feeds
from pipeline.store.links import links
from pipeline.store.maintenance import status

LOOK_S = 0.5
LATE_S = 60.0


def run_demo(settings: Settings, data_dir: Path | None = None) -> int:
    """Run the demo until Ctrl-C, in a temporary folder if no data folder is given. A database or Redis in the settings is not used. Raises
    UpError."""
    with contextlib.ExitStack() as stack:
        folder = data_dir or stack.enter_context(_temporary_folder())
        site = stack.enter_context(serving(datetime.now(UTC)))
        settings = up.with_free_ports(demo_settings(settings), any_will_do=True)
        gone = "the demo is over and its data is gone; `newsmill up` starts the real thing"
        last = announce.farewell(data_dir, "demo") if data_dir else gone
        return up.run(settings, folder, also=lambda settings: _watch(site, settings), last=last)


def demo_settings(settings: Settings) -> Settings:
    """The settings with embedded services, loopback allowed, and short waits."""
    networks = sorted({*settings.fetch.allow_networks, "127.0.0.0/8"})
    fetch = settings.fetch.model_copy(update={"allow_networks": networks, "min_gap_s": 0.5, "pause_s": 2.0})
    retry = settings.retry.model_copy(update={"delays_s": [3, 6, 9], "late_s": []})
    return settings.model_copy(update={"database_url": "", "redis_url": "", "fetch": fetch, "retry": retry})


def _watch(site: Site, settings: Settings) -> announce.Tick:
    with connect(settings) as connection:
        for url in (*site.feeds, site.broken_feed):
            feeds.add(connection, url, tags=["demo"])
    started_at = time.monotonic()
    due_at, done = 0.0, False

    def tick(say: Callable[[str], None]) -> None:
        nonlocal due_at, done
        if done or time.monotonic() < due_at:
            return
        due_at = time.monotonic() + LOOK_S
        with contextlib.suppress(psycopg.OperationalError), connect(settings) as connection:
            done = ended(site, status.summary(connection)) or time.monotonic() - started_at > LATE_S
            if done:
                for line in report(site, connection, settings, time.monotonic() - started_at):
                    say(line)

    return tick


def ended(site: Site, summary: status.Summary) -> bool:
    """Whether every article has a result and the broken feed has been tried."""
    return sum(summary.links.values()) >= len(site.articles) and not summary.unfinished and summary.feeds["failing"] > 0


def report(site: Site, connection: psycopg.Connection, settings: Settings, elapsed_s: float) -> list[str]:
    """What a person should have seen, and where to look."""
    summary = status.summary(connection)
    retried = sum(1 for url in site.busy if (link := links.find(connection, url)) and link.state == "stored")
    counts = ", ".join(f"{one.count} {one.state} with {one.code}" for one in summary.failures)
    command = announce.command(settings.data_dir)
    ending = f"after {elapsed_s:.0f} s" if ended(site, summary) else f"and {summary.unfinished} still under way after {elapsed_s:.0f} s"
    return [
        f"the demo stored {summary.links['stored']} articles, {retried} of them at the second attempt; {counts or 'nothing failed'};"
        f" {summary.feeds['failing']} feed is failing; {ending}",
        f"  status page  {announce.dashboard_url(settings)}",
        f"  see also     {command} status",
        *(f"  a retry      {command} trace {url}" for url in site.busy),
        *(f"  a failure    {command} trace {url}" for url in site.gone),
        f"  the feeds    {command} feeds",
        "  stop         Ctrl-C",
    ]


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="newsmill-demo-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)  # as root the services run under another account, which must pass through
        yield Path(name)
