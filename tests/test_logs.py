"""Log lines: one each, with nothing secret in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from pipeline.logs import _one_safe_line, configure, mask
from pipeline.normalise.urls import parse
from pipeline.settings import Settings


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/x?id=3", "https://a.example/x?id=3"),
        ("https://user:pw@a.example/x", "https://a.example/x"),
        ("postgresql://news:pw@db/news", "postgresql://db/news"),
        ("https://a.example/x?access_token=abc&id=3", "https://a.example/x?access_token=***&id=3"),
        ("https://a.example/?X-Amz-Signature=abc#f", "https://a.example/?X-Amz-Signature=***#f"),
        ("https://a.example/?key=abc;sid=1", "https://a.example/?key=***;sid=***"),
        ("https://a.example/?next=b?token=a?b&id=3", "https://a.example/?next=b?token=***&id=3"),
        ("https://a.example/monkey?monkey=1&keyword=2", "https://a.example/monkey?monkey=1&keyword=2"),
    ],
)
def test_what_opens_doors_is_hidden(url: str, shown: str) -> None:
    assert mask(url) == shown


def test_what_opens_doors_is_hidden_where_a_long_address_is_cut_off() -> None:
    shown = mask("http://user:" + "secret" * 10_000 + "@a.example/")
    assert shown == "http://…"
    assert mask("http://a.example/?token=" + "secret" * 10_000) == "http://a.example/?token=***"


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.usefixtures("_logging_as_before")
def test_a_line_is_one_line_whatever_stands_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_format="json"), process="test")
    structlog.get_logger().info("fetch", url="http://u:p@a.example/\n{}\x1b[31m", title="\u202eevil")
    logging.getLogger("other").warning("plain %s", "line\nbreak")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first["url"] == "http://a.example/\\n{}\\x1b[31m"
    assert first["title"] == "\\u202eevil"
    assert (first["event"], first["process"], first["level"]) == ("fetch", "test", "info")
    assert second["event"] == "plain line\\nbreak"


@pytest.mark.usefixtures("_logging_as_before")
def test_a_bare_line_leaves_clock_and_process_to_who_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_format="bare"), process="poll")
    structlog.get_logger().info("poll", outcome="ok")
    assert capsys.readouterr().err.split() == ["[info", "]", "poll", "outcome=ok"]


def test_signs_that_turn_the_reading_direction_are_escaped_in_lines_and_gone_from_urls() -> None:
    turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    line = _one_safe_line(None, "info", {"event": "fetch", "title": f"a{turning}b"})  # type: ignore[arg-type]
    assert not set(turning) & set(line["title"])
    assert "\\u202e" in line["title"]
    assert parse(f"https://e.com/a{turning}\u200bb").text == "https://e.com/ab"
