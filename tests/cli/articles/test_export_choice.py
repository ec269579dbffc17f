"""Which articles an export has, which columns, and that it goes on where it was killed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from pipeline.search.parse import parse
from pipeline.store.articles import exporting
from pipeline.store.articles.fields import FIELDS, as_json
from pipeline.store.search import counting, finding
from tests.cli.conftest import Newsmill, Said, stored
from tests.paths import REPOSITORY
from tests.store.articles.everything import everything

WORDS = ("council", "mayor", "river")


@pytest.fixture
def archive(stack: Newsmill, conn: psycopg.Connection) -> Newsmill:
    for n in range(12):
        stored(
            conn,
            f"https://{'ab'[n % 2]}.example/{n}",
            title=f"The {WORDS[n % 3]} “{n}”",
            language="de" if n % 4 == 0 else "en",
            published_at=None if n == 11 else datetime(2026, 9 + n % 3, 1 + n, 12, tzinfo=UTC),
            published_offset_min=60 if n % 2 else None,
            flags=("noindex",) if n == 3 else (),
        )
    return stack


def well(said: Said) -> Said:
    assert said.code == 0, said.err
    return said


def ids(said: Said) -> list[int]:
    return [one["id"] for one in well(said).objects]


def test_each_line_is_the_article_of_the_table_of_fields(archive: Newsmill, conn: psycopg.Connection) -> None:
    lines = well(archive("export")).lines
    assert [json.loads(line) for line in lines] == [json.loads(json.dumps(as_json(one), default=_moment)) for one in everything(conn)]


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("query", ["", "title:council", "mayor OR river", "language:de", "source:a.example -council", "published:2026-10", "the*", "nothing", "words:[1 TO *]"])  # fmt: skip
def test_rows_are_as_many_as_are_counted_and_walked(archive: Newsmill, conn: psycopg.Connection, query: str) -> None:
    found = ids(archive("export", query, "--columns", "id"))
    tree = parse(query).tree
    assert len(found) == counting.count(conn, tree).total.value == exporting.count(conn, exporting.Choice(tree))
    assert found == sorted(hit.article_id for hit in finding.everything(conn, tree, page=3))
    assert len(archive("export", query, "--format", "csv").out.splitlines()) >= len(found)


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--site", "a.example"], range(0, 12, 2)),
        (["--language", "de"], [0, 4, 8]),
        (["--published-since", "2026-11-01", "--published-before", "2026-11-07"], [2, 5]),
        (["--tag", "RIVER", "--language", "de", "title:council"], [0]),
        (["title:council", "--site", "b.example"], [3, 9]),
        (["--exclude-reserved", "title:council"], [0, 6, 9]),
        (["--since", "1h"], range(12)),
        (["--stored-before", "2026-01-01"], []),
    ],
)
def test_filters_are_those_of_articles(archive: Newsmill, options: list[str], numbers: list[int]) -> None:
    said = archive("export", *options, "--columns", "url,id")
    assert [int(one["url"].rpartition("/")[2]) for one in well(said).objects] == list(numbers)
    assert said.err == ("" if numbers else "No matching articles.\n")
    if not any(option.startswith(("title", "--exclude", "--since")) for option in options):
        assert sorted(ids(said)) == sorted(one["id"] for one in archive("articles", *options, "--json").objects)


def test_columns_come_in_the_order_in_which_they_were_named(archive: Newsmill) -> None:
    assert list(archive("export", "--columns", "title, id,flags").objects[0]) == ["title", "id", "flags"]
    header, *rows = csv.reader(io.StringIO(archive("export", "--format", "csv", "--columns", "id,title").out, newline=""))
    assert (header, len(rows)) == (["id", "title"], 12)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--columns", "id,titel"], "There is no column 'titel'; there are id, url,"),
        (["--columns", "id,id"], "The column id is named twice."),
        (["--columns", "id", "--format", "csl"], "Citations have fields of their own; leave out --columns."),
        (["--bom"], "--bom is for --format csv."),
        (["--resume"], "--resume goes on with a file; name it with --output."),
        (["--format", "parquet"], "Parquet is a file a month; name a folder for them with --output."),
        (["mayor", "--format", "warc", "-o", "x.warc"], "--format warc gives no articles"),
        (["title:("], "This parenthesis is not closed; write ) where it ends."),
    ],
)
def test_what_does_not_go_together_is_said(archive: Newsmill, arguments: list[str], said: str) -> None:
    found = archive("export", *arguments)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(said)


# An export of small pages that notes its place behind each. Before and after each it says so, and waits for an answer.
SLOW = """
import sys
from cli.commands.articles import export_files
from pipeline.export import parquet
from pipeline.store.articles import exporting
export_files.KEPT_EVERY, exporting.PAGE, parquet.GROUP = 1, 2, 2
def wait(said):
    print(said, flush=True)
    sys.stdin.readline()
