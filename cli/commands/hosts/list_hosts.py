"""`newsmill hosts list`: list hosts with gap, pauses, robots.txt and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.hosts.host_output import delay_text, failures_text, host_json, next_request, pause_end, robots_text
from cli.connection import database, settings
from cli.output import Column, say_json, table, url

if TYPE_CHECKING:
    from pipeline.store.hosts.host_settings import HostSettings


Paused = Annotated[bool, typer.Option("--paused", help="Only paused hosts.")]
Failing = Annotated[bool, typer.Option("--failing", help="Only hosts whose last request failed, or whose robots.txt cannot be read.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of hosts.")]
As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def listing(paused: Paused = False, failing: Failing = False, limit: Limit = 50, as_json: As_json = False) -> None:
    """List hosts with gap, pauses, robots.txt and failures. Failing hosts come first, then the busiest."""
    from pipeline.store.hosts import host_settings

    in_force = settings()
    with database(in_force) as conn:
        found = host_settings.listing(conn, in_force.fetch, paused=paused, failing=failing, limit=limit)
    if as_json:
        for host in found:
            say_json(host_json(host))
        return
    columns = [Column("host"), Column("delay"), Column("failures", number=True), Column("waiting", number=True), Column("next")]
    columns += [Column("robots"), Column("paused", long=True)]
    empty = "No matching hosts." if paused or failing else "There are no hosts yet; they come with feeds and links."
    table(columns, map(_row, found), empty=empty)


def _row(host: HostSettings) -> tuple[object, ...]:
    from pipeline.normalise.idn import shown

    pause = f"{pause_end(host)}: {url(host.pause_reason)}" if host.paused else ""
    return shown(host.name), delay_text(host), failures_text(host), f"{host.waiting:,}", next_request(host), robots_text(host), pause
