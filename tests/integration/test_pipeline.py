"""From feeds to articles through the real processes."""

from __future__ import annotations

from pathlib import Path

import psycopg

from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.maintenance import status
from tests.integration.site import Web, web
from tests.integration.stack import stack, wait_until


def ended(conn: psycopg.Connection, count: int) -> bool:
    summary = status.summary(conn)
    return sum(summary.links.values()) == count and summary.unfinished == 0


def test_every_article_of_every_feed_is_stored_exactly_once(settings: Settings, conn: psycopg.Connection, tmp_path: Path) -> None:
    with web(hosts=10) as site, stack(settings, tmp_path / "logs") as running:
        for url in site.feeds("news", 60):
            feeds.add(conn, url)
        wait_until(lambda: ended(conn, 60), 180, "60 links to end", lambda: f"{status.summary(conn)}\n{running.tails()}")
        assert status.summary(conn).links["stored"] == 60
        assert conn.execute("SELECT count(DISTINCT link_id), count(*) FROM articles").fetchone() == (60, 60)
        assert max(site.hits.values()) == 1, "no page is fetched twice"
        assert max(site.most_open.values()) == 1, "one request at a time a host"
        _polls_again_are_answered_not_modified(conn, site)
        assert set(running.stop().values()) == {0}


def _polls_again_are_answered_not_modified(conn: psycopg.Connection, site: Web) -> None:
    for feed in feeds.listing(conn):
        feeds.poll_now(conn, feed.id, 0)
    wait_until(lambda: conn.execute("SELECT count(*) FROM polls").fetchone() == (20,), 180, "the second polls")
    assert conn.execute("SELECT count(*) FROM polls WHERE status = 304 AND new_links = 0").fetchone() == (10,)
    assert conn.execute("SELECT count(*) FROM links").fetchone() == (60,)
