"""Parse what people type: lengths of time, moments, states, codes, and one feed out of many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from pipeline.wording.number_words import read_span

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.feeds.feeds import Feed

LONGEST_S = 100 * 365 * 86_400


def seconds(text: str) -> float:
    """A length of time such as 90, 45s, 30m, 2h, 7d, 1w; a plain number means seconds."""
    value = read_span(text)
    if value is None or value > LONGEST_S:
        raise typer.BadParameter(f"{text!r} is not a length of time; write it like 45s, 30m, 2h or 7d")
    return value


def since(text: str) -> datetime:
    """A moment: an ISO 8601 date or time (UTC if it names no zone), or a length of time before now."""
    if read_span(text) is not None:
        return datetime.now(UTC) - timedelta(seconds=seconds(text))
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a date such as 2026-11-22 nor a length of time such as 7d") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def log_level(text: str | None) -> str | None:
    levels = ("debug", "info", "warning", "error")
    if text is not None and text.lower() not in levels:
        raise typer.BadParameter(f"{text!r} is not a level; the levels are {', '.join(levels)}")
    return text.lower() if text else None


def link_state(text: str | None) -> str | None:
    from pipeline.outcomes import State

    if text is not None and text not in set(State):
        raise typer.BadParameter(f"{text!r} is not a state; the states are {', '.join(State)}")
    return text


def feed_state(text: str | None) -> str | None:
    states = ("active", "paused", "stopped", "failing")
    if text is not None and text not in states:
        raise typer.BadParameter(f"{text!r} is not a state; the states are {', '.join(states)}")
    return text


def code(text: str | None) -> str | None:
    from pipeline.outcomes import CODES, describe

    if text is not None:
        try:
            describe(text)
        except KeyError:
            raise typer.BadParameter(f"{text!r} is not a code; the codes are http_NNN, {', '.join(CODES)}") from None
    return text


def host(text: str | None) -> str | None:
    """A host as newsmill names it; a URL gives its host."""
    if text is None:
        return None
    from pipeline.normalise.urls import parse
    from pipeline.outcomes import Failure

    try:
        return parse(text if "://" in text else f"http://{text}").host
    except Failure as failure:
        raise typer.BadParameter(failure.detail) from None


def feed(conn: Connection, which: str) -> Feed:
    """The feed with this id or URL. Raises CliError if there is none."""
    from cli.errors import CliError
    from pipeline.store.feeds import feeds

    found = feeds.find(conn, which)
    if found is None:
        raise CliError(f"There is no feed {which}; `newsmill feeds` lists all feeds.")
    return found


def setting(text: str) -> tuple[str, str]:
    """The key and the value of KEY=VALUE. Raises CliError."""
    from cli.errors import WRONG_USAGE, CliError

    key, equals, value = text.partition("=")
    if not equals:
        raise CliError(f"{text[:60]!r} is not a setting; write it as KEY=VALUE, such as min_interval=15m.", WRONG_USAGE)
    return key.strip(), value.strip()
