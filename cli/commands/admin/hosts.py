"""`newsmill hosts …`: how the sites are treated and why, and what the operator may change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import Column, fields, many, say, say_json, span, table, url, when

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.settings import Settings
    from pipeline.store.hosts.host_settings import Details, HostSettings

app = typer.Typer(help="List and show hosts, pause and resume them, set the gap between requests.", invoke_without_command=True)

Paused = Annotated[bool, typer.Option("--paused", help="Only paused hosts.")]
Failing = Annotated[bool, typer.Option("--failing", help="Only hosts that failed last, or whose robots.txt cannot be read.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of hosts.")]
As_json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Which = Annotated[str, typer.Argument(help="Host, for example www.example.org.", metavar="HOST", callback=arguments.host)]

# Other programs may count on these names.
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
# What `hosts show --json` has besides.
MORE_FIELDS = ("robots_text", "robots_notes", "robots_failures", "sitemaps", "signals", "tdmrep", "links", "feeds", "disallowed")
DELAY_FROM = {"default": "fetch.min_gap_s", "operator": "set by hand", "robots": "Crawl-delay"}
BY_HAND = "paused by hand"


@app.callback()
def _hosts(context: typer.Context, paused: Paused = False, failing: Failing = False, limit: Limit = 50, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        listing(paused, failing, limit, as_json)


@app.command("list")
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


@app.command()
def show(which: Which, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Show everything known about one host."""
    in_force = settings()
    with database(in_force) as conn:
        found = _details(conn, which, in_force)
    if as_json:
        signals = [{"name": name, "value": value} for name, value in found.signals]
        more = {name: getattr(found, name) for name in MORE_FIELDS} | {"signals": signals}
        say_json(host_json(found.manners) | more)
    else:
        fields(_described(found))


@app.command()
def pause(
    which: Which,
    for_s: Annotated[
        float | None,
        typer.Option("--for", help="Duration, for example 2h. Default: until `resume`.", parser=arguments.seconds, metavar="TIME"),
    ] = None,
    reason: Annotated[str, typer.Option(help="The reason, in words.")] = BY_HAND,
) -> None:
    """Send a host no requests. The host may be unknown yet."""
    from pipeline.outcomes import MAX_DETAIL
    from pipeline.store.hosts import host_settings
    from pipeline.text import one_line

    if for_s == 0:
        raise CliError("A pause of no time is none; `newsmill hosts resume HOST` ends one.", WRONG_USAGE)
    in_force = settings()
    with database(in_force) as conn:
        host_settings.pause(conn, which, for_s, one_line(reason, MAX_DETAIL) or BY_HAND, in_force.fetch)
        found = _details(conn, which, in_force)
    say(f"{which} is paused {_pause_end(found.manners)}: {url(found.manners.pause_reason)}")
    if found.manners.under_way:
        say("A request that is under way still ends.")


@app.command()
def resume(which: Which) -> None:
    """End a pause and reset the host's failures."""
    from pipeline.store.hosts import host_settings

    in_force = settings()
    with database(in_force) as conn:
        if not host_settings.resume(conn, which, in_force.fetch):
            raise _unknown(which)
        found = _details(conn, which, in_force).manners
    due = "once what holds it has ended" if found.held_by else _next(found)
    say(f"{which} is asked again {due}; {many(found.waiting, 'link')} waiting")


@app.command("set-delay")
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
        found = _details(conn, which, in_force).manners
    say(f"{which} is asked every {_delay(found)}")
    if found.delay_from == "robots" and own is not None:
        say(f"Its robots.txt asks for more than {own:g} s, and that holds.")


@app.command("ignore-robots")
def ignore_robots(which: Which, on: Annotated[str, typer.Argument(help="on or off.", metavar="on|off")]) -> None:
    """Ignore a host's robots.txt, or obey it again. Ask the site for permission first."""
    import structlog

    from pipeline.store.hosts import host_settings

    if on not in ("on", "off"):
        raise CliError(f"Say on or off, not {on!r}: on ignores the robots.txt of {which}, off heeds it.", WRONG_USAGE)
    in_force = settings()
    with database(in_force) as conn:
        if not host_settings.ignore_robots(conn, which, on == "on"):
            raise _unknown(which)
        found = _details(conn, which, in_force)
    structlog.get_logger().warning("robots_override", host=which, ignore_robots=on == "on")
    say(f"the robots.txt of {which} is {'ignored' if on == 'on' else 'heeded again'}")
    if on == "on" and found.disallowed:
        say(
            f"{many(found.disallowed, 'link')} that it kept out can be sent again: `newsmill retry --host {which} --code robots_disallowed`."
        )
    if on == "on" and found.manners.paused:
        say(f"It is paused {_pause_end(found.manners)}; `newsmill hosts resume {which}` ends that.")


