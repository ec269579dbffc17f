"""The forms in which articles leave."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export import citations, csv_lines, jsonl
from pipeline.export.authors import Name, parted
from pipeline.json_text import escaped, escaped_utf8, to_json
from pipeline.text import JSON_ESCAPES

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS, TEXTS.map(lambda text: text * 30), st.lists(TEXTS), st.datetimes(timezones=st.just(UTC)), st.sampled_from(['"\\\n\x00' * 50, "\x7f\u2028" * 60])
)  # fmt: skip


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), VALUES, min_size=1))
def test_json_lines_are_those_of_to_json(article: dict[str, Any]) -> None:
    form = jsonl.form(tuple(article), frozenset())
    assert form.row(tuple(article.values())).decode() == to_json(article) + "\n"


def test_json_comes_as_it_is() -> None:
    form = jsonl.form(("id", "sources"), frozenset(["sources"]))
    assert form.row((1, '{"a": "\u2028"}')) == b'{"id": 1, "sources": {"a": "\\u2028"}}\n'


def test_every_sign_that_is_escaped_is_found_and_no_other() -> None:
    for code in range(0x20, 0x11000):
        if not 0xD800 <= code < 0xE000:
            text = "ü" + chr(code)
            assert escaped(text) == (text if code not in JSON_ESCAPES else "ü" + JSON_ESCAPES[code])
            assert escaped_utf8(text.encode()).decode() == escaped(text)


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    at = datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert jsonl.form(("at",), frozenset()).row((at,)) == b'{"at": "2026-10-31T23:30:00Z"}\n'


def test_csv_begins_with_the_mark_where_it_is_asked_for() -> None:
    form = csv_lines.form(("title", "sources"), frozenset(["sources"]), bom=True)
    data = form.head + form.row(("=1", '{"title": "json-ld"}'))
    assert data.startswith(b"\xef\xbb\xbftitle,sources\r\n")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [["title", "sources"], ["'=1", "title: json-ld"]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ann Ash", Name(given="Ann", family="Ash")),
        ("Ludwig van Beethoven", Name(given="Ludwig", family="van Beethoven")),
        ("Ana de la Cruz", Name(given="Ana", family="de la Cruz")),
        ("Martin King Jr.", Name(given="Martin", family="King Jr.")),
        ("The Associated Press", Name(whole="The Associated Press")),
        ("Reuters", Name(whole="Reuters")),
        ("River Post Staff", Name(whole="River Post Staff")),
        ("李明", Name(whole="李明")),
        ("AFP/dpa", Name(whole="AFP/dpa")),
        ("", Name()),
    ],
)
def test_family_names_stand_apart_and_bodies_whole(name: str, expected: Name) -> None:
    assert parted(name) == expected


ROW = dict(
    zip(
        citations.FIELDS,
        (7, "https://a.example/1?x", "https://a.example/1", "50 % of {all} \n& more", ["Ann Ash", "Reuters"], datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
         "2026-11-21T00:30:00+01:00", datetime(2026, 11, 22, tzinfo=UTC), "The River Post", "Town", "en", "A short one.", ["council", "river"], ""),
        strict=True,
    )
)  # fmt: skip


def cited(kind: str, **other: object) -> str:
    form = citations.form(kind)
    return (form.head + form.text([tuple((ROW | other).values())], first=True) + form.foot).decode()


def test_csl_has_the_publishers_day_and_names_in_parts() -> None:
    assert json.loads(cited("csl")) == [
        {
            "id": "newsmill-7",
            "type": "article-newspaper",
            "title": "50 % of {all} & more",
            "author": [{"family": "Ash", "given": "Ann"}, {"literal": "Reuters"}],
            "container-title": "The River Post",
            "section": "Town",
            "issued": {"date-parts": [[2026, 11, 21]]},
            "accessed": {"date-parts": [[2026, 11, 22]]},
            "URL": "https://a.example/1",
            "language": "en",
            "abstract": "A short one.",
            "keyword": "council, river",
        }
    ]
    form = citations.form("csl")
    two = form.text([tuple(ROW.values())], first=True) + form.text([tuple(ROW.values())], first=False)
    assert len(json.loads(form.head + two + form.foot)) == 2
    assert json.loads(form.head + form.foot) == []


def test_bibtex_escapes_what_it_would_read_as_commands() -> None:
    text = cited("bibtex")
    assert text.startswith("@article{newsmill-7,\n")
    assert r"  title = {{50 \% of \{all\} \& more}}," in text
    assert "  author = {Ash, Ann and {Reuters}}," in text
    assert text.endswith("  month = nov\n}\n")
    assert "year" not in cited("bibtex", published_at=None, published_local="")


def test_ris_has_a_line_a_field() -> None:
    lines = cited("ris").split("\r\n")
    assert lines[0] == "TY  - NEWS"
    assert lines[-2:] == ["ER  - ", ""]
    assert {"AU  - Ash, Ann", "AU  - Reuters", "DA  - 2026/11/21", "KW  - river", "TI  - 50 % of {all} & more"} <= set(lines)
