"""`newsmill hosts show`: show everything known about one host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.hosts.host_output import (
    Which,
    delay_text,
    details,
    failures_text,
    host_json,
    next_request,
    pause_end,
    robots_text,
    time_or,
)
from cli.connection import database, settings
from cli.output import fields, many, say_json, url, when

if TYPE_CHECKING:
    from pipeline.store.hosts.host_settings import Details


# Further fields of `hosts show --json`.
MORE_FIELDS = ("robots_text", "robots_notes", "robots_failures", "sitemaps", "signals", "tdmrep", "links", "feeds", "disallowed")


def show(which: Which, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Show everything known about one host."""
    in_force = settings()
    with database(in_force) as conn:
        found = details(conn, which, in_force)
    if as_json:
        signals = [{"name": name, "value": value} for name, value in found.signals]
        more = {name: getattr(found, name) for name in MORE_FIELDS} | {"signals": signals}
        say_json(host_json(found.host) | more)
    else:
        fields(_described(found))


def _described(found: Details) -> list[tuple[str, object]]:
    from pipeline.normalise.idn import shown

    host = found.host
    lines: list[tuple[str, object]] = [
        ("host", shown(host.name)),
        ("delay", delay_text(host)),
        ("set by hand", "" if host.own_delay_s is None else f"{host.own_delay_s:g} s"),
        ("Crawl-delay", "" if host.crawl_delay_s is None else f"{host.crawl_delay_s:g} s"),
        ("last answer", f"took {host.latency_s:.2g} s" if host.latency_s else ""),
        ("paused", f"{pause_end(host)}: {url(host.pause_reason)}" if host.paused else "no"),
        ("held by", f"{host.held_by}; its lease ends {when(host.held_until)}" if host.held_by else ""),
        ("next request", next_request(host)),
        ("failures", f"{failures_text(host)} in a row" if host.failures else "none"),
        ("slowed down", f"{host.slowdowns} times in a row (429 or 503)" if host.slowdowns else ""),
        ("links", _counted(found.links)),
        ("feeds", _counted(found.feeds)),
        ("in its line", many(host.waiting, "link") if host.waiting else ""),
        ("robots.txt", robots_text(host)),
        ("robots read", host.robots_since and f"{when(host.robots_since)}, again {time_or(host.robots_until, 'at the next visit')}"),
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


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) or "none"
