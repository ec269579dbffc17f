"""An archive for the benchmark of search: rows without articles, copied in with ready-made words, and their index made afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from benchmarks.search.texts import WORDS, Texts
from pipeline.search.vector import of_words, sample
from pipeline.store.search import daily, months, rows

END = datetime(2026, 11, 30, tzinfo=UTC)
MONTHS = 24
SOURCES = 500
BATCH = 5_000
DRAWN = 100_000  # articles whose words are drawn; the ones beyond are the same again at other times, which takes a third of the time
STORED = 2_000  # articles that are stored one by one, for what that costs
COLUMNS = "article_id, at, day, source_id, language, words, sample, tsv"
INDEXES = {
    name: f"CREATE INDEX IF NOT EXISTS {name} ON search USING gin (tsv){where}"
    for name, where in (("search_words", ""), ("search_sample", " WHERE sample < 50"))
}


def prepare(conn: psycopg.Connection) -> None:
    """The sources, and the months."""
    conn.execute(
        "INSERT INTO sources (name) SELECT 'site' || n || '.example' FROM generate_series(1, %s) n ON CONFLICT DO NOTHING", (SOURCES,)
    )
    for back in range(MONTHS + 1):
        months.make(conn, END - timedelta(days=30 * back))


def filled(conn: psycopg.Connection) -> int:
    """How many articles are there."""
    (count,) = conn.execute("SELECT count(*) FROM search").fetchone() or (0,)
    return int(count)


def fill(conn: psycopg.Connection, texts: Texts, since: int, count: int) -> None:
    """Add articles up to so many, without their indexes: to make these afterwards, as a restore does, takes less time."""
    for name in INDEXES:
        conn.execute(f"DROP INDEX IF EXISTS {name}")
    for first in range(since, min(count, DRAWN), BATCH):
        _draw(conn, texts, range(first + 1, min(first + BATCH, count, DRAWN) + 1))
    for first in range(max(since, DRAWN), count, DRAWN):
        _repeat(conn, first, min(DRAWN, count - first))


def index(conn: psycopg.Connection) -> None:
    """Make the indexes, where they are missing, and all that is made of the rows."""
    conn.execute("SET maintenance_work_mem = '512MB'")
    conn.execute("SET min_parallel_table_scan_size = 0")  # the words are not in the table itself: Postgres takes it for a small one
    for create in INDEXES.values():
        conn.execute(create)
    conn.execute("INSERT INTO daily_stale SELECT DISTINCT day FROM search")
    daily.recount(conn)
    conn.execute("VACUUM ANALYZE search")


def _draw(conn: psycopg.Connection, texts: Texts, numbers: range) -> None:
    with conn.cursor() as cur, cur.copy(f"COPY search ({COLUMNS}) FROM STDIN") as copy:
        for number in numbers:
            language, title, text = texts.article()
            at = END - timedelta(days=MONTHS * 30 * texts.random.random())
            copy.write_row((number, at, at.date(), 1 + number % SOURCES, language, WORDS, sample(number), of_words(title, text)))


def _repeat(conn: psycopg.Connection, first: int, count: int) -> None:
    """The first articles again, numbered from `first` on, in another order: else copies of a text would be in the sample together. Their
    number in it is that of `vector.sample`."""
    conn.execute(
        f"""
        INSERT INTO search ({COLUMNS})
        SELECT n, at, (at AT TIME ZONE 'UTC')::date, 1 + n %% {SOURCES}, language, words, (n * 2654435761 %% 4294967296) * 1000 >> 32, tsv
        FROM (SELECT %(first)s + row_number() OVER (ORDER BY random()) AS n, %(end)s - random() * %(days)s * interval '1 day' AS at, language, words, tsv
              FROM search WHERE article_id <= %(count)s) s
        """,
        {"first": first, "end": END, "days": MONTHS * 30, "count": count},
    )


def store(conn: psycopg.Connection, texts: Texts) -> float:
    """Store some articles of today one by one, and take them away again. Returns Postgres' CPU in milliseconds an article."""
    made = [(number, *texts.article()) for number in range(10**9, 10**9 + STORED)]
    before = cpu_ms(conn)
    with conn.transaction():  # that of an article is there anyway
        for number, language, title, text in made:
            rows.write(conn, rows.Row(number, END, END.date(), 1 + number % SOURCES, language, WORDS), " ".join(title), " ".join(text))
    spent = cpu_ms(conn) - before
    conn.execute("DELETE FROM search WHERE article_id >= %s", (10**9,))
    conn.execute("VACUUM search")
    return spent / STORED


def cpu_ms(conn: psycopg.Connection) -> float:
    """Milliseconds that the process of this connection has been on a processor. It is 0 where the system does not say."""
    stat = Path(f"/proc/{conn.info.backend_pid}/schedstat")
    return int(stat.read_text().split()[0]) / 1e6 if stat.exists() else 0.0


def sizes(conn: psycopg.Connection) -> dict[str, float]:
    """Bytes an article of each part of `search`."""
    return {
        part: float(number)
        for part, number in conn.execute(
            """
            SELECT part, sum(bytes) / (SELECT count(*) FROM search) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid CROSS JOIN LATERAL (
                SELECT 'rows', pg_relation_size(c.oid)
                UNION ALL SELECT 'words', pg_total_relation_size(c.reltoastrelid)
                UNION ALL SELECT CASE WHEN am.amname = 'btree' THEN 'key' WHEN x.indpred IS NULL THEN 'index' ELSE 'index of the sample' END,
                                 pg_relation_size(x.indexrelid)
                FROM pg_index x JOIN pg_class k ON k.oid = x.indexrelid JOIN pg_am am ON am.oid = k.relam WHERE x.indrelid = c.oid
            ) p (part, bytes)
            WHERE i.inhparent = 'search'::regclass GROUP BY 1 ORDER BY 1
            """
        )
    }
