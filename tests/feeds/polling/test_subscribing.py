"""The first poll of a feed that a person adds."""

from __future__ import annotations

from pipeline.store.feeds import feeds
from pipeline.store.queue import claims
from tests.cli.conftest import Newsmill, newsmill, own_place, stack  # noqa: F401 (fixtures)
from tests.feeds.poller import Poller
from tests.feeds.polling.known import ETAG, known
from tests.feeds.reader import ok, rss, status
from tests.fetch.server import Site


def test_subscribing_is_one_unconditional_get_whose_body_is_the_first_poll(stack: Newsmill, polling_: Poller, site: Site) -> None:  # noqa: F811
    poll = polling_
    site.script["/f"] = ok(rss(1, 2), ETAG, "Last-Modified: then")
    said = stack("add", site.url("/f"))
    assert said.code == 0, said.err
    assert site.lines == ["GET /f HTTP/1.1"]
    assert site.requests[0][1].keys().isdisjoint({"if-none-match", "if-modified-since"})
    assert len(known(poll)) == 2
    assert [job.url for job in claims.claim_fetches(poll.conn, 10, poll.ctx.settings)] == ["http://news.example/1"]
    assert poll.due() == [], "it has been polled"
    (past,) = feeds.history(poll.conn, 1)
    assert (past.status, past.entries, past.new_links) == (200, 2, 2)
    poll.poll_next()
    assert site.requests[1][1]["if-none-match"] == "x"
    assert len(site.requests) == 2


def test_a_site_whose_page_announces_its_feed_is_asked_for_each_once(stack: Newsmill, polling_: Poller, site: Site) -> None:  # noqa: F811
    page = b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/f"></head><body>News</body></html>'
    site.script |= {"/": status("200 OK", "Content-Type: text/html", body=page), "/f": ok(rss(1, 2), ETAG)}
    assert stack("add", site.url("/")).code == 0
    assert site.paths() == ["/", "/f"]
    assert polling_.due() == []
    assert len(known(polling_)) == 2


def test_subscribing_takes_no_turn_from_a_job_that_is_at_the_host(stack: Newsmill, polling_: Poller, site: Site) -> None:  # noqa: F811
    poll = polling_
    site.script["/f"] = ok(rss(1, 2), ETAG)
    feeds.add(poll.conn, site.url("/other"))
    (job,) = poll.claim()
    assert stack("add", site.url("/f")).code == 0
    assert poll.one("SELECT lease_id FROM hosts WHERE name LIKE '127%%'") == job.dispatch_id
    assert poll.run(job) == "http_404"
    assert (len(known(poll)), poll.one("SELECT count(*) FROM feeds WHERE phase <> 'idle'")) == (2, 0)
