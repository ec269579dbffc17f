"""Entries that share a link, from poll to poll through the real store: each is one article, and none is there twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.settings import Settings
from tests.feeds.entries.served import item, serve
from tests.feeds.kept import Kept, kept
from tests.fetch.server import Site, page, serving
from tests.integration.site import article_html


@pytest.fixture
def reader(settings: Settings) -> Iterator[Kept]:
    with kept(settings) as found:
        yield found


def incident(site: Site, number: int, more: str = "", fragment: str = "") -> str:
    said = f"Crane {number} is out of order and the eastern berth stays closed.{more}"
    return item(f"Update {number}", site.url(f"/{fragment}"), f"inc-{number}", description=said)


def poll(reader: Kept, feed: int, site: Site, *items: str) -> int:
    """How many entries are new."""
    serve(site, *items)
    new = len(reader.poll(feed))
    reader.ingest()
    return new


def titles(reader: Kept) -> list[str]:
    return [row[0] for row in reader.rows("SELECT title FROM articles ORDER BY title")]


def test_each_is_kept_from_the_feeds_own_text_under_its_address_and_without_a_visit(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    assert poll(reader, feed, site, *(incident(site, n, fragment=f"#n{n}") for n in (1, 2, 3))) == 3
    assert titles(reader) == ["Update 1", "Update 2", "Update 3"]
    assert reader.rows("SELECT DISTINCT flags && '{text_from_feed}' FROM articles") == [(True,)]
    assert reader.rows("SELECT canonical_url FROM articles ORDER BY title") == [(site.url(f"/#n{n}"),) for n in (1, 2, 3)]
    assert site.paths() == ["/f"]


def test_the_next_poll_brings_only_what_is_new(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    assert poll(reader, feed, site, incident(site, 1), incident(site, 2)) == 2
    assert poll(reader, feed, site, incident(site, 1), incident(site, 2)) == 0
    assert poll(reader, feed, site, incident(site, 3), incident(site, 2), incident(site, 1)) == 1
    assert titles(reader) == ["Update 1", "Update 2", "Update 3"]


def test_one_that_stands_alone_for_once_is_no_other_entry(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    assert poll(reader, feed, site, incident(site, 1), incident(site, 2)) == 2
    assert poll(reader, feed, site, incident(site, 2)) == 0
    assert poll(reader, feed, site, incident(site, 3)) == 1, "the link is known to be that of several"
    assert poll(reader, feed, site, incident(site, 4), incident(site, 3)) == 1
    assert titles(reader) == [f"Update {n}" for n in (1, 2, 3, 4)]


def test_one_that_has_the_page_keeps_it_when_others_come(reader: Kept, site: Site) -> None:
    site.script["/"] = page(article_html("front").encode())
    feed = reader.add(site.url("/f"))
    assert poll(reader, feed, site, incident(site, 1)) == 1
    assert poll(reader, feed, site, incident(site, 2), incident(site, 1)) == 1
    assert poll(reader, feed, site, incident(site, 3), incident(site, 2), incident(site, 1)) == 1
    assert [url for url in reader.urls() if url.startswith("http")] == [site.url("/")]
    assert reader.rows("SELECT count(*) FROM links") == [(3,)]


def test_one_that_had_a_link_of_its_own_is_not_there_twice_when_it_shares_one(reader: Kept, site: Site) -> None:
    site.script["/own"] = page(article_html("own").encode())
    feed = reader.add(site.url("/f"))
    alone = item("Update 1", site.url("/own"), "inc-1", description="Crane 1 is out of order and the eastern berth stays closed.")
    assert poll(reader, feed, site, alone) == 1
    assert poll(reader, feed, site, incident(site, 1), incident(site, 2)) == 1
    assert reader.rows("SELECT count(*) FROM articles") == [(2,)]
    assert poll(reader, feed, site, alone, incident(site, 2)) == 0


def test_what_the_feed_corrects_is_corrected_in_the_article_and_its_earlier_text_kept(reader: Kept, site: Site) -> None:
    feed = reader.add(site.url("/f"))
    poll(reader, feed, site, incident(site, 1), incident(site, 2))
    assert poll(reader, feed, site, incident(site, 1, " It works again."), incident(site, 2)) == 0
    assert reader.rows("SELECT text LIKE '%%works again.' FROM articles ORDER BY title") == [(True,), (False,)]
    assert reader.rows("SELECT text LIKE '%%stays closed.' FROM revisions") == [(True,)]
    assert reader.rows("SELECT DISTINCT state, recheck FROM links") == [("stored", False)]


def test_of_another_site_there_is_one_link_and_all_that_was_listed_is_told(reader: Kept, site: Site) -> None:
    site.script["/"] = page(article_html("front").encode())
    with serving({}) as stranger:
        feed = reader.add(stranger.url("/f"))
        serve(stranger, *(incident(site, n) for n in (1, 2, 3)))
        assert len(reader.poll(feed)) == 1
        assert reader.poll(feed) == []
        serve(stranger, *(incident(site, n) for n in (1, 2, 3, 4)))
        assert reader.poll(feed) == []
    ((guid, folded, updates),) = reader.rows("SELECT guid, folded, updates FROM sightings")
    assert (guid, [one["guid"] for one in folded], updates) == ("inc-1", ["inc-2", "inc-3", "inc-4"], 1)
    assert "does not speak for" in folded[0]["why"]
