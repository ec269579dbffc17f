"""A scheme other than http and https is refused wherever an address comes in."""

from __future__ import annotations

import psycopg
import pytest
from fastapi.testclient import TestClient

from pipeline.feeds import opml, websub
from pipeline.feeds.formats.parse import parse as parse_feed
from pipeline.fetch.robots.robots_txt import _sitemaps
from pipeline.normalise.canonical import Claims, judge
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from tests.cli.conftest import Newsmill
from web.app import create_app

SCHEMES = ["file:///etc/passwd", "FTP://e.com/x", "gopher://e.com/", "javascript:alert(1)", "data:text/html,x", "http+unix://%2Ftmp%2Fs/"]


@pytest.mark.parametrize("url", SCHEMES)
def test_entries_hubs_sitemaps_and_canonical_claims_name_none(url: str) -> None:
    document = f'<rss version="2.0"><channel><title>x</title><item><title>y</title><link>{url}</link></item></channel></rss>'
    (entry,) = parse_feed(document.encode(), url="http://e.com/feed").entries
    with pytest.raises(Failure) as caught:
        parse(entry.url or url)
    assert caught.value.code == "blocked_scheme"
    feed = parse_feed(document.encode(), url="http://e.com/feed")
    assert websub.advertised({"link": f'<{url}>; rel="hub"'}, feed, "http://e.com/feed").hub == ""
    assert _sitemaps(f"Sitemap: {url}\n", "http://e.com/robots.txt") == ()
    assert judge(Claims(link=(url,)), "http://e.com/story-of-the-day").url == ""


@pytest.mark.parametrize("url", SCHEMES)
def test_a_list_of_feeds_brings_none(url: str) -> None:
    found, problems = opml.read(f'<opml version="2.0"><body><outline xmlUrl="{url}" text="x"/></body></opml>'.encode())
    for outline in found:
        with pytest.raises(Failure):
            parse(outline.url)
    assert found or problems


def test_nothing_is_enqueued_and_no_feed_is_made(conn: psycopg.Connection, settings: Settings, stack: Newsmill) -> None:
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8080") as client:
        results = client.post("/api/v1/enqueue", json={"urls": SCHEMES}).json()["results"]
    assert {result["error"]["code"] for result in results} == {"blocked_scheme"}
    for url, result in zip(SCHEMES, results, strict=True):
        scheme = url.partition(":")[0].lower()
        assert scheme in result["error"]["detail"]
        with pytest.raises(Failure, match=f"scheme {scheme.replace('+', '.')}"):
            feeds.add(conn, url)
        said = stack("enqueue", url)
        assert said.code != 0
        assert scheme in said.out + said.err
    assert conn.execute("SELECT (SELECT count(*) FROM links), (SELECT count(*) FROM feeds)").fetchone() == (0, 0)
