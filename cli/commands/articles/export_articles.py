"""Export articles into a file, a folder or standard output, with a progress bar, resumable."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.commands.articles import export_files
from cli.commands.articles.export_files import Cursor, Growing
from cli.errors import WRONG_USAGE, CliError
from cli.output import complain, many, progress

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.export.form import Form
    from pipeline.store.articles.article_lists import ArticleFilter
    from pipeline.store.articles.exporting import Choice, Key


@dataclass(frozen=True, slots=True)
class Wish:
    """What was requested on the command line."""

    format: str
    query: str
    columns: tuple[str, ...] | None
    which: ArticleFilter
    exclude_reserved: bool
    bom: bool
    output: Path | None
    resume: bool


@dataclass(frozen=True, slots=True)
class Job:
    """An export that is ready to start."""

    conn: Connection
    form: Form
    choice: Choice
    cursor: Cursor

    def pages(self) -> Iterator[list[tuple[Key, tuple[Any, ...]]]]:
        """The articles still to come, with a progress bar."""
        from pipeline.store.articles import exporting
        from pipeline.store.articles.fields import FIELDS

        by_name = {field.name: field for field in FIELDS}
        after = exporting.Key(self.cursor.of_month, self.cursor.id) if self.cursor.rows else None
        with progress() as bar, exporting.snapshot(self.conn):
            total = None if bar.disable else self.cursor.rows + exporting.count(self.conn, self.choice, after)
            task = bar.add_task("exporting", total=total, completed=self.cursor.rows)
            keys = exporting.keys(self.conn, self.choice, after)
            with closing(exporting.pages(self.conn, keys, [by_name[name] for name in self.form.fields])) as pages:
                for page in pages:
                    yield page
                    bar.advance(task, len(page))


def articles(conn: Connection, wish: Wish) -> None:
    """Write the articles. Raises CliError."""
    from pipeline.store.articles import exporting

    form = _form(wish)
    tree, query = _query(conn, wish.query)
    asked = _asked(wish, form, query)
    cursor = export_files.read(wish.output, asked) if wish.output is not None and wish.resume else None
    resumed = cursor is not None
    cursor = cursor or Cursor(asked, exporting.last(conn))
    times: dict[str, Any] = {name: datetime.fromisoformat(cursor.asked[name]) for name in _times(wish.which)}
    which = replace(wish.which, **times)
    choice = exporting.Choice(tree, which, wish.exclude_reserved, wish.format == "parquet", cursor.upto)
    job = Job(conn, form, choice, cursor)
    if wish.format == "parquet":
        assert wish.output is not None
        done = _to_folder(job, wish.output, resumed=resumed)
    elif wish.output is None:
        done = _to_stdout(job)
    else:
        done = _to_file(job, wish.output, resumed=resumed)
    if not done:
        complain("No matching articles.")


def _form(wish: Wish) -> Form:
    from pipeline.export import citations, csv_lines, jsonl, parquet
    from pipeline.export.form import Form
    from pipeline.store.articles.fields import FIELDS

    of_json = frozenset(field.name for field in FIELDS if field.is_json)
    names = wish.columns or tuple(field.name for field in FIELDS)
    if unknown := [name for name in names if name not in {field.name for field in FIELDS}]:
        raise CliError(f"There is no column {unknown[0][:60]!r}; there are {', '.join(field.name for field in FIELDS)}.", WRONG_USAGE)
    if twice := [name for name in names if names.count(name) > 1]:
        raise CliError(f"The column {twice[0]} is named twice.", WRONG_USAGE)
    if wish.format == "jsonl":
        return jsonl.form(names, of_json)
    if wish.format == "csv":
        return csv_lines.form(names, of_json, bom=wish.bom)
    if wish.format == "parquet":
        try:
            parquet.check()
        except parquet.Missing as missing:
            raise CliError(str(missing)) from None
        return Form(names, lambda _: b"")
    return citations.form(wish.format)


def _query(conn: Connection, text: str) -> tuple[Any, str]:
    """The query's tree and its normal form."""
    from cli.commands.search import asking
    from pipeline.search.tree import EVERYTHING

    if not text.strip():
        return EVERYTHING, ""
    question = asking.ask(conn, [text])
    return question.tree, question.text


def _times(which: ArticleFilter) -> list[str]:
    return [name for name, value in asdict(which).items() if isinstance(value, datetime)]


def _asked(wish: Wish, form: Form, query: str) -> dict[str, Any]:
    """The settings that identify an export. A later run resumes it only if they are the same."""
    filters = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(wish.which).items() if value is not None
    }
    return {
        "format": wish.format,
        "columns": list(form.fields),
        "query": query,
        "exclude_reserved": wish.exclude_reserved,
        "bom": wish.bom,
        **filters,
    }


def _to_stdout(job: Job) -> int:
    out, rows = sys.stdout.buffer, 0
    out.write(job.form.head)
    for page in job.pages():
        out.write(job.form.text([row for _, row in page], first=not rows))
        rows += len(page)
    out.write(job.form.foot)
    out.flush()
    return rows


def _to_file(job: Job, output: Path, *, resumed: bool) -> int:
    if resumed and not export_files.part_of(output).exists():
        # it was stopped between its last two steps
        export_files.forget(output)
        if output.exists():
            return job.cursor.rows
        raise CliError(f"{export_files.part_of(output)} is gone, so there is nothing to go on with; leave out --resume to begin anew.")
    file = Growing(output, job.cursor, resumed=resumed)
    try:
        if not resumed:
            file.write(job.form.head, replace(job.cursor, length=len(job.form.head)))
        for page in job.pages():
            data = job.form.text([row for _, row in page], first=not file.cursor.rows)
            key, so_far = page[-1][0], file.cursor
            file.write(data, replace(so_far, id=key.id, rows=so_far.rows + len(page), length=so_far.length + len(data)))
    except BaseException:
        file.stop()
        _tell(file.cursor.rows)
        raise
    file.end(job.form.foot)
    return file.cursor.rows


def _to_folder(job: Job, folder: Path, *, resumed: bool) -> int:
    """Write one file a month. If the export was stopped within a month, that month is written again."""
    from pipeline.export.parquet import SUFFIX, Months
    from pipeline.store.articles.fields import FIELDS

    types = {field.name: field.type for field in FIELDS}
    folder.mkdir(parents=True, exist_ok=True)
    if not resumed and any(folder.glob(f"*{SUFFIX}")):
        raise CliError(f"There are Parquet files in {folder} already; name another folder, or go on with --resume.")
    rows, cursor = job.cursor.rows, job.cursor
    try:
        if not resumed:
            export_files.keep(folder, cursor)
        with Months(folder, {name: types[name] for name in job.form.fields}) as files:
            for page in job.pages():
                for month, found in groupby(page, lambda one: one[0].month):
                    assert month is not None
                    if (ended := files.write(month, some := [row for _, row in found])) is not None:
                        cursor = replace(cursor, month=ended.isoformat(), id=2**62, rows=rows)
                        export_files.keep(folder, cursor)
                    rows += len(some)
            files.end()
    except BaseException:
        _tell(cursor.rows)
        raise
    export_files.forget(folder)
    return rows


def _tell(rows: int) -> None:
    if rows:
        complain(f"The export was stopped after {many(rows, 'article')}; the same command with --resume goes on.")
