"""How well copies of one text are found, and what that costs an article, in the process and in Postgres.

    python -m benchmarks.articles.stories CORPUS [--stored 10000 1000000] [--articles 300]

CORPUS is a folder with truth.jsonl, one object a line with a `body`, one paragraph a line. First the judgement alone, as a table: of each
text copies are made as sites make them, and pairs that only look like copies (benchmarks/articles/copies.py). Then the cost of `stories.meet`
and `stories.join` in a database with so many articles of the window, in which half of the new articles are copies of stored ones.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg

from benchmarks.articles.copies import copies, lookalikes
from cli.local.services import embedded
from pipeline.extract.html.blocks import of_lines
from pipeline.extract.html.model import plain
from pipeline.extract.model import Article, content_hash
from pipeline.normalise import similarity
from pipeline.store.articles import stories
from pipeline.store.maintenance.migrate import migrate

MIN_WORDS = 100
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def read_texts(corpus: Path) -> list[str]:
    rows = [json.loads(line) for line in (corpus / "truth.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row["body"] for row in rows if row.get("body") and len(similarity.profile(row["body"]).shingles) >= MIN_WORDS]


def quality(texts: list[str]) -> str:
    """One row a kind: how many pairs were candidates, and how many were taken for copies."""
    rng, counts = random.Random(1), defaultdict[str, list[int]](lambda: [0, 0, 0])
    right = wrong = 0
    for number, text in enumerate(texts):
        for kind, copy in copies(text, rng).items():
            right += _judge(counts[kind], text, copy)
        other = texts[(number + 7) % len(texts)]
        for kind, (one, two) in lookalikes(text, other, rng).items():
            wrong += _judge(counts[f"not: {kind}"], one, two)
    pairs = sum(count[0] for kind, count in counts.items() if not kind.startswith("not: "))
    lines = ["| pair | candidates | taken for copies |", "|---|---|---|"]
    lines += [f"| {kind} | {found / all_:.3f} | {joined / all_:.3f} |" for kind, (all_, found, joined) in counts.items()]
    return "\n".join([*lines, "", f"{len(texts)} texts: recall {right / pairs:.3f}, precision {right / max(right + wrong, 1):.3f}"])


def _judge(count: list[int], one: str, two: str) -> bool:
    found = bool({*similarity.bands("", one)} & {*similarity.bands("", two)})
    joined = found and similarity.same_story(similarity.profile(one), similarity.profile(two)) > 0
    count[:] = [count[0] + 1, count[1] + found, count[2] + joined]
    return joined


def fill(conn: psycopg.Connection, texts: list[str], count: int) -> None:
    """So many articles with their bands: the texts of the corpus first, then others that share nothing with anything."""
    conn.execute("TRUNCATE articles, links, hosts, bands, fingerprints, stories, story_articles RESTART IDENTITY CASCADE")
    conn.execute("INSERT INTO hosts (name) VALUES ('a.example')")
    conn.execute(
        "INSERT INTO links (url, url_key, host_id) SELECT n, sha256(n::text::bytea), 1 FROM generate_series(1, %s) n", (count + 10_000,)
    )
    conn.execute(
        """
        INSERT INTO articles (link_id, url_key, url, final_url, title, text, word_count, content_hash, extractor, fetched_at, published_at)
        SELECT n, sha256(n::text::bytea), n, n, 'A title', 'x', 1, sha256(n::text::bytea), 'x', %(now)s, %(now)s FROM generate_series(1, %(n)s) n
        """,
        {"n": count, "now": NOW},
    )
    for number, text in enumerate(texts, 1):
        article = made_of(text)
        conn.execute("UPDATE articles SET text = %s, content_hash = %b WHERE id = %s", (article.text, article.content_hash, number))
        conn.execute("INSERT INTO fingerprints VALUES (%s, %s)", (number, list(similarity.bands(article.title, article.text))))
    conn.execute(
        "INSERT INTO fingerprints SELECT n, ARRAY(SELECT hashint8extended(n * 16 + b, 7) FROM generate_series(1, 16) b) FROM generate_series(%s::bigint, %s::bigint) n",
        (len(texts) + 1, count),
    )
    conn.execute("INSERT INTO bands SELECT unnest(bands), article_id FROM fingerprints")
    conn.execute("VACUUM ANALYZE")


def made_of(text: str) -> Article:
    blocks = of_lines(text.splitlines())
    empty = {"authors": (), "modified_at": None, "language": "en", "tags": (), "word_count": 1, "sources": {}, "flags": ()}
    empty |= dict.fromkeys(("site_name", "canonical_url", "image_url", "summary"), "")
    return Article(title="A title", published_at=NOW, blocks=blocks, content_hash=content_hash(plain(blocks)), **empty)  # type: ignore[arg-type]


def cost(conn: psycopg.Connection, texts: list[str], stored: int, articles: int) -> tuple[list[float], float, float, int]:
    """Milliseconds of wall clock of each article, CPU milliseconds of this process and of Postgres for one, and stories joined."""
    rng, times = random.Random(2), []
    postgres = psutil.Process(conn.info.backend_pid)
    before = (time.process_time(), sum(postgres.cpu_times()[:2]))
    for number in range(articles):
        text = rng.choice(texts)
        if number % 2:  # a text of which nothing is known
            words = text.split()
            rng.shuffle(words)
            text = " ".join(words)
        article = replace(made_of(text), flags=())
        link = stored + 1 + number
        started = time.perf_counter()
        with conn.transaction():
            meeting = stories.meet(stories.ask(conn, link, article, NOW, 7))
            row = conn.execute(
                "INSERT INTO articles (link_id, url_key, url, final_url, title, text, word_count, content_hash, extractor, fetched_at)"
                " SELECT id, url_key, url, url, 'A title', %s, 1, %b, 'x', %s FROM links WHERE id = %s RETURNING id",
                (article.text, article.content_hash, NOW, link),
            ).fetchone()
            assert row
            stories.join(conn, row[0], meeting)
        times.append((time.perf_counter() - started) * 1000)
    spent = [(now - then) * 1000 / articles for now, then in zip((time.process_time(), sum(postgres.cpu_times()[:2])), before, strict=True)]
    (joined,) = conn.execute("SELECT count(*) FROM story_articles").fetchone() or (0,)
    return times, spent[0], spent[1], joined


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--stored", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--articles", type=int, default=300)
    chosen = parser.parse_args()
    texts = read_texts(chosen.corpus)
    print(quality(texts), flush=True)
    for what in (lambda text: similarity.bands("", text), similarity.profile):
        started = time.process_time()
        for text in texts:
            what(text)
        print(
            f"{'profile' if what is similarity.profile else 'bands'}: {(time.process_time() - started) / len(texts) * 1000:.2f} ms CPU a text"
        )
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder), fsync=False) as services:
        migrate(services.database_url)
        with psycopg.connect(services.database_url, autocommit=True, options="-c synchronous_commit=off") as conn:
            print(
                f"\n{'stored':>10} {'median ms':>10} {'p95 ms':>8} {'CPU ms':>8} {'Postgres ms':>12} {'in stories':>11} {'bands MiB':>10}"
            )
            for stored in chosen.stored:
                fill(conn, texts, stored)
                times, own, database, joined = cost(conn, texts, stored, chosen.articles)
                (size,) = conn.execute(
                    "SELECT (pg_total_relation_size('bands') + pg_total_relation_size('fingerprints')) / 2 ^ 20"
                ).fetchone() or (0,)
                p95 = sorted(times)[int(len(times) * 0.95)]
                print(
                    f"{stored:>10} {statistics.median(times):>10.1f} {p95:>8.1f} {own:>8.1f} {database:>12.1f} {joined:>11} {size:>10.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
