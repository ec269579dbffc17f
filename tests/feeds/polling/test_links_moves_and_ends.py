"""Links of feeds on other sites, feeds that move for good, and feeds that end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.feeds.formats.parse import parse
from pipeline.feeds.scheduling import permanent_redirects
from pipeline.feeds.scheduling.schedule import FeedState, Outcome, decide
from pipeline.normalise.urls import parse as parse_url
from pipeline.settings import Poll

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
FINAL = "https://e.com/feeds/final/news.xml"  # where the redirects of the feed ended
RSS = '<rss version="2.0"><channel><title>x</title><item><title>y</title><link>{}</link></item></channel></rss>'
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" {}><title>x</title><id>urn:x</id><entry><id>urn:y</id><title>y</title>
<updated>2026-11-02T00:00:00Z</updated><link href="{}"/></entry></feed>"""


@pytest.mark.parametrize(
    ("document", "url"),
    [
        pytest.param(RSS.format("story.html"), "https://e.com/feeds/final/story.html", id="relative to where the feed came from"),
        pytest.param(RSS.format("/story.html"), "https://e.com/story.html", id="relative to the root"),
        pytest.param(RSS.format("//other.com/x"), "https://other.com/x", id="without a scheme"),
        pytest.param(RSS.format("\n   https://e.com/\nstory\n"), "https://e.com/story", id="a newline inside"),
        pytest.param(RSS.format("  https://e.com/a b  "), "https://e.com/a%20b", id="spaces"),
        pytest.param(RSS.format("https://e.com/?a=1&amp;b=2"), "https://e.com/?a=1&b=2", id="escaped once"),
        pytest.param(RSS.format("https://e.com/?a=1&amp;amp;b=2"), "https://e.com/?a=1&b=2", id="escaped twice"),
        pytest.param(RSS.format("<![CDATA[ https://e.com/?a=1&b=2 ]]>"), "https://e.com/?a=1&b=2", id="CDATA"),
        pytest.param(ATOM.format('xml:base="https://base.com/d/"', "s.html"), "https://base.com/d/s.html", id="xml:base"),
        pytest.param(ATOM.format('xml:base="../b/"', "s.html"), "https://e.com/feeds/b/s.html", id="a relative xml:base"),
    ],
)
def test_a_link_is_resolved_trimmed_and_unescaped(document: str, url: str) -> None:
    (entry,) = parse(document.encode(), url=FINAL).entries
    assert parse_url(entry.url).text == url


@pytest.mark.parametrize(
    ("statuses", "followed"),
    [((301,), True), ((308,), True), ((301, 308), True), ((302,), False), ((307,), False), ((303,), False), ((301, 302), False)],
)
def test_only_a_permanent_redirect_that_lasts_moves_a_feed(statuses: tuple[int, ...], followed: bool) -> None:
    settings = Poll(move_sightings=3, move_s=0)
    feed, adopted = FeedState(interval_s=3600, polled_well=True), {}
    for day in range(4):
        to = permanent_redirects.target("https://old.com/feed", "https://new.com/feed", statuses)
        decision = decide(feed, Outcome(entries=1, moved_to=to), NOW + timedelta(days=day), settings, rand=0)
        feed = decision.feed
        if decision.adopt:
            adopted[day] = decision.adopt
    assert adopted == ({2: "https://new.com/feed"} if followed else {})


def test_a_feed_that_is_gone_is_not_polled_and_one_that_is_missing_is() -> None:
    feed = FeedState(interval_s=3600, polled_well=True)
    assert decide(feed, Outcome("feed_gone"), NOW, Poll(), rand=0).feed.state == "stopped"
    assert decide(feed, Outcome("http_404"), NOW, Poll(), rand=0).feed.state == "active"
