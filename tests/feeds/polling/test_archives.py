"""Archives of feeds (RFC 5005, and next_url of JSON Feed): bounded, without loops, each page read once."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
import pytest

from pipeline.feeds.archive_pages import MAX_TRIES, following, retry_s
from pipeline.feeds.options import Options
from pipeline.normalise.urls import parse
from pipeline.outcomes import MAX_RETRY_AFTER_S, Failure
from pipeline.settings import Settings
from pipeline.store.feeds import feeds, polling
from pipeline.store.queue import claims
from tests.feeds.poller import Poller, poller
from tests.feeds.reader import ok, rss, status
from tests.fetch.server import Site, serving
from tests.held import FREE

HOUR = 3600


def key(url: str) -> bytes:
    return parse(url).key


@pytest.mark.parametrize(
    ("further", "known", "most", "page"),
    [
        (["http://a.example/2"], ["http://a.example/1"], 10, "http://a.example/2"),
        (["http://a.example/1", "http://a.example/2"], ["http://a.example/1"], 10, "http://a.example/2"),
        (["http://a.example/1"], ["http://a.example/1"], 10, None),
        (["ftp://a.example/2", "http://", ""], ["http://a.example/1"], 10, None),
        (["http://a.example/3"], ["http://a.example/1", "http://a.example/2"], 1, None),
        ([], ["http://a.example/1"], 10, None),
    ],
)
def test_the_next_page_is_one_that_was_not_begun(further: list[str], known: list[str], most: int, page: str | None) -> None:
    found = following(further, [key(url) for url in known], most)
    assert (found and found.text) == page


def test_a_page_that_fails_is_tried_again_a_few_times_unless_that_is_in_vain() -> None:
    assert [retry_s(Failure("http_503"), tries) for tries in (1, 2, 3)] == [HOUR, 2 * HOUR, None]
    assert retry_s(Failure("http_503", retry_after_s=9 * HOUR), 1) == 9 * HOUR
    assert retry_s(Failure("http_503", retry_after_s=99_999_999_999), 1) == MAX_RETRY_AFTER_S, "Postgres has no such moment"
    assert retry_s(Failure("http_404"), 1) is None


@pytest.fixture
def poll(settings: Settings, conn: psycopg.Connection) -> Iterator[Poller]:
    with poller(settings, conn) as running:
        yield running


def with_link(rel: str, href: str, *numbers: int) -> bytes:
    body = rss(*numbers, channel=f'<atom:link rel="{rel}" href="{href}"/>')
    return ok(body.replace(b"xmlns:sy", b'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy'), "ETag: x")


def archive(site: Site) -> None:
    """A feed with two pages before it, the older of which names the newer as the one before itself."""
    site.script |= {
        "/f": with_link("prev-archive", "/a2", 5, 6),
        "/a2": with_link("prev-archive", "/a1", 3, 4),
        "/a1": with_link("prev-archive", "/a2", 1, 2),
    }


def urls(poll: Poller) -> list[str]:
    return [row[0] for row in poll.conn.execute("SELECT url FROM links ORDER BY url")]


def test_the_archive_is_read_once_page_by_page_between_polls_and_a_loop_ends(poll: Poller, site: Site) -> None:
    archive(site)
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    poll.due()
    main = poll.one("SELECT extract(epoch FROM main_poll_at - now()) FROM feeds")
    assert 1500 < main < 2100, "the feed itself is polled as it would have been"
    assert poll.wait_s(feed) == pytest.approx(poll.ctx.settings.poll.min_interval_s, abs=5)
    assert poll.one("SELECT next_poll_why FROM feeds").endswith("; before that, a page of its archive")
    state = "SELECT interval_s, etag, last_modified, body_hash, asked_s, last_ok_at IS NULL, failures, (SELECT sum(entries) FROM feed_days) FROM feeds"
    before = poll.row(state)
    assert poll.poll_next() == poll.poll_next() == [""]
    assert poll.row(state) == before, "pages of the archive say nothing of the feed"
    assert site.paths() == ["/f", "/a2", "/a1"]
    assert all("if-none-match" not in headers for _, headers in site.requests)
    assert urls(poll) == [f"http://news.example/{n}" for n in range(1, 7)]
    assert poll.row("SELECT archive_url, main_poll_at FROM feeds") == ("", None)
    assert 900 < poll.wait_s(feed) < 2100 - 600
    assert "archive" not in poll.one("SELECT next_poll_why FROM feeds")
    site.script["/f"] = with_link("prev-archive", "/a2", 5, 6, 7)
    poll.poll_next()
    poll.poll_next()
    assert site.paths()[3:] == ["/f", "/f"], "once"
    assert [past.detail for past in feeds.history(poll.conn, feed)][2:4] == [
        f"a page of its archive: {site.url(path)}" for path in ("/a1", "/a2")
    ]


def test_no_more_pages_are_read_than_the_setting_says_and_none_where_it_is_0(settings: Settings, poll: Poller, site: Site) -> None:
    site.script |= {f"/{n}": with_link("next", f"/{n + 1}", n) for n in range(20)}
    for most in (0, 3):
        few = settings.model_copy(update={"poll": settings.poll.model_copy(update={"archive_pages": most})})
        with poller(few, poll.conn) as bounded:
            feed, _ = feeds.add(poll.conn, site.url("/0"))
            bounded.due()
            for _ in range(6):
                bounded.poll_next()
            assert [path for path in site.paths() if path != "/0"] == [f"/{n}" for n in range(1, most + 1)]
            feeds.remove(poll.conn, feed)
            bounded.skip(HOUR)


def test_a_json_feed_goes_on_at_next_url_and_ends_where_that_is_itself(poll: Poller, site: Site) -> None:
    def page(number: int, following_page: str) -> bytes:
        items = [{"id": str(number), "url": f"http://news.example/{number}", "title": f"Story {number}"}]
        document = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items, "next_url": site.url(following_page)}
        return ok(json.dumps(document).encode(), "ETag: x")

    site.script |= {"/f": page(1, "/f2"), "/f2": page(2, "/f2")}
    feeds.add(poll.conn, site.url("/f"))
    poll.due()
    assert poll.poll_next() == [""]
    poll.poll_next()
    assert site.paths() == ["/f", "/f2", "/f"]
    assert urls(poll) == ["http://news.example/1", "http://news.example/2"]


def test_a_page_that_cannot_be_had_holds_the_feed_up_in_nothing(poll: Poller, site: Site) -> None:
    archive(site)
    site.script["/a2"] = status("503 Later")
    feeds.add(poll.conn, site.url("/f"), own=Options(max_interval_s=7 * 86400, min_interval_s=5 * HOUR))
    poll.due()
    codes = [poll.poll_next() for _ in range(MAX_TRIES + 2)]
    assert codes.count(["http_503"]) == MAX_TRIES
    assert poll.row("SELECT failures, code, archive_url FROM feeds") == (0, "", "")
    assert poll.row("SELECT code FROM feed_archives") == ("http_503",)
    assert len(urls(poll)) == 2


def test_a_page_that_kills_its_worker_is_given_up(poll: Poller, site: Site) -> None:
    archive(site)
    feeds.add(poll.conn, site.url("/f"), own=Options(max_interval_s=7 * 86400, min_interval_s=5 * 86400))
    poll.due()
    for _ in range(MAX_TRIES):
        poll.skip(HOUR)
        (job,) = poll.claim()
        started = polling.start(poll.conn, job.id, job.dispatch_id, poll.ctx.settings, "w")
        assert started
        assert started.address == site.url("/a2")
        poll.skip(HOUR)
        claims.give_back_expired(poll.conn, poll.ctx.settings)
    assert poll.row("SELECT archive_url FROM feeds") == ("",)
    poll.skip(5 * 86400)
    assert poll.due() == [""]
    assert poll.row("SELECT archive_url, failures FROM feeds") == ("", 0), "it is known, and not begun again"


def test_a_page_on_another_host_takes_that_hosts_turn_and_gets_no_headers_of_the_feeds_own(poll: Poller, site: Site) -> None:
    with serving({"/a1": ok(rss(1, 2))}) as other:
        site.script["/f"] = with_link("prev-archive", other.url("/a1"), 5)
        feeds.add(poll.conn, site.url("/f"), own=Options(headers=(("X-Key", "s3cret"),)))
        feeds.add(poll.conn, other.url("/busy"))
        (ours,) = (job for job in poll.claim() if job.url.endswith("/f"))
        poll.run(ours)
        poll.skip(400)
        (ours,) = poll.claim()
        poll.run(ours)
        assert other.requests == [], "the host is busy with another feed"
        assert poll.row("SELECT archive_tries, next_url, phase FROM feeds WHERE id = %s", ours.id) == (0, None, "idle")
        poll.conn.execute(f"UPDATE hosts SET {FREE}")
        poll.skip(400)
        poll.run(poll.claim()[0])
    assert other.paths() == ["/a1"]
    assert "x-key" not in other.requests[0][1]
    assert len(urls(poll)) == 3


def test_a_poll_by_hand_is_of_the_feed_and_not_of_its_archive(poll: Poller, site: Site) -> None:
    archive(site)
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    poll.due()
    poll.skip(301)
    feeds.poll_now(poll.conn, feed, 300)
    assert poll.due() == [""]
    assert site.paths() == ["/f", "/f"]
    assert poll.row("SELECT archive_url, archive_tries FROM feeds") == (site.url("/a2"), 0)
    poll.poll_next()
    assert site.paths()[2:] == ["/a2"]
