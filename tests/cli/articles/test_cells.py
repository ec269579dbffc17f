"""Cells of a CSV export: a spreadsheet runs none of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.export.csv_cells import cell
from tests.paths import CONFORMANCE

FORMULAS = [json.loads(line)["payload"] for line in (CONFORMANCE / "web" / "csv_formulas.jsonl").open()]


@pytest.mark.parametrize("payload", FORMULAS)
def test_a_formula_comes_out_as_text_and_a_number_as_a_number(payload: str) -> None:
    assert cell(payload) == "'" + payload.replace("\r", "\ufffd").replace("\0", "\ufffd")
    assert cell(-5) == -5


@pytest.mark.parametrize("start", list("=+-@\t\r\n\0＝＋－＠"))
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    shown = "\ufffd" if start in "\r\0" else start
    assert cell(f"{start}1") == f"'{shown}1"
    assert cell([f"{start}1", "b"]) == f"'{shown}1; b"


@pytest.mark.parametrize(
    "before",
    [
        "\xa0",
        "\u200b",
        "\ufeff",
        "\u2028",
        "|",
        " |",
        "\u3000",
        "\u2003",
        "\u00ad",
        "\u200e",
        "\u2060",
        "\u180e",
        "\x9b",
        "\ufe0f",
        '";, \xa0',
    ],
)
def test_a_formula_behind_what_is_not_seen_is_made_text(before: str) -> None:
    for sign in "=+-@＝＋－＠":
        assert str(cell(f"{before}{sign}cmd|' /C calc'!A0")).startswith("'"), sign


@pytest.mark.parametrize("text", ["A title", "5 – 3", "“Quoted”", "«=»", "a|b", "نص", "é", "–5", "…"])
def test_what_no_spreadsheet_would_run_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (-5, -5),
        ("a=b", "a=b"),
        ("", ""),
        (["a", "b"], "a; b"),
        ([], ""),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00Z"),
    ],
)
def test_other_cells_stay_as_they_are(value: object, expected: object) -> None:
    assert cell(value) == expected
