"""What a person sets for one feed has its effect, through the real step and the real store: one test for each setting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.feeds import options
from pipeline.feeds.options import Options
from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.queue import claims
from tests.feeds.kept import Kept, kept
from tests.feeds.reader import ok, rss
from tests.fetch.server import Site, page, redirect, serving
from tests.held import FREE
from tests.integration.site import article_html

FULL = "<p>" + "The harbour council has met and spoken of the new bridge at length. " * 12 + "</p>"
CONTENT = f"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[{FULL}]]></content:encoded>"


@pytest.fixture
def reader(settings: Settings) -> Iterator[Kept]:
    with kept(settings) as found:
        yield found


def feed_of(site: Site, *paths: str, item: str = "") -> bytes:
    body = rss(*range(len(paths)), item=item).decode()
    for number, path in enumerate(paths):
        body = body.replace(f"http://news.example/{number}</link>", f"{site.url(path)}</link>")
    return ok(body.encode(), 'ETag: "1"')


def wait_s(reader: Kept, feed: int) -> float:
    return float(reader.rows("SELECT extract(epoch FROM next_poll_at - last_polled_at) FROM feeds WHERE id = %s", feed)[0][0])


@pytest.mark.parametrize(
    ("own", "least_s", "most_s"),
    [
        (Options(), 1800, 1980),
        (Options(min_interval_s=7200), 7200, 7920),
        (Options(max_interval_s=600), 600, 660),
        (Options(min_interval_s=60, max_interval_s=120), 120, 132),
    ],
)
def test_min_interval_and_max_interval_bound_the_time_between_polls(
    reader: Kept, site: Site, own: Options, least_s: float, most_s: float
) -> None:
    site.script["/f"] = feed_of(site, "/1")
    feed = reader.add(site.url("/f"), own=own)
    reader.poll(feed)
    assert least_s - 1 <= wait_s(reader, feed) <= most_s + 1


def test_priority_puts_the_links_of_a_feed_before_those_of_others(reader: Kept, site: Site) -> None:
    for name, priority in (("usual", 0), ("late", -3), ("first", 5)):
        site.script[f"/{name}"] = feed_of(site, f"/{name}/1")
        reader.poll(reader.add(site.url(f"/{name}"), own=Options(priority=priority)))
    order = []
    for _ in range(3):
        reader.conn.execute(f"UPDATE hosts SET {FREE}, next_slot_at = now(), link_due_at = now()")
        order += [job.url for job in claims.claim_fetches(reader.conn, 1, reader.ctx.settings)]
    assert order == [site.url(f"/{name}/1") for name in ("first", "usual", "late")]


def test_language_is_that_of_articles_that_do_not_tell(reader: Kept, site: Site) -> None:
    vague = article_html("x").replace(' lang="en"', "")
    short = "<html><head><title>X 1</title></head><body><article><h1>X 1</h1><p>" + "12345 67890 " * 60 + "</p></article></body></html>"
    site.script |= {"/a": page(vague.encode()), "/b": page(short.encode()), "/f": feed_of(site, "/a", "/b")}
    reader.poll(reader.add(site.url("/f"), own=Options(language="nb")))
    reader.ingest()
    found = dict(reader.rows("SELECT l.url, a.language FROM articles a JOIN links l ON l.id = a.link_id"))
    assert found == {site.url("/a"): "en", site.url("/b"): "no"}


def test_user_agent_and_headers_are_sent_with_polls_to_the_feeds_own_origin(reader: Kept, site: Site) -> None:
    own = Options(user_agent="reader/2", headers=(("X-Key", "s3cret"), ("Accept", "text/xml")))
    with serving({"/f": ok(rss(1))}) as elsewhere:
        site.script["/f"] = redirect(elsewhere.url("/f"))
        reader.poll(reader.add(site.url("/f"), own=own))
        (_, first), (_, second) = site.requests[0], elsewhere.requests[0]
    assert (first["user-agent"], first["x-key"], first["accept"]) == ("reader/2", "s3cret", "text/xml")
    assert second["user-agent"] == "reader/2"
    assert "x-key" not in second
    assert second["accept"] != "text/xml"


def test_include_and_exclude_decide_what_is_fetched(reader: Kept, site: Site) -> None:
    paths = ("/news/1", "/news/sport/2", "/shop/3")
    site.script |= {"/f": feed_of(site, *paths)} | {path: page(article_html(path).encode()) for path in paths}
    feed = reader.add(site.url("/f"), own=Options(include=("/news/",), exclude=("/sport/",)))
    reader.poll(feed)
    reader.ingest()
    assert reader.rows("SELECT url, state, code FROM links ORDER BY url") == [
        (site.url("/news/1"), "stored", ""),
        (site.url("/news/sport/2"), "skipped", "excluded_by_feed"),
        (site.url("/shop/3"), "skipped", "excluded_by_feed"),
    ]
    feeds.configure(reader.conn, feed, Options(include=("/news/",)))
    reader.poll(feed)
    reader.ingest()
    assert [state for _, state in reader.rows("SELECT url, state FROM links ORDER BY url")] == ["stored", "stored", "skipped"]


def test_what_one_feed_leaves_out_another_may_bring(reader: Kept, site: Site) -> None:
    site.script |= {"/f": feed_of(site, "/1"), "/g": feed_of(site, "/1"), "/1": page(article_html("1").encode())}
    reader.poll(reader.add(site.url("/f"), own=Options(exclude=("/1$",))))
    wants = reader.add(site.url("/g"))
    reader.poll(wants)
    assert reader.rows("SELECT feed_id, state, code FROM links") == [(wants, "waiting", "")]


def test_articles_of_the_feed_alone_are_made_without_fetching_pages(reader: Kept, site: Site) -> None:
    site.script["/f"] = feed_of(site, "/1", item=CONTENT)
    reader.poll(reader.add(site.url("/f"), own=Options(articles="feed")))
    reader.ingest()
    assert site.paths() == ["/f"]
    ((text, flags, title),) = reader.rows("SELECT text, flags, title FROM articles")
    assert text.startswith("The harbour council has met")
    assert "text_from_feed" in flags
    assert title == "Story 0"


def test_a_trusted_feed_speaks_for_pages_of_other_sites(reader: Kept, site: Site) -> None:
    site.script["/f"] = feed_of(site, "/1", item=CONTENT).replace(b"127.0.0.1", b"localhost")
    reader.poll(reader.add(site.url("/f"), own=Options(articles="feed", trusted=True)))
    reader.ingest()
    assert site.paths() == ["/f"]
    assert reader.rows("SELECT flags && '{text_from_feed}', sources->>'text' FROM articles") == [(True, f"feed {site.url('/f')}")]


def test_the_page_is_fetched_where_nothing_is_set(reader: Kept, site: Site) -> None:
    site.script |= {"/f": feed_of(site, "/1", item=CONTENT), "/1": page(article_html("1").encode())}
    reader.poll(reader.add(site.url("/f")))
    reader.ingest()
    assert "/1" in site.paths()
    assert reader.rows("SELECT text LIKE 'The harbour%%' FROM articles") == [(False,)]


def test_a_paused_feed_is_not_polled_until_it_is_resumed(reader: Kept, site: Site) -> None:
    site.script["/f"] = feed_of(site, "/1")
    feed = reader.add(site.url("/f"), paused=True)

    def due() -> list[int]:
        reader.conn.execute(f"UPDATE hosts SET next_slot_at = now(), {FREE}")
        return [job.id for job in claims.claim_polls(reader.conn, 10, reader.ctx.settings)]

    assert due() == []
    feeds.resume(reader.conn, feed)
    assert due() == [feed]


def test_tags_and_title_are_the_persons_and_no_poll_changes_them(reader: Kept, site: Site) -> None:
    site.script["/f"] = feed_of(site, "/1")
    feed = reader.add(site.url("/f"), title="My name", tags=["local"])
    reader.poll(feed)
    shown = reader.feed(feed)
    assert (shown.title, shown.tags) == ("My name", ["local"])


def test_every_setting_has_a_test_here() -> None:
    told = "".join(name for name in globals() if name.startswith("test_"))
    words = {"header": "headers", "articles": "articles_of_the_feed_alone"}
    assert [name for name in options.NAMES if words.get(name, name) not in told] == []
