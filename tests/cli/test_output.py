"""Tables, JSON lines, and times as people say and type them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import typer

from cli import arguments, output

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.4, "0.4 s"),
        (59, "59 s"),
        (119, "119 s"),
        (120, "2 min"),
        (3600, "1 h"),
        (7199, "120 min"),
        (7200, "2 h"),
        (11_400, "3 h"),
        (172_799, "48 h"),
        (172_800, "2 d"),
        (-90, "90 s"),
    ],
)
def test_span(seconds: float, text: str) -> None:
    assert output.span(seconds) == text


@pytest.mark.parametrize(
    ("at", "text"),
    [(None, "never"), (NOW, "now"), (NOW - timedelta(minutes=3), "3 min ago"), (NOW + timedelta(hours=5), "in 5 h")],
)
def test_when(at: datetime | None, text: str) -> None:
    assert output.when(at, NOW) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0 B"), (1023, "1023 B"), (2048, "2 KiB"), (5 * 2**30, "5 GiB"), (3 * 2**40, "3.0 TiB")])
def test_size(number: int, text: str) -> None:
    assert output.size(number) == text


@pytest.mark.parametrize(("number", "noun", "text"), [(1, "link", "1 link"), (0, "link", "0 links"), (12_000, "entry", "12,000 entries")])
def test_many(number: int, noun: str, text: str) -> None:
    assert output.many(number, noun) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("45s", 45), ("30m", 1800), ("30 min", 1800), ("2h", 7200), ("1.5h", 5400), ("7d", 604_800), ("1w", 604_800), ("0s", 0)],
)
def test_lengths_of_time_that_people_type(text: str, seconds: float) -> None:
    assert arguments.seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "2 hours", "-5m", "1e9", "9999999999d", "２h２"])
def test_lengths_of_time_that_are_none(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        arguments.seconds(text)


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029", "\n", "\r", "\x0b", "\x0c", "\x1c"])
def test_json_is_one_line_to_every_reader(mark: str) -> None:
    line = output.to_json({"text": f"a{mark}b"})
    assert len(line.splitlines()) == 1
    assert json.loads(line) == {"text": f"a{mark}b"}


def test_json_times_are_utc() -> None:
    local = datetime.fromisoformat("2026-11-22T14:00:00+02:00")
    assert output.to_json({"at": local}) == '{"at": "2026-11-22T12:00:00Z"}'


@pytest.mark.parametrize("text", ["\x1b[31m", "\x9b31m", "a\x00b", "a\u202eb", "a\rb"])
def test_control_characters_are_made_visible(text: str) -> None:
    assert not set(output.printable(text, lines=True)) & set("\x00\x1b\x9b\r\u202e")


def test_a_cell_is_one_line() -> None:
    assert output.printable("a\n\tb  c") == "a b c"


def test_markup_from_the_web_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.table([output.Column("title", long=True)], [["[bold]not[/bold] :smile: [/]"]], empty="nothing")
    assert capsys.readouterr().out == "title\n[bold]not[/bold] :smile: [/]\n"


def test_json_holds_nothing_that_a_terminal_obeys_and_reads_back_as_it_was() -> None:
    title = "a\x9b31m\x9d0;x\x07\u202eb\u2066c\u200fd\u2028e\ufefff\x7f"
    line = output.to_json({"title": title})
    assert not any(0x7F <= ord(letter) < 0xA0 or letter in "\u202e\u2066\u200f\u2028\ufeff" for letter in line)
    assert json.loads(line) == {"title": title}