def host_json(host: HostSettings) -> dict[str, object]:
    """One host as other programs get it."""
    return {name: getattr(host, name) for name in JSON_FIELDS}


def _details(conn: Connection, name: str, in_force: Settings) -> Details:
    from pipeline.store.hosts import host_settings

    found = host_settings.details(conn, name, in_force.fetch)
    if found is None:
        raise _unknown(name)
    return found


def _unknown(name: str) -> CliError:
    return CliError(f"newsmill knows no host {name}; `newsmill hosts` lists those it knows.")


def _row(host: HostSettings) -> tuple[object, ...]:
    from pipeline.normalise.idn import shown

    pause = f"{_pause_end(host)}: {url(host.pause_reason)}" if host.paused else ""
    return shown(host.name), _delay(host), _failures(host), f"{host.waiting:,}", _next(host), _robots(host), pause


def _described(found: Details) -> list[tuple[str, object]]:
    from pipeline.normalise.idn import shown

    host = found.manners
    lines: list[tuple[str, object]] = [
        ("host", shown(host.name)),
        ("delay", _delay(host)),
        ("set by hand", "" if host.own_delay_s is None else f"{host.own_delay_s:g} s"),
        ("Crawl-delay", "" if host.crawl_delay_s is None else f"{host.crawl_delay_s:g} s"),
        ("last answer", f"took {host.latency_s:.2g} s" if host.latency_s else ""),
        ("paused", f"{_pause_end(host)}: {url(host.pause_reason)}" if host.paused else "no"),
        ("held by", f"{host.held_by}; its lease ends {when(host.held_until)}" if host.held_by else ""),
        ("next request", _next(host)),
        ("failures", f"{_failures(host)} in a row" if host.failures else "none"),
        ("slowed down", f"{host.slowdowns} times in a row (429 or 503)" if host.slowdowns else ""),
        ("links", _counted(found.links)),
        ("feeds", _counted(found.feeds)),
        ("in its line", many(host.waiting, "link") if host.waiting else ""),
        ("robots.txt", _robots(host)),
        ("robots read", host.robots_since and f"{when(host.robots_since)}, again {_ahead(host.robots_until, 'at the next visit')}"),
        ("robots trouble", url(host.robots_why) and f"{url(host.robots_why)} ({found.robots_failures} times in a row)"),
        ("robots notes", found.robots_notes),
        (
            "kept out",
            f"{many(found.disallowed, 'link')} (`newsmill links --host {host.name} --code robots_disallowed`)" if found.disallowed else "",
        ),
    ]
    lines += [("sitemap", url(sitemap)) for sitemap in found.sitemaps]
    lines += [("signal", f"{name}: {value}") for name, value in found.signals]
    return [*lines, ("tdmrep.json", " ".join(found.tdmrep.split()))]


def _delay(host: HostSettings) -> str:
    return f"{host.delay_s:g} s ({DELAY_FROM[host.delay_from]})"


def _failures(host: HostSettings) -> str:
    return f"{host.failures} ({host.last_code})" if host.failures and host.last_code else str(host.failures)


def _next(host: HostSettings) -> str:
    if host.held_by:
        return f"held by {host.held_by}"
    return "after the pause" if host.paused else _ahead(host.next_slot_at, "now")


def _ahead(at: datetime | None, past: str) -> str:
    """`in 2 h`, or the words for a time that has come."""
    return when(at) if at is not None and at > datetime.now(UTC) else past


def _pause_end(host: HostSettings) -> str:
    return f"for {span(round((host.paused_until - datetime.now(UTC)).total_seconds()))}" if host.paused_until else "until resumed"


def _robots(host: HostSettings) -> str:
    since = when(host.robots_since)
    if host.robots == "ignored":
        return "ignored by hand" if host.ignore_robots else "ignored (fetch.honour_robots)"
    if host.robots == "unreachable":
        return f"unreachable, by a copy of {since}" if host.robots_copy else f"unreachable since {since}"
    return host.robots


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) or "none"
