"""Outlets and collections from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Newsmill, Said, stored


@pytest.fixture
def archive(stack: Newsmill, conn: psycopg.Connection) -> Newsmill:
    for url in ("https://a.example/1", "https://a.example/sport/2", "https://b.example/3"):
        stored(conn, url)
    return stack


def well(said: Said) -> Said:
    assert said.code == 0, said.err
    return said


def test_an_empty_archive_says_so(stack: Newsmill) -> None:
    assert well(stack("sources")).out == "There are no sources yet; the first article of a site makes one.\n"
    assert well(stack("sources", "list", "--country", "DE")).out == "No matching sources.\n"
    assert well(stack("collections")).out == "There are no collections; `newsmill collections create NAME` makes one.\n"
    assert well(stack("sources", "--json")).out == ""


def test_a_source_is_added_changed_found_and_removed(archive: Newsmill) -> None:
    added = well(archive("sources", "add", "https://a.example/sport", "label=A Sport", "country=de", "--collection", "North"))
    assert [line.split() for line in added.lines] == [
        ["name:", "a.example/sport"],
        ["label:", "A", "Sport"],
        ["country:", "DE"],
        ["collections:", "North"],
        ["articles:", "1"],
    ]
    assert [one["id"] for one in archive("search", "country:DE", "--json").objects] == [2]
    assert "There is a source a.example/sport already" in archive("sources", "add", "a.example/sport").err
    changed = well(archive("sources", "set", "a.example/sport", "country=", "name=b.example/x", "--json")).objects
    (found,) = well(archive("sources", "show", "b.example/x", "--json")).objects
    assert changed == [found]
    assert (found["label"], found["country"], found["articles"]) == ("A Sport", "", 0)
    assert well(archive("sources", "remove", "b.example/x")).out == "b.example/x is removed.\n"
    assert well(archive("sources", "remove", "b.example")).out.startswith("What was known of b.example is removed; the name stays")
    assert [one["name"] for one in archive("sources", "--json").objects] == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sources", "show", "c.example"], 1, "There is no source c.example; `newsmill sources` lists those there are"),
        (["sources", "add", "sport"], 2, "'sport' is no domain"),
        (["sources", "set", "a.example", "country=Germany"], 2, "country: 'Germany' is no code of a country (ISO 3166-1); write DE."),
        (["sources", "set", "a.example", "country"], 2, "'country' is not a setting; write it as KEY=VALUE"),
        (["sources", "list", "--collection", "North"], 1, "There is no collection 'North'"),
        (["collections", "show", "North"], 1, "There is no collection 'North'"),
        (["sources", "import", "nofile.csv"], 1, "nofile.csv cannot be used"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(archive: Newsmill, arguments: list[str], code: int, said: str) -> None:
    found = archive(*arguments)
    assert found.code == code
    assert found.err.startswith(said)
    assert len(found.err.splitlines()) == 1


def test_a_list_is_reported_line_by_line(archive: Newsmill, tmp_path: Path) -> None:
    file = tmp_path / "sources.csv"
    file.write_text("name,country,collections\na.example,DE,North\nb.example,Germany,\nc.example,FR,North; South\n")
    dry = archive("sources", "import", str(file), "--dry-run")
    assert dry.lines[-1] == "would be 1 new, 1 changed, 0 unchanged, 1 refused"
    assert archive("collections").out.startswith("There are no collections")
    done = archive("sources", "import", str(file))
    assert done.code == 1
    assert done.lines == [
        "line 2: changed: a.example (country, collections)",
        "line 4: new: c.example (country, collections)",
        "1 new, 1 changed, 0 unchanged, 1 refused",
    ]
    assert done.err == "line 3: country: 'Germany' is no code of a country (ISO 3166-1); write DE\n"
    assert [one["what"] for one in archive("sources", "import", str(file), "--json").objects] == ["known", "refused", "known"]
    assert {one["name"]: one["sources"] for one in archive("collections", "--json").objects} == {"North": 2, "South": 1}


def test_what_is_exported_can_be_imported_again(archive: Newsmill, tmp_path: Path) -> None:
    well(archive("sources", "set", "a.example", "notes==1+1", "label=-x"))
    well(archive("collections", "create", "North"))
    well(archive("collections", "add", "north", "a.example"))
    before, pairs = archive("sources", "export").out, archive("collections", "export").out
    assert "'=1+1" in before
    file = tmp_path / "sources.csv"
    well(archive("sources", "export", "-o", str(file)))
    assert file.read_text() == before
    assert archive("sources", "import", str(file)).lines[-1] == "0 new, 0 changed, 2 unchanged, 0 refused"
    well(archive("sources", "remove", "a.example"))
    well(archive("sources", "import", str(file)))
    assert (archive("sources", "export").out, archive("collections", "export").out) == (before, pairs)


def test_collections_are_made_filled_emptied_and_deleted(archive: Newsmill) -> None:
    well(archive("collections", "create", "North", "--notes", "of the sea"))
    assert archive("collections", "create", "north").err == "There is a collection 'north' already.\n"
    some = archive("collections", "add", "North", "a.example", "z.example")
    assert (some.code, some.out) == (1, "1 source came to it.\n")
    assert some.err == "There is no source z.example; `newsmill sources add z.example` makes it.\n"
    (shown,) = well(archive("collections", "show", "NORTH", "--json")).objects
    assert (shown["name"], shown["sources"], shown["articles"]) == ("North", ["a.example"], 2)
    assert json.loads(archive("count", "collection:north", "--json").out)["total"] == 2
    assert well(archive("collections", "remove", "North", "a.example", "b.example")).out == "1 source went out of it.\n"
    assert archive("collections", "show", "North").lines[-1] == "No source is in it."
    assert well(archive("collections", "delete", "North")).out == "North is deleted; its 0 sources stay.\n"


def test_pairs_are_imported_line_by_line(archive: Newsmill) -> None:
    said = archive("collections", "import", "-", given="collection,source\nNorth,a.example\nNorth,z.example\n,b.example\nNorth,a.example\n")
    assert said.code == 1
    assert said.lines == ["line 2: new: a.example in North", "line 5: known: a.example in North", "1 new, 1 known, 2 refused"]
    assert said.err.splitlines() == [
        "line 3: there is no source z.example; `newsmill sources add` makes it",
        "line 4: '' is no name of a collection; write words without a semicolon",
    ]


def test_assign_looks_at_all_articles_where_it_is_asked_to(archive: Newsmill, conn: psycopg.Connection) -> None:
    assert well(archive("sources", "assign")).out == "All articles are with their sources.\n"
    conn.execute("UPDATE articles SET source_id = (SELECT id FROM sources WHERE name = 'b.example') WHERE id = 1")
    assert well(archive("sources", "assign", "--all")).out == "1 article went to another source.\n"
