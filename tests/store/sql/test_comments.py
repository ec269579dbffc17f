"""Each table and each column says what it is, in Postgres as in the document."""

from __future__ import annotations

import re

import psycopg

from tests.paths import REPOSITORY

COLUMNS = """
    SELECT n.nspname || '.' || c.relname, a.attname, obj_description(c.oid, 'pg_class'), col_description(c.oid, a.attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname IN ('public', 'archive') AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND c.relname !~ 'yoyo'
"""


def test_every_table_view_and_column_has_its_comment(conn: psycopg.Connection) -> None:
    found = conn.execute(COLUMNS).fetchall()
    assert {table for table, _, of_table, _ in found if not of_table} == set(), "write COMMENT ON TABLE in the migration"
    assert {f"{table}.{column}" for table, column, _, of_column in found if not of_column} == set(), (
        "write COMMENT ON COLUMN in the migration"
    )


def test_the_document_says_of_tables_what_their_comments_say(conn: psycopg.Connection) -> None:
    comments = {table.removeprefix("public."): of_table for table, _, of_table, _ in conn.execute(COLUMNS) if table.startswith("public.")}
    document = (REPOSITORY / "docs/reference/data-model.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (.*?) \| ", document.partition("## Tables")[2].partition("###")[0], re.MULTILINE))
    assert {table: told[table].replace("`", "") for table in comments} == comments
