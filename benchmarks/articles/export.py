"""How fast articles leave, and in how much memory.

    python -m benchmarks.articles.export [--articles 20000 100000] [--formats plain jsonl csv parquet csl]

Makes an archive of articles of 400 words with all fields, exports it in each form into a folder (`plain` is json.dumps of the table's rows, to
compare with), and prints rows and megabytes a second, rows a second of the process's own CPU, and by how much its memory has grown at its highest.
The growth must not follow the number of articles.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from benchmarks.search.texts import Texts
from cli.local.services import embedded
from pipeline.store.maintenance.migrate import migrate

END = datetime(2026, 11, 30, tzinfo=UTC)
MONTHS = 24
BATCH = 2_000
KINDS = 500  # different texts; more would only take longer to make
PLAIN = "plain"
FORMATS = (PLAIN, "jsonl", "csv", "parquet", "csl")
COLUMNS = (
    "link_id, url, final_url, url_key, title, authors, published_at, published_offset_min, text, markdown, language, site_name, summary, tags, word_count,"
    " content_hash, fetched_at, extractor, reservations, sources, published_precision, search_at"
)


def fill(conn: psycopg.Connection, count: int) -> None:
    """Add articles up to so many."""
    texts = Texts()
    made = [_written(*texts.article()) for _ in range(KINDS)]
    conn.execute("INSERT INTO hosts (name) VALUES ('a.example') ON CONFLICT DO NOTHING")
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        with conn.cursor() as cur:
            cur.execute(
                """
                INSERT INTO links (url, url_key, host_id, state)
                SELECT 'https://a.example/' || n, sha256(n::text::bytea), (SELECT id FROM hosts WHERE name = 'a.example'), 'stored'
                FROM unnest(%s::int[]) n RETURNING id
                """,
                (list(numbers),),
            )
            links = [row[0] for row in cur.fetchall()]
        with conn.cursor() as cur, cur.copy(f"COPY articles ({COLUMNS}) FROM STDIN") as copy:
            for number, link in zip(numbers, links, strict=True):
                copy.write_row(_row(number, link, made[number % KINDS]))
    conn.execute("ANALYZE")


def _written(language: str, title: list[str], text: list[str]) -> tuple[str, str, str]:
    """Language, title and text as people write them."""
    between = "" if language == "zh" else " "
    return language, between.join(title), between.join(text)


def _row(number: int, link: int, made: tuple[str, str, str]) -> tuple[object, ...]:
    language, title, text = made
    at = END - timedelta(days=30.4 * MONTHS * (number * 7919 % 100_000) / 100_000)
    key = number.to_bytes(32, "big")
    paragraphs = "\n".join(text[place : place + 500] for place in range(0, len(text), 500))
    url = f"https://a.example/{number}"
    return (
        *(
            link,
            url,
            url,
            key,
            title,
            ["Ann Ash", "Bo Beech"],
            at,
            60,
            paragraphs,
            paragraphs.replace("\n", "\n\n"),
            language,
            "The River Post",
        ),
        *(
            text[:200],
            ["council", "river"],
            400,
            key,
            at + timedelta(hours=1),
            "newsmill-1",
            "[]",
            '{"title": "json-ld", "text": "trafilatura"}',
            "time",
            at,
        ),
    )


def measure(url: str, format_: str, folder: Path, count: int) -> None:
    target = folder / f"articles.{format_}"
    program = [sys.executable, "-m", __spec__.name if __spec__ else __name__, "--one", format_, str(target)]
    began = time.perf_counter()
    done = subprocess.run(program, env={"NEWSMILL_DATABASE_URL": url, "PATH": ""}, capture_output=True, text=True, check=True)
    seconds, cpu, grown = map(float, done.stdout.split())
    size = sum(file.stat().st_size for file in ([target] if target.is_file() else target.rglob("*")))
    print(
        f"{format_:8} {count:9,} articles {count / seconds:9,.0f} rows/s, {count / cpu:9,.0f} a second of its CPU, {size / seconds / 1e6:7.1f} MB/s {grown:7.1f} MB more memory"
        f" ({time.perf_counter() - began:.1f} s with the start)",
        flush=True,
    )
    shutil.rmtree(target) if target.is_dir() else target.unlink()


def one(format_: str, target: str) -> None:
    """Export in this process; prints the seconds, those of CPU, and by how many megabytes the memory grew."""
    from cli.main import app

    before = _most_memory()
    began, cpu = time.perf_counter(), time.process_time()
    if format_ == PLAIN:
        plain(target)
    else:
        try:
            app(["export", "--format", format_, "--output", target], prog_name="newsmill")
        except SystemExit as ended:
            if ended.code:
                raise
    print(time.perf_counter() - began, time.process_time() - cpu, _most_memory() - before)


def plain(target: str) -> None:
    """What is written without newsmill: all rows of the table through a cursor, each by json.dumps."""
    with (
        psycopg.connect(os.environ["NEWSMILL_DATABASE_URL"]) as conn,
        conn.cursor("all", row_factory=dict_row) as cur,
        Path(target).open("w", encoding="utf-8") as out,
    ):
        for row in cur.execute("SELECT * FROM articles ORDER BY id"):
            out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def _most_memory() -> float:
    """The most that this process has had, megabytes. The system's own figure also counts what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--formats", nargs="+", default=FORMATS)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(*given.one)
        return
    with tempfile.TemporaryDirectory() as folder:
        for count in given.articles:
            with embedded(Path(folder) / str(count), fsync=False) as services:
                migrate(services.database_url)
                with psycopg.connect(services.database_url, autocommit=True) as conn:
                    fill(conn, count)
                for format_ in given.formats:
                    measure(services.database_url, format_, Path(folder), count)


if __name__ == "__main__":
    main()
