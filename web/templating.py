"""Pages from templates. Everything is escaped; the filters here only turn values into words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from pipeline.normalise.idn import shown
from pipeline.normalise.urls import web_link
from pipeline.outcomes import describe
from pipeline.settings import Settings

FOLDER = Path(__file__).parent


def render(name: str, **values: Any) -> str:
    return _ENVIRONMENT.get_template(name).render(now=datetime.now(UTC), **values)


def number(value: int) -> str:
    return f"{value:,}"


def duration(seconds: float) -> str:
    """The two digits of a time span that matter: 0.4 s, 12 s, 3 min, 5 h, 2 days."""
    if seconds < 1:
        return f"{max(seconds, 0):.1f} s" if seconds >= 0.05 else "0 s"
    for limit, divisor, unit in ((90, 1, "s"), (90 * 60, 60, "min"), (36 * 3600, 3600, "h")):
        if seconds < limit:
            return f"{seconds / divisor:.0f} {unit}"
    return f"{seconds / 86400:,.0f} days"


def ago(moment: datetime) -> str:
    """The distance from now to either side."""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{duration(seconds)} ago" if seconds > 0 else f"in {duration(-seconds)}"


def moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def meaning(code: str) -> str:
    try:
        return describe(code).meaning
    except KeyError:
        return ""


def said(text: str) -> tuple[list[str], list[str]]:
    """A message of ours: its first sentence, and the rest. In each what stood between backticks is at the odd places."""
    first, full_stop, rest = text.partition(". ")
    return (first + full_stop.strip()).split("`"), rest.split("`")


def web_url(text: str | None) -> str:
    """The text where it is a http or https URL, else nothing: only such may become a link."""
    return web_link(text)


def flower_url(settings: Settings) -> str:
    return settings.web.flower_url or f"http://127.0.0.1:{settings.web.flower_port}"


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {f.__name__: f for f in (number, duration, ago, moment, meaning, web_url, said, shown)}
    return environment


_ENVIRONMENT = _environment()
