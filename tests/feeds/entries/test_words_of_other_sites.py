"""Articles that were stored with the words of another site's feed are found, and mended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.commands.admin.doctor_checks import untrusted_words
from pipeline import reextract
from pipeline.feeds.options import Options
from pipeline.settings import Settings
from pipeline.store.extraction import reextracting, untrusted_feed_words
from pipeline.store.feeds import feeds
from tests.feeds.entries.forged import BARE, FORGED, serve
from tests.feeds.kept import Kept, kept
from tests.fetch.server import Site, page, serving
from tests.integration.site import article_html


@pytest.fixture
def reader(settings: Settings) -> Iterator[Kept]:
    with kept(settings) as found:
        yield found


@pytest.fixture
def stranger() -> Iterator[Site]:
    with serving({}) as running:
        yield running


def suspected(reader: Kept) -> list[int]:
    return untrusted_feed_words.link_ids(reader.conn, untrusted_feed_words.untrusted(reader.conn))


def mended(reader: Kept) -> list[str]:
    """What becomes of the suspected articles, by the scope that `newsmill reextract --untrusted` has."""
    found = list(reextracting.link_ids(reader.conn, reextracting.Scope(untrusted=True)))
    return [reextract.again(reader.conn, link_id, reader.ctx.settings, apply=True).what for link_id in found]


def forged(reader: Kept, site: Site, stranger: Site, path: str, html: str, **own: object) -> int:
    """An article with a stranger's words, as it was stored when nobody asked whose they were. Returns its feed."""
    site.script[path] = page(html.encode())
    serve(stranger, path, site.url(path), f"Forged {path}", guid=path)
    feed = reader.add(stranger.url(path), own=Options(trusted=True, **own))  # type: ignore[arg-type]
    reader.poll(feed)
    reader.ingest()
    feeds.configure(reader.conn, feed, Options(**own))  # type: ignore[arg-type]
    reader.conn.execute("UPDATE articles SET sources = replace(sources::text, %s, 'feed')::jsonb", (f"feed {stranger.url(path)}",))
    return feed


def test_doctor_counts_them_and_names_the_command(reader: Kept, site: Site, stranger: Site) -> None:
    assert untrusted_words(reader.conn).level == "ok"
    forged(reader, site, stranger, "/bare", BARE.format(""))
    check = untrusted_words(reader.conn)
    assert (check.level, "1 article" in check.finding, stranger.url("/bare") in check.finding) == ("warn", True, True)
    assert "newsmill reextract --untrusted" in check.advice


def test_fields_of_a_stranger_give_way_to_those_of_the_page(reader: Kept, site: Site, stranger: Site) -> None:
    forged(reader, site, stranger, "/one", article_html("one"))
    assert reader.rows("SELECT tags FROM articles") == [(["Forged /one"],)]
    assert mended(reader) == ["changed"]
    assert reader.rows("SELECT tags, text LIKE '%%stranger%%' FROM articles") == [([], False)]
    assert suspected(reader) == []


def test_a_text_of_a_stranger_is_taken_away_where_the_page_gives_none(reader: Kept, site: Site, stranger: Site) -> None:
    forged(reader, site, stranger, "/bare", BARE.format(""))
    assert reader.rows("SELECT text LIKE '%%stranger%%' FROM articles") == [(True,)]
    assert mended(reader) == ["withdrawn"]
    assert reader.rows("SELECT state, code FROM links") == [("failed", "no_content")]
    assert [reader.rows(f"SELECT count(*) FROM {table}") for table in ("articles", "bands", "site_paragraphs")] == [[(0,)]] * 3
    assert suspected(reader) == []


def test_an_article_that_was_made_of_a_strangers_text_alone_is_fetched(reader: Kept, site: Site, stranger: Site) -> None:
    forged(reader, site, stranger, "/one", article_html("one"), articles="feed")
    assert "/one" not in site.paths()
    assert mended(reader) == ["withdrawn"]
    assert reader.rows("SELECT state FROM links") == [("waiting",)]
    reader.ingest()
    assert reader.rows("SELECT tags, text LIKE '%%stranger%%' FROM articles") == [([], False)]
    assert suspected(reader) == []


def test_an_entry_without_a_link_outlives_its_feed(reader: Kept, site: Site) -> None:
    serve(site, "/f", "", "Harbour")
    feed = reader.add(site.url("/f"))
    reader.poll(feed)
    reader.ingest()
    feeds.remove(reader.conn, feed)
    assert suspected(reader) == []
    ((link_id,),) = reader.rows("SELECT link_id FROM articles")
    assert reextract.again(reader.conn, link_id, reader.ctx.settings, apply=True).what == "refused"
    assert reader.rows("SELECT state FROM links") == [("stored",)]


def test_where_the_page_was_pruned_it_is_fetched_again(reader: Kept, site: Site, stranger: Site) -> None:
    forged(reader, site, stranger, "/one", article_html("one"))
    reader.conn.execute("DELETE FROM pages")
    assert mended(reader) == ["fetched again"]
    reader.ingest()
    assert reader.rows("SELECT tags FROM articles") == [([],)]
    assert suspected(reader) == []


def test_a_feed_that_the_page_announces_was_right_and_is_so_after_the_mending(reader: Kept, site: Site, stranger: Site) -> None:
    link = f'<link rel="alternate" type="application/rss+xml" href="{stranger.url("/bare")}">'
    forged(reader, site, stranger, "/bare", BARE.format(link))
    reader.conn.execute("DELETE FROM announcements")
    assert len(suspected(reader)) == 1
    assert mended(reader) == ["changed"]  # its sources name the feed now
    assert reader.rows("SELECT sources->>'text' FROM articles") == [(f"feed {stranger.url('/bare')}",)]
    assert suspected(reader) == []


def test_one_that_the_operator_trusts_is_right_at_once(reader: Kept, site: Site, stranger: Site) -> None:
    feed = forged(reader, site, stranger, "/bare", BARE.format(""))
    feeds.configure(reader.conn, feed, Options(trusted=True))
    assert suspected(reader) == []


def test_trust_that_is_withdrawn_makes_its_articles_suspect(reader: Kept, site: Site, stranger: Site) -> None:
    site.script["/bare"] = page(BARE.format("").encode())
    serve(stranger, "/f", site.url("/bare"), "Forged", FORGED)
    feed = reader.add(stranger.url("/f"), own=Options(trusted=True))
    reader.poll(feed)
    reader.ingest()
    assert suspected(reader) == []
    feeds.configure(reader.conn, feed, Options())
    assert len(suspected(reader)) == 1
    feeds.remove(reader.conn, feed)
    assert len(suspected(reader)) == 1, "the source names the feed, although it is gone"
