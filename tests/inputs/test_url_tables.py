"""Lists of addresses with what is known of each: CSV and JSON lines."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from pipeline.inputs.model import Item, Refused, Source
from pipeline.inputs.url_tables import read
from pipeline.jobs import GivenHints
from pipeline.outcomes import Failure

A, B = "https://a.example/1", "https://b.example/2"
AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def found(text: str | bytes, name: str = "list.csv", at: int = 0) -> list[Item | Refused]:
    body = text.encode() if isinstance(text, str) else text
    return list(read(Source(name, io.BytesIO(body), 0), at))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.csv", f'url,published,title,source\n{A},2026-11-22T08:30:00Z,"The ferry, again",The River Post\n{B},,,\n'),
        ("list.csv", f"Source;Title;Published;URL\r\nThe River Post;The ferry, again;2026-11-22T09:30:00+01:00;{A}\r\n;;;{B}"),
        ("list.tsv", f"\ufefftitle\tlink\tdate\tmedia_name\nThe ferry, again\t{A}\t1795336200\tThe River Post\n\t{B}\t\t\n"),
        (
            "export.jsonl",
            json.dumps({"url": A, "published_at": AT.isoformat(), "title": "The ferry, again", "site_name": "The River Post"})
            + f'\n\n{{"url": "{B}", "title": null, "tags": []}}\n',
        ),
    ],
)
def test_addresses_come_with_what_is_said_of_them(name: str, text: str) -> None:
    one, two = found(text, name)
    assert isinstance(one, Item)
    assert isinstance(two, Item)
    assert (one.url and one.url.text, one.hints) == (A, GivenHints("The ferry, again", AT, "The River Post"))
    assert (two.url and two.url.text, two.hints) == (B, None)


def test_a_value_may_go_over_lines_and_reading_goes_on_behind_any_row() -> None:
    text = f'url,title\n{A},"two\nlines"\n{B},x\nhttps://c.example/3,y\n'
    rows = found(text)
    assert [row.text for row in rows] == [A, B, "https://c.example/3"]
    for place, row in enumerate(rows, 1):
        again = found(text, at=row.after)
        assert [one.text for one in again] == [one.text for one in rows[place:]]
        assert [one.place for one in again] == [one.place for one in rows[place:]], "lines are counted from the first"


@pytest.mark.parametrize(
    ("name", "line", "code"),
    [
        ("a.csv", "not an address,,", "bad_url"),
        ("a.csv", "ftp://a.example/1,,", "blocked_scheme"),
        ("a.csv", f"{B},the day after,", "bad_line"),
        ("a.csv", "x" * 200_000, "bad_url"),
        ("a.jsonl", '{"url": ', "bad_line"),
        ("a.jsonl", '["https://a.example/1"]', "bad_line"),
        ("a.jsonl", "[" * 50_000, "bad_line"),
        ("a.jsonl", '{"title": "no address"}', "bad_url"),
    ],
)
def test_a_line_with_an_error_is_told_by_its_number_and_the_next_is_read(name: str, line: str, code: str) -> None:
    last = f'{{"url": "{A}"}}' if name.endswith("jsonl") else f"{A},,"
    first = "{}\n" if name.endswith("jsonl") else "url,published,title\n"
    bad, good = found(f"{first}{line}\n{last}\n", name)[-2:]
    assert isinstance(bad, Refused)
    assert (bad.code, bad.place and str(bad.place)) == (code, "line 2")
    assert good.text == A


@pytest.mark.parametrize("text", ["", "\n", f"{A}\n{B}\n", "title,date\nx,y\n"])
def test_a_list_without_names_of_columns_is_refused_whole(text: str) -> None:
    with pytest.raises(Failure):
        found(text)
