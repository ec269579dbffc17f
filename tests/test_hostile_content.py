"""Content made to exhaust or to break what reads and stores it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.feeds.formats.parse import parse as parse_feed
from pipeline.fetch.robots.robots_rules import permits
from pipeline.jobs import Identity
from pipeline.normalise.dates.dates import parse_date
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure
from pipeline.settings import Extract, Settings
from pipeline.store.articles import articles
from pipeline.store.links import links
from pipeline.text import clean
from tests.paths import CONFORMANCE
from tests.store.articles.everything import everything
from tests.store.articles.made import article, fetched

NAUGHTY = [json.loads(line)["text"] for line in (CONFORMANCE / "web" / "naughty_strings.jsonl").read_text().splitlines()]
WORDS = "The council met on Tuesday to talk about the new bridge over the river and what it will cost the town in the coming years. "
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Failure as failure:
        return failure


def feed(title: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>Paper</title><link>http://a.example/</link>'
        f"<item><title>{title}</title><link>http://a.example/1</link></item></channel></rss>"
    ).encode()


def page(body: str) -> Page:
    html = f'<html lang="en"><head><title>A bridge for the town</title></head><body>{body}</body></html>'
    return Page("http://a.example/1", html.encode(), "text/html; charset=utf-8")


@pytest.mark.parametrize("depth", [300, 1000])
def test_text_at_the_bottom_of_a_deep_page_is_found(depth: int) -> None:
    found = extract(page("<div>" * depth + f"<article><h1>A bridge for the town</h1><p>{WORDS * 8}</p></article>"), Hints(), Extract())
    assert "new bridge over the river" in found.text


def test_a_page_deeper_than_any_reader_ends_with_a_code_or_says_what_is_missing() -> None:
    found = tried(lambda: extract(page("<div>" * 100_000 + f"<p>{WORDS * 8}</p>"), Hints(), Extract()))
    assert found.code in ("no_content", "not_article") if isinstance(found, Failure) else "parse_truncated" in found.flags


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10)), id="billion laughs"),
        pytest.param(f'<!ENTITY a9 "{"x" * 50_000}">', id="quadratic"),
    ],
)
def test_entities_that_multiply_are_not_unfolded(head: str) -> None:
    found = tried(lambda: parse_feed(feed("&a9;" * 1000, f"<!DOCTYPE rss [{head}]>"), url="http://a.example/feed"))
    assert found.code == "bad_feed" if isinstance(found, Failure) else sum(len(entry.title) for entry in found.entries) < 1_000_000


@pytest.mark.parametrize("system", ['SYSTEM "file:///etc/passwd"', 'SYSTEM "http://127.0.0.1:9/"'])
def test_nothing_outside_the_document_is_read(system: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_feed(feed("before &x; after", f"<!DOCTYPE rss [<!ENTITY x {system}>]>"), url="http://a.example/feed")
    assert caught.value.code == "bad_feed"


def test_of_an_endless_feed_the_newest_entries_are_read_and_the_rest_is_counted() -> None:
    items = "".join(f"<item><title>{n}</title><link>http://a.example/{n}</link></item>" for n in range(300))
    body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()
    found = parse_feed(body, url="http://a.example/feed", max_entries=200)
    assert len(found.entries) == 200
    assert any("100" in note for note in found.problems)


@pytest.mark.parametrize("body", [b"/etc/passwd", b"/dev/zero", b"http://127.0.0.1/"])
def test_a_body_that_is_a_path_opens_nothing(body: bytes) -> None:
    with pytest.raises(Failure) as caught:
        parse_feed(body, url="http://a.example/feed")
    assert caught.value.code in ("bad_feed", "not_a_feed")


@pytest.mark.parametrize("given", ["a\x00b", "a\x01b", "a\x1fb", "a\ud83db"])
def test_what_postgres_refuses_is_gone_before_it(given: str) -> None:
    kept = clean(given)
    assert "\x00" not in kept
    assert kept.encode()
    assert kept.startswith("a")
    assert kept.endswith("b")


@pytest.mark.parametrize("given", ["a&#0;b", "a\x00b", "a\x01b", "a&#x1F;b", "<![CDATA[a\x00b]]>"])
def test_no_title_of_a_feed_has_control_characters(given: str) -> None:
    assert parse_feed(feed(given), url="http://a.example/feed").entries[0].title == "ab"


def test_naughty_strings_come_back_from_postgres_as_they_were_cleaned(conn: psycopg.Connection, settings: Settings) -> None:
    job = fetched(conn, settings, "http://a.example/1")
    texts = [kept for text in NAUGHTY if (kept := clean(text))]
    made = article("\n\n".join(texts), title=texts[0], tags=tuple(texts), authors=tuple(texts))
    articles.upsert(conn, job.link_id, job.url, job.page, made, Identity(job.url_key), "x")
    (stored,) = everything(conn)
    assert (stored.tags, stored.authors, stored.text) == (texts, texts, "\n\n".join(texts))


def test_a_long_url_is_a_row_and_a_longer_one_is_refused(conn: psycopg.Connection) -> None:
    long = "http://a.example/" + "".join(chr(97 + (n * n * 7 + n // 3) % 26) for n in range(8000))
    assert links.enqueue(conn, [parse_url(long)])
    with pytest.raises(Failure) as caught:
        parse_url(long + "x" * 300)
    assert caught.value.code == "bad_url"


def test_an_article_of_two_megabytes_of_different_words_is_stored(conn: psycopg.Connection, settings: Settings) -> None:
    job = fetched(conn, settings, "http://a.example/1")
    text = " ".join(f"word{n}" for n in range(220_000))
    articles.upsert(conn, job.link_id, job.url, job.page, article(text), Identity(job.url_key), "x")
    (stored,) = everything(conn)
    assert stored.text == text


@pytest.mark.parametrize("text", ["-" * 20_000, "am " * 5000, "?" * 20_000, "?" * 20_000 + "x", "2026-11-24 " * 2000])
def test_a_long_string_is_no_date(text: str) -> None:
    assert parse_date(text, now=NOW) is None


@pytest.mark.parametrize(
    ("text", "ok"), [("1989-12-31", False), ("1990-01-02", True), ("2026-11-24T23:00:00Z", True), ("2026-11-27", False)]
)
def test_a_date_outside_the_years_of_the_web_is_none(text: str, ok: bool) -> None:
    found = parse_date(text, now=NOW)
    assert (found is not None) == ok
    assert found is None or datetime(1990, 1, 1, tzinfo=UTC) <= found <= NOW + timedelta(days=1)


def test_the_length_of_a_url_is_looked_at_first() -> None:
    with pytest.raises(Failure):
        parse_url("http://a.example/" + "{" * 20_000)


def test_a_hostile_pattern_of_robots_txt_comes_to_an_end() -> None:
    assert permits(f"User-agent: *\nDisallow: /{'*a' * 40}b\n", "newsmill", "http://a.example/" + "a" * 2000)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/x", "http://a.example/x"),
        ("//b.example/x", "http://b.example/x"),
        (" \n http://a.example/x \n", "http://a.example/x"),
        ("http://a.example/x?a=1&amp;amp;b=2", "http://a.example/x?a=1&b=2"),
        ("<![CDATA[http://a.example/x?a=1&b=2]]>", "http://a.example/x?a=1&b=2"),
        ("http://a.example/long\n/x", "http://a.example/long/x"),
    ],
)
def test_a_link_of_a_feed_is_resolved_unescaped_once_and_trimmed(link: str, address: str) -> None:
    body = feed("x").replace(b"<link>http://a.example/1</link>", f"<link>{link}</link>".encode())
    assert parse_feed(body, url="http://a.example/feed").entries[0].url == address


def test_xml_base_counts_before_the_address_of_the_feed() -> None:
    body = (
        feed("x")
        .replace(b"<item>", b"<item xml:base='http://b.example/y/'>")
        .replace(b"<link>http://a.example/1</link>", b"<link>z</link>")
    )
    assert parse_feed(body, url="http://a.example/feed").entries[0].url == "http://b.example/y/z"


def test_an_entity_that_a_feed_makes_for_itself_is_read() -> None:
    found = parse_feed(feed("&co; news", '<!DOCTYPE rss [<!ENTITY co "ACME">]>'), url="http://a.example/feed")
    assert found.entries[0].title == "ACME news"
