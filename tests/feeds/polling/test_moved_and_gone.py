"""Feeds that move for good, are gone, or fail for long, as the database sees them."""

from __future__ import annotations

from pipeline.store.feeds import feeds, moved_feeds
from tests.feeds.poller import Poller
from tests.feeds.polling.known import ETAG, known
from tests.feeds.reader import ok, rss, status
from tests.fetch.server import Site, redirect


def sighted(poll: Poller, count: int = 5, days: float = 2) -> None:
    """Polls of all feeds with days between them."""
    for _ in range(count):
        poll.poll_next()
        while poll.due():
            pass
        poll.skip(days * 86400)


def test_a_feed_that_moved_keeps_its_old_address_its_history_and_its_articles(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script["/f"] = ok(rss(1, 2), ETAG)
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    poll.due()
    before = poll.conn.execute("SELECT id, url_key FROM links ORDER BY id").fetchall()
    poll.skip(86400)
    site.script |= {"/f": redirect("/new", status="301 Moved"), "/new": ok(rss(1, 2, 3), "ETag: y")}
    sighted(poll)
    found = feeds.find(poll.conn, site.url("/f"))
    assert found
    assert (found.id, found.url, found.state) == (feed, site.url("/new"), "active")
    assert moved_feeds.former(poll.conn, feed) == [site.url("/f")]
    assert feeds.add(poll.conn, site.url("/f")) == (feed, False), "the old address is no new feed"
    assert len(feeds.history(poll.conn, feed)) == 6
    assert poll.conn.execute("SELECT id, url_key FROM links ORDER BY id").fetchall()[:2] == before
    assert len(known(poll)) == 3, "no article twice"
    site.requests.clear()
    poll.poll_next()
    assert site.paths() == ["/new"]


def test_a_feed_may_move_back(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script |= {"/f": redirect("/new", status="301 Moved"), "/new": ok(b"", ETAG)}
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    sighted(poll)
    site.script |= {"/new": redirect("/f", status="301 Moved"), "/f": ok(b"", ETAG)}
    sighted(poll)
    found = feeds.find(poll.conn, str(feed))
    assert found
    assert (found.url, moved_feeds.former(poll.conn, feed)) == (site.url("/f"), [site.url("/new")])


def test_a_feed_that_moved_to_a_known_one_is_its_alias_and_they_are_polled_once(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script |= {"/old": redirect("/new", status="301 Moved"), "/new": ok(rss(1, 2), ETAG)}
    old, _ = feeds.add(poll.conn, site.url("/old"))
    new, _ = feeds.add(poll.conn, site.url("/new"))
    sighted(poll)
    assert poll.row("SELECT state, alias_of FROM feeds WHERE id = %s", old) == ("stopped", new)
    assert len(known(poll)) == 2
    site.requests.clear()
    poll.skip(86400)
    while poll.due():
        pass
    assert site.paths() == ["/new"]
    found = feeds.find(poll.conn, str(old))
    assert found
    assert found.next_poll_why == f"stopped: it has moved to feed {new}, which is polled already"


def test_a_feed_that_is_gone_is_polled_no_more_and_its_articles_stay(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script["/f"] = ok(b"", ETAG)
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    poll.due()
    site.script["/f"] = status("410 Gone")
    assert poll.poll_next() == ["feed_gone"]
    poll.skip(365 * 86400)
    assert poll.claim() == []
    found = feeds.find(poll.conn, str(feed))
    assert found
    assert (found.state, found.next_poll_why) == ("stopped", "stopped: the site says that the feed is gone for good")
    assert (len(known(poll)), found.links) == (3, 3)
    feeds.resume(poll.conn, feed)
    site.script["/f"] = ok(b"", ETAG)
    assert poll.due() == [""]


def test_a_failing_feed_stays_and_revives_by_itself(polling_: Poller, site: Site) -> None:
    poll = polling_
    site.script["/f"] = status("404 Not Found")
    feed, _ = feeds.add(poll.conn, site.url("/f"))
    poll.due()
    waits = []
    for _ in range(20):
        waits.append(poll.wait_s(feed))
        assert poll.poll_next() == ["http_404"]
    assert waits[-1] <= 30 * 86400
    assert waits[0] < waits[3] < waits[-1]
    assert feeds.find(poll.conn, str(feed)).state == "active"  # type: ignore[union-attr]
    site.script["/f"] = ok(b"", ETAG)
    assert poll.poll_next() == [""]
    assert poll.row("SELECT failures, state FROM feeds") == (0, "active")
    assert poll.wait_s(feed) < 2 * poll.ctx.settings.poll.start_interval_s
