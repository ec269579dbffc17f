"""Log lines: one an outcome, JSON in containers, readable text on a terminal, secrets masked."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from pipeline.settings import Settings
from pipeline.standard_streams import Lines

# Query parameters that carry secrets: session ids, signatures, keys. The pattern matches a whole name first and tests it afterwards, so
# that it reads no text twice.
PARAMETER = re.compile(r"[?&;]([\w.-]++)=")
VALUE = re.compile(r"[^&;#\s]*")
SECRET_NAME = re.compile(r"token|secret|signature|passw(?:or)?d|session|^(?:api[_-]?key|key|sig|auth|sid)$", re.IGNORECASE)
USERINFO = re.compile(r"(://)[^/@\s]+@")
MOST = 20_000  # characters of a text that are masked and shown
CUT_OFF = re.compile(r"(://)[^/@\s]*\Z")  # text that may be userinfo whose end was cut off
# Characters that start a new line, move the cursor, or turn a terminal's reading direction.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def mask(text: str) -> str:
    """Hide userinfo and token-like query values in a URL, or in a text that contains URLs. Very long texts are cut."""
    if len(text) > MOST:
        text = CUT_OFF.sub(r"\1", text[:MOST]) + "…"
    return _without_secrets(USERINFO.sub(r"\1", text))


def _without_secrets(text: str) -> str:
    shown, at = [], 0
    for parameter in PARAMETER.finditer(text):
        value = VALUE.match(text, parameter.end())
        if parameter.start() >= at and value and value.group() and SECRET_NAME.search(parameter[1]):
            shown += [text[at : value.start()], "***"]
            at = value.end()
    return "".join([*shown, text[at:]])


def configure(settings: Settings, *, process: str) -> None:
    """Set up logging for this process. Every line names `process`: poll, fetch, extract, web, …"""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        *_clock(settings.log_format, as_json),
        structlog.processors.format_exc_info,
        *([_bare] if settings.log_format == "bare" else []),
        _one_safe_line,
    ]
    to_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    last = to_json if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), sort_keys=False, pad_event_to=10)
    handler = logging.StreamHandler(sys.stderr)
    if as_json and isinstance(sys.stderr, Lines):
        sys.stderr.notice = _as_json
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    # These libraries log their own progress at INFO; we log the outcomes.
    for noisy in (
        "trafilatura",
        "htmldate",
        "courlan",
        "urllib3",
        "yoyo",
        "charset_normalizer",
        "kombu",
        "amqp",
        "tornado.access",
        "asyncio",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for noisy in ("celery.worker.strategy", "celery.app.trace", "celery.beat"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for silent in ("trafilatura", "htmldate", "psycopg.pool", "flower.inspector"):  # Flower asks workers that are about to start
        logging.getLogger(silent).setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def _clock(log_format: str, as_json: bool) -> list[Any]:
    if as_json:
        return [structlog.processors.TimeStamper(fmt="iso", utc=True)]
    return [] if log_format == "bare" else [structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)]


def _bare(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop the time and the process: the program that prints the line adds them."""
    event.pop("process", None)
    return event


def _as_json(dropped: int) -> str:
    return json.dumps({"level": "warning", "event": "lines dropped", "lines": dropped, "why": "nobody read them"})


def _one_safe_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            event[key] = UNPRINTABLE.sub(lambda m: repr(m.group())[1:-1], mask(value))
    # The line starts with what it is about.
    first = {key: event.pop(key) for key in ("timestamp", "level", "process", "event") if key in event}
    return {**first, **event}
