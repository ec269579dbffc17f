"""Lists of sources: each line for itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.csv_cells import cell, unguarded
from pipeline.sources import lists
from pipeline.sources.fields import FIELDS
from pipeline.sources.table import NoTable, read

COLUMNS = [*FIELDS, "collections"]


def found(text: str | bytes) -> list[tuple[int, object]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(record.line, one) for record, one in lists.sources(read(data, ["name"], COLUMNS))]


def test_columns_that_are_there_are_read_in_any_order() -> None:
    text = "Country;name;collections\nDE;a.example;Papers; of the north\n\n;b.example;\n"
    assert found(text.replace("Papers; of the north", '"Papers; North"')) == [
        (2, ("a.example", {"country": "DE"}, ("Papers", "North"))),
        (4, ("b.example", {"country": ""}, ())),
    ]


def test_a_line_that_is_wrong_loses_only_itself() -> None:
    text = 'name,country,notes\na.example,DE,"two\nlines"\nb.example,Germany,\nnowhere,DE,\nc.example,FR,"open\nd.example,IT,\na.example,ES,\ne.example,FR,x,y\nf.example,PL,\n'
    assert found(text) == [
        (2, ("a.example", {"country": "DE", "notes": "two\nlines"}, ())),
        (4, "country: 'Germany' is no code of a country (ISO 3166-1); write DE"),
        (5, "'nowhere' is no domain; write it like example.org or example.org/sport"),
        (6, "the line cannot be read: a quote is not closed"),
        (7, ("d.example", {"country": "IT", "notes": ""}, ())),
        (8, "a.example stands on line 2 already"),
        (9, "the line has 4 cells and the first line 3"),
        (10, ("f.example", {"country": "PL", "notes": ""}, ())),
    ]


def test_bytes_that_are_no_utf_8_lose_only_their_line() -> None:
    assert found("name,label\na.example,Grüße\n".encode("latin-1") + b"b.example,B\n") == [
        (2, "the line is not UTF-8; convert the file first"),
        (3, ("b.example", {"label": "B"}, ())),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The list is empty"),
        ("label\nx\n", "name is not among them"),
        ("name,colour\na.example,red\n", "There is no column 'colour'"),
        ("name,name\na.example,b.example\n", "names a column twice"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_as_a_whole(text: str, said: str) -> None:
    with pytest.raises(NoTable, match=said):
        found(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_cell_that_was_made_safe_reads_as_before(text: str) -> None:
    # Marks of direction are replaced on the way out, which is not undone.
    if cell(text) in (text, f"'{text}"):
        assert unguarded(str(cell(text))) == text or text.startswith("'")


def test_pairs_of_collections_and_sources() -> None:
    records = read(b"source,collection\na.example,North\n,North\nb.example,\n", ["collection", "source"])
    assert [(record.line, one) for record, one in lists.pairs(records)] == [
        (2, ("North", "a.example")),
        (3, "'' is no domain; write it like example.org or example.org/sport"),
        (4, "'' is no name of a collection; write words without a semicolon"),
    ]
