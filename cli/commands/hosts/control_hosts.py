"""`newsmill hosts pause`, `resume`, `set-delay` and `ignore-robots`: change how newsmill treats a host."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import arguments
from cli.commands.hosts.host_output import Which, delay_text, details, next_request, pause_end, unknown
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import many, say, url

BY_HAND = "paused by hand"


def pause(
    which: Which,
    for_s: Annotated[
        float | None,
        typer.Option("--for", help="Duration, for example 2h. Default: until `resume`.", parser=arguments.seconds, metavar="TIME"),
    ] = None,
    reason: Annotated[str, typer.Option(help="The reason.")] = BY_HAND,
) -> None:
    """Send a host no requests. The host may be unknown yet."""
    from pipeline.outcomes import MAX_DETAIL
    from pipeline.store.hosts import host_settings
    from pipeline.text import one_line

    if for_s == 0:
        raise CliError("A pause must be longer than 0; `newsmill hosts resume HOST` ends a pause.", WRONG_USAGE)
    in_force = settings()
    with database(in_force) as conn:
        host_settings.pause(conn, which, for_s, one_line(reason, MAX_DETAIL) or BY_HAND, in_force.fetch)
        found = details(conn, which, in_force)
    say(f"{which} is paused {pause_end(found.host)}: {url(found.host.pause_reason)}")
    if found.host.under_way:
        say("A running request still finishes.")


def resume(which: Which) -> None:
    """End a pause and reset the host's failures."""
    from pipeline.store.hosts import host_settings

    in_force = settings()
    with database(in_force) as conn:
        if not host_settings.resume(conn, which, in_force.fetch):
            raise unknown(which)
        found = details(conn, which, in_force).host
    due = "once the job that holds it has ended" if found.held_by else next_request(found)
    say(f"{which} is asked again {due}; {many(found.waiting, 'link')} waiting")


def set_delay(
    which: Which,
    delay: Annotated[str, typer.Argument(help="Seconds between two requests, or default.", metavar="SECONDS|default")],
) -> None:
    """Set the seconds between two requests to a host. The host may be unknown yet."""
    from pipeline.store.hosts import host_settings

    own = None if delay == "default" else arguments.seconds(delay)
    in_force = settings()
    with database(in_force) as conn:
        host_settings.set_delay(conn, which, own, in_force.fetch)
        found = details(conn, which, in_force).host
    say(f"{which} is asked every {delay_text(found)}")
    if found.delay_from == "robots" and own is not None:
        say(f"Its robots.txt asks for more than {own:g} s, so that applies.")


def ignore_robots(which: Which, on: Annotated[str, typer.Argument(help="on or off.", metavar="on|off")]) -> None:
    """Ignore a host's robots.txt, or obey it again. Ask the site for permission first."""
    import structlog

    from pipeline.store.hosts import host_settings

    if on not in ("on", "off"):
        raise CliError(f"Say on or off, not {on!r}: on ignores the robots.txt of {which}, off obeys it.", WRONG_USAGE)
    in_force = settings()
    with database(in_force) as conn:
        if not host_settings.ignore_robots(conn, which, on == "on"):
            raise unknown(which)
        found = details(conn, which, in_force)
    structlog.get_logger().warning("robots_override", host=which, ignore_robots=on == "on")
    say(f"the robots.txt of {which} is {'ignored' if on == 'on' else 'obeyed again'}")
    if on == "on" and found.disallowed:
        say(
            f"{many(found.disallowed, 'link')} that it disallowed can be retried: `newsmill retry --host {which} --code robots_disallowed`."
        )
    if on == "on" and found.host.paused:
        say(f"It is paused {pause_end(found.host)}; `newsmill hosts resume {which}` ends that.")
