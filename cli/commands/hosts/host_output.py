"""A host as a JSON object and as text, for all commands about hosts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.errors import CliError
from cli.output import span, when

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.settings import Settings
    from pipeline.store.hosts.host_settings import Details, HostSettings


Which = Annotated[str, typer.Argument(help="Host, for example www.example.org.", metavar="HOST", callback=arguments.host)]
# Other programs may rely on these names.
JSON_FIELDS = (
    "name",
    "delay_s",
    "delay_from",
    "own_delay_s",
    "crawl_delay_s",
    "latency_s",
    "paused",
    "paused_until",
    "pause_reason",
    "failures",
    "last_code",
    "slowdowns",
    "ignore_robots",
    "robots",
    "robots_copy",
    "robots_since",
    "robots_until",
    "robots_why",
    "waiting",
    "next_slot_at",
    "visiting",
    "held_by",
    "held_until",
)
DELAY_FROM = {"default": "fetch.min_gap_s", "operator": "set by hand", "robots": "Crawl-delay"}


def host_json(host: HostSettings) -> dict[str, object]:
    """One host as JSON for other programs."""
    return {name: getattr(host, name) for name in JSON_FIELDS}


def details(conn: Connection, name: str, in_force: Settings) -> Details:
    from pipeline.store.hosts import host_settings

    found = host_settings.details(conn, name, in_force.fetch)
    if found is None:
        raise unknown(name)
    return found


def unknown(name: str) -> CliError:
    return CliError(f"newsmill knows no host {name}; `newsmill hosts` lists all hosts.")


def delay_text(host: HostSettings) -> str:
    return f"{host.delay_s:g} s ({DELAY_FROM[host.delay_from]})"


def failures_text(host: HostSettings) -> str:
    return f"{host.failures} ({host.last_code})" if host.failures and host.last_code else str(host.failures)


def next_request(host: HostSettings) -> str:
    if host.held_by:
        return f"held by {host.held_by}"
    return "after the pause" if host.paused else time_or(host.next_slot_at, "now")


def time_or(at: datetime | None, past: str) -> str:
    """`in 2 h`, or `past` if the time has come."""
    return when(at) if at is not None and at > datetime.now(UTC) else past


def pause_end(host: HostSettings) -> str:
    return f"for {span(round((host.paused_until - datetime.now(UTC)).total_seconds()))}" if host.paused_until else "until resumed"


def robots_text(host: HostSettings) -> str:
    since = when(host.robots_since)
    if host.robots == "ignored":
        return "ignored by hand" if host.ignore_robots else "ignored (fetch.honour_robots)"
    if host.robots == "unreachable":
        return f"unreachable, using a copy of {since}" if host.robots_copy else f"unreachable since {since}"
    return host.robots