def told(made):
    def write(self, *given):
        wait("before")
        found = made(self, *given)
        wait("after")
        return found
    return write
export_files.Growing.write = told(export_files.Growing.write)
parquet.Months.write = told(parquet.Months.write)
from cli.main import run
sys.argv[1:] = {arguments!r}
run()
"""


def killed(arguments: list[str], after: int) -> None:
    """Run an export and kill it at this of its stops."""
    program = [sys.executable, "-c", SLOW.format(arguments=arguments)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY, text=True, bufsize=1) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        for _ in range(after - 1):
            assert child.stdout.readline() in ("before\n", "after\n")
            child.stdin.write("\n")
        assert child.stdout.readline() in ("before\n", "after\n")
        child.kill()


@pytest.mark.parametrize("format_", ["jsonl", "csv", "csl", "bibtex"])
@pytest.mark.parametrize("query", [[], ["mayor OR river", "--published-since", "100d"]])
def test_a_killed_export_goes_on_and_is_as_a_fresh_one(
    archive: Newsmill, conn: psycopg.Connection, tmp_path: Path, format_: str, query: list[str]
) -> None:
    fresh, file = tmp_path / "fresh", tmp_path / "killed"
    well(archive("export", *query, "--format", format_, "-o", str(fresh)))
    arguments = ["export", *query, "--format", format_, "-o", str(file)]
    for after in (4, 3):
        killed([*arguments, "--resume"], after)
        assert not file.exists()
    # As if it had been killed while it wrote the cursor anew.
    (tmp_path / "killed.cursor.part").write_text("half a cur")
    # What is stored meanwhile is not in it.
    late = stored(conn, "https://a.example/late", title="The mayor is late")
    well(archive(*arguments, "--resume"))
    assert file.read_bytes() == fresh.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "killed"]
    assert str(late) not in [str(one["id"]) for one in map(json.loads, file.read_text().splitlines() if format_ == "jsonl" else [])]


def test_a_killed_export_to_parquet_goes_on_with_the_month_it_was_in(archive: Newsmill, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    fresh, folder = tmp_path / "fresh", tmp_path / "killed"
    well(archive("export", "--format", "parquet", "-o", str(fresh)))
    arguments = ["export", "--format", "parquet", "-o", str(folder)]
    for after in (1, 6, 3):
        killed([*arguments, "--resume"], after)
    (tmp_path / "killed.cursor.part").write_text("half a cur")
    well(archive(*arguments, "--resume"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "killed"]
    names = ["articles-2026-09.parquet", "articles-2026-10.parquet", "articles-2026-11.parquet"]
    assert sorted(path.name for path in folder.iterdir()) == names == sorted(path.name for path in fresh.iterdir())
    for name in names:
        assert parquet.read_table(folder / name).equals(parquet.read_table(fresh / name))
    assert sum(parquet.read_metadata(folder / name).num_rows for name in names) == 12
    assert parquet.read_schema(folder / names[0]).names == [field.name for field in FIELDS]
    refused = archive(*arguments)
    assert refused.err == f"There are Parquet files in {folder} already; name another folder, or go on with --resume.\n"


def test_a_cursor_of_another_export_is_not_gone_on_with(archive: Newsmill, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    killed(["export", "-o", str(file)], 5)
    said = archive("export", "mayor", "-o", str(file), "--resume")
    assert said.code == 2
    assert said.err == f"{file}.cursor is of an export of other articles or columns; leave out --resume to begin anew.\n"
    well(archive("export", "mayor", "-o", str(file)))
    assert len(file.read_text().splitlines()) == 4
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_an_export_that_is_stopped_says_how_to_go_on(archive: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = archive("export").out
    file = tmp_path / "articles.jsonl"
    real = exporting.pages

    def breaking(*given: object):  # type: ignore[no-untyped-def]
        yield next(real(*given))  # type: ignore[arg-type]
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr(exporting, "PAGE", 5)
    with monkeypatch.context() as broken:
        broken.setattr(exporting, "pages", breaking)
        said = archive("export", "-o", str(file))
    assert said.code == 1
    assert said.err.splitlines()[0] == "The export was stopped after 5 articles; the same command with --resume goes on."
    well(archive("export", "-o", str(file), "--resume"))
    assert file.read_text() == whole
