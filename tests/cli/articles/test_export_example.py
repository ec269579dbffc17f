"""The example of docs/how-to/export.md reads what an export has written."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Newsmill, stored
from tests.paths import REPOSITORY

PROGRAM = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_duckdb_reads_the_parquet_as_the_document_says(
    stack: Newsmill, conn: psycopg.Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    for n in range(3):
        stored(conn, f"https://a.example/{n}", title=f"Number {n}")
    assert stack("export", "--format", "parquet", "--output", str(tmp_path / "baltic")).code == 0
    (program,) = PROGRAM.findall((REPOSITORY / "docs/how-to/export.md").read_text(encoding="utf-8"))
    exec(program, {})
    said = capsys.readouterr().out
    assert re.search(r"2026-11-20 │ The River Post │ +3 │ +0 │", said)
    assert re.search(r"Ann Ash +│ +3 │", said)
