"""Random documents and random queries: Postgres finds what a plain reading of the query finds, and so does another search engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.search import tree
from pipeline.search.near import check_near
from pipeline.search.parse import parse
from pipeline.search.tokens import asked, tokens
from pipeline.search.tree import Near, Node, Numbers, Phrase
from pipeline.store.search import counting, finding, rows, sampling
from tests.search.oracle import Document, matches

WORDS = ["a", "b", "ab", "abc", "don't", "café", "中", "中国", "中国人", "国", "ไท", "é", "3,000", "x-y", "हिन्दी"]
TEXT = st.lists(st.sampled_from([*WORDS, ".", "。"]), max_size=12).map(" ".join) | st.lists(st.sampled_from(WORDS), max_size=6).map("".join)
DOCUMENTS = st.lists(st.builds(Document, TEXT, TEXT, st.integers(0, 9)), min_size=1, max_size=12)
PHRASE = st.builds(
    lambda words, prefix, title: Phrase(_written(words), prefix, title),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.booleans(),
    st.booleans(),
)
NEAR = st.builds(
    lambda words, between, title: Near(_written(words), between, title),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3),
    st.integers(0, 3),
    st.booleans(),
).filter(lambda near: not check_near(near.text, near.between))
LEAF = PHRASE | NEAR | st.builds(Numbers, st.just("words"), st.integers(0, 9), st.none())
QUERIES = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(tree.both)
        | st.lists(inner, min_size=2, max_size=3).map(tree.either)
        | inner.map(tree.negated)
    ),
    max_leaves=6,
)
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
EXACT_S = 300  # no count is to become an estimate because the machine is busy


def _written(words: list[str]) -> str:
    from pipeline.search.tokens import written

    return written(" ".join(words))


def fill(conn: psycopg.Connection, documents: list[Document]) -> None:
    conn.execute("DELETE FROM search")
    for number, document in enumerate(documents, 1):
        at = BEGIN + timedelta(days=17 * number)
        rows.write(conn, rows.Row(number, at, at.date(), None, "en", document.words), document.title, document.text)


@given(QUERIES)
def test_a_query_prints_itself_back(query: Node) -> None:
    again = parse(str(query))
    assert again.tree == query
    assert again.text == str(query)


@given(DOCUMENTS, st.lists(QUERIES, min_size=1, max_size=8))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_postgres_finds_what_the_oracle_finds(conn: psycopg.Connection, documents: list[Document], queries: list[Node]) -> None:
    fill(conn, documents)
    for query in queries:
        wanted = [number for number, document in enumerate(documents, 1) if matches(query, document)]
        walked = [hit.article_id for hit in finding.everything(conn, query, page=3)]
        assert walked == wanted[::-1], str(query)
        by_day = counting.count(conn, query, "day", limit_s=EXACT_S)
        assert counting.count(conn, query, limit_s=EXACT_S).total.value == len(wanted)
        assert sum(number.value for number in by_day.groups.values()) == by_day.total.value == len(wanted)
        assert sorted(hit.article_id for hit in sampling.sample(conn, query, 100, "seed")) == wanted
        assert {hit.article_id for hit in finding.relevant(conn, query, 100)} == set(wanted)


@given(DOCUMENTS, st.lists(PHRASE, min_size=1, max_size=8))
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_another_engine_counts_the_same(conn: psycopg.Connection, documents: list[Document], queries: list[Phrase]) -> None:
    tantivy = pytest.importorskip("tantivy")
    fill(conn, documents)
    builder = tantivy.SchemaBuilder()
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(15_000_000, 1)
    for document in documents:
        writer.add_document(tantivy.Document(title=" ".join(tokens(document.title)), text=" ".join(tokens(document.text))))
    writer.commit()
    index.reload()
    for query in queries:
        words = asked(query.text)
        if any(word.prefix for word in words) or [word.place for word in words] != list(range(len(words))):
            continue
        phrase = " ".join(word.word for word in words)
        parsed = index.parse_query(f'"{phrase}"', ["title"] if query.title else ["title", "text"])
        exact = Phrase(query.text, False, query.title)
        assert index.searcher().search(parsed, limit=100).count == counting.count(conn, exact, limit_s=EXACT_S).total.value, str(exact)
