"""Render pages from templates. Everything is escaped; the filters only turn values into words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from pipeline.normalise.idn import shown
from pipeline.normalise.urls import web_link
from pipeline.outcomes import describe
from pipeline.settings import Settings
from pipeline.wording.number_words import from_now, span

FOLDER = Path(__file__).parent


def render(name: str, **values: Any) -> str:
    return _ENVIRONMENT.get_template(name).render(now=datetime.now(UTC), **values)


def number(value: int) -> str:
    return f"{value:,}"


def moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def meaning(code: str) -> str:
    try:
        return describe(code).meaning
    except KeyError:
        return ""


def in_sentences(text: str) -> tuple[list[str], list[str]]:
    """Split a message of ours into its first sentence and the rest. Parts at odd positions were between backticks."""
    first, full_stop, rest = text.partition(". ")
    return (first + full_stop.strip()).split("`"), rest.split("`")


def web_url(text: str | None) -> str:
    """The text if it is an http or https URL, else empty: only such URLs become links."""
    return web_link(text)


def query_value(text: str) -> str:
    """The text in the quotes of a query."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
    environment.filters |= {f.__name__: f for f in (number, span, from_now, moment, meaning, web_url, in_sentences, shown, query_value)}
    return environment


_ENVIRONMENT = _environment()
