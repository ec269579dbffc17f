"""Aliases: which link stands for an address."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.normalise.urls import parse
from pipeline.store.links import aliases
from tests.store.links.with_articles import add

SHORT, STORY, AMP = "https://t.co/AbC", "https://e.com/a-story", "https://amp.e.com/a-story"


def key(url: str) -> bytes:
    return parse(url).key


def test_the_found_url_is_kept_beside_the_final_one(conn: psycopg.Connection) -> None:
    link = add(conn, SHORT, article_at=STORY)
    aliases.note(conn, link, [("https://e.com/go?to=1", "hop"), (STORY, "final")])
    assert {(alias.url, alias.kind) for alias in aliases.of(conn, link)} == {("https://e.com/go?to=1", "hop"), (STORY, "final")}


def test_a_links_own_address_is_no_alias_and_what_is_no_url_is_passed_over(conn: psycopg.Connection) -> None:
    link = add(conn, STORY)
    aliases.note(conn, link, [(f"{STORY}?utm_source=x", "final"), ("javascript:alert(1)", "canonical"), ("", "hop")])
    aliases.note(conn, link, [])
    assert aliases.of(conn, link) == []


def test_an_alias_stays_with_the_link_that_had_it_first(conn: psycopg.Connection) -> None:
    first, second = add(conn, SHORT), add(conn, "https://t.co/2")
    aliases.note(conn, first, [(STORY, "final")])
    aliases.note(conn, second, [(STORY, "canonical"), (AMP, "final")])
    assert [alias.kind for alias in aliases.of(conn, first)] == ["final"]
    assert [alias.url for alias in aliases.of(conn, second)] == [AMP]


@pytest.mark.parametrize(
    ("asked", "noted"),
    [
        pytest.param(STORY, [], id="the article's own address"),
        pytest.param(f"{STORY}?utm_source=feed", [], id="the same with tracking"),
        pytest.param(SHORT, [], id="the address of its link"),
        pytest.param(AMP, [(AMP, "final")], id="where its redirects ended"),
        pytest.param(AMP, [(AMP, "found")], id="where it was found too"),
        pytest.param(AMP, [(AMP, "canonical")], id="what it calls itself"),
    ],
)
def test_a_second_address_of_a_stored_article_is_known(conn: psycopg.Connection, asked: str, noted: list) -> None:
    link, other = add(conn, SHORT, article_at=STORY), add(conn, "https://o.com/other")
    aliases.note(conn, link, noted)
    existing = aliases.known(conn, key(asked), other)
    assert existing is not None
    assert (existing.link_id, existing.url, existing.title) == (link, SHORT, "A title")
    assert aliases.known(conn, key(asked), link) is None


def test_an_address_without_a_stored_article_is_to_be_fetched(conn: psycopg.Connection) -> None:
    link, other = add(conn, SHORT), add(conn, "https://o.com/other")
    aliases.note(conn, link, [(STORY, "final")])
    assert aliases.known(conn, key(STORY), other) is None
    assert aliases.known(conn, key(SHORT), other) is None
    assert aliases.known(conn, key("https://o.com/else"), other) is None


def test_stories_that_pass_through_one_page_for_cookies_stay_apart(conn: psycopg.Connection) -> None:
    link, other = add(conn, SHORT, article_at=STORY), add(conn, "https://t.co/2")
    aliases.note(conn, link, [("https://e.com/consent", "hop")])
    assert aliases.known(conn, key("https://e.com/consent"), other) is None


def test_a_canonical_url_is_counted_by_the_texts_of_its_host(conn: psycopg.Connection) -> None:
    claim = "https://e.com/all"
    add(conn, "https://e.com/1", article_at="https://e.com/1", text="One.", canonical=claim)
    add(conn, "https://e.com/2", article_at="https://e.com/2", text="Two.", canonical=claim)
    add(conn, "https://e.com/2b", article_at="https://e.com/2b", text="Two.", canonical=claim)
    add(conn, "https://o.com/3", article_at="https://o.com/3", text="Three.", canonical=claim)
    link = add(conn, "https://e.com/4", article_at="https://e.com/4", text="Four.", canonical=claim)
    assert aliases.ask_shared_canonical(conn, claim, link).fetchone() == (2,)
    assert aliases.ask_shared_canonical(conn, "https://e.com/other", link).fetchone() == (0,)
    assert aliases.ask_shared_canonical(conn, "", link).fetchone() == (0,)


def test_looks_for_an_address_go_through_indexes(conn: psycopg.Connection) -> None:
    conn.execute("INSERT INTO hosts (name) VALUES ('h')")
    conn.execute(
        "INSERT INTO links (url, url_key, host_id) SELECT 'http://h/' || n, sha256(n::text::bytea), 1 FROM generate_series(1, 20000) n"
    )
    conn.execute(
        "INSERT INTO articles (link_id, url_key, url, final_url, canonical_url, title, text, word_count, content_hash, extractor, fetched_at)"
        " SELECT id, url_key, url, url, url, 't', 't', 1, url_key, 'x', now() FROM links"
    )
    conn.execute("INSERT INTO aliases (url_key, url, link_id, kind) SELECT sha256('a' || url_key), url, id, 'final' FROM links")
    conn.execute("ANALYZE")
    for query, values in _queries(conn):
        plan = "\n".join(row[0] for row in conn.execute(f"EXPLAIN {query}", values).fetchall())
        assert "Seq Scan" not in plan.replace("Seq Scan on hosts", ""), plan


def _queries(conn: psycopg.Connection) -> list[tuple[str, dict]]:
    """What `known` and `ask_shared_canonical` send."""
    sent: list[tuple[str, dict]] = []

    class Spy(psycopg.Cursor):
        def execute(self, query, params=None, **rest):  # type: ignore[no-untyped-def]
            sent.append((query, params))
            return super().execute(query, params, **rest)

    conn.cursor_factory = Spy
    try:
        aliases.known(conn, b"x" * 32, 1)
        aliases.ask_shared_canonical(conn, "http://h/1", 1)
    finally:
        conn.cursor_factory = psycopg.Cursor
    assert len(sent) == 2
    return sent
