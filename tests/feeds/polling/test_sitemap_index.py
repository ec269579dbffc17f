"""A sitemap index polled as a feed: its newest sitemaps are read in the same visit, within bounds."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.feeds.options import Options
from pipeline.feeds.scheduling.schedule import FeedState
from pipeline.fetch.client import Client
from pipeline.jobs import PollJob
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Dispatch, Settings
from pipeline.steps import polling as poll_step
from pipeline.steps.feed_answer import Polled
from tests.feeds.reader import HOST, NOW, SETTINGS, Reader, ok, sent, status
from tests.fetch.server import Site


def index(site: Site, *sitemaps: tuple[str, str]) -> bytes:
    rows = "".join(
        f"<sitemap><loc>{site.url(path)}</loc>{f'<lastmod>{when}</lastmod>' if when else ''}</sitemap>" for path, when in sitemaps
    )
    return ok(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'.encode(), "ETag: x")


def urlset(*numbers: int) -> bytes:
    rows = "".join(f"<url><loc>http://news.example/{n}</loc></url>" for n in numbers)
    return ok(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode())


def asked(site: Site) -> list[str]:
    return [path for path, _ in site.requests]


def found(polled: Polled | None) -> list[str]:
    assert polled is not None
    return [item.url.text.rpartition("/")[2] for item in polled.listed]


def poll(client: Client, site: Site, settings: Settings = SETTINGS, feed: FeedState = FeedState(), **options) -> Polled:  # noqa: B008 (frozen)
    address = site.url("/index.xml")
    host = replace(HOST, name=parse(address).host, gap_s=options.pop("gap_s", 0.0))
    job = PollJob(1, uuid.uuid4(), address, feed, host, "w", NOW, False, Options(headers=(("X-Key", "sesame"),)))
    return poll_step.poll(client, job, settings, **{"clock": time.monotonic, "pause": time.sleep} | options)


def test_the_sitemaps_for_news_and_then_the_newest_are_read(client: Client, site: Site) -> None:
    days = [(f"/{day}.xml", f"2026-10-{day:02}") for day in range(1, 10)]
    site.script["/index.xml"] = index(site, *days, ("/google-news.xml", "2026-01-01"))
    site.script["/google-news.xml"] = urlset(100, 9)
    site.script |= {f"/{day}.xml": urlset(day) for day in range(1, 10)}
    polled = poll(client, site)
    assert asked(site) == ["/index.xml", "/google-news.xml", "/9.xml", "/8.xml", "/7.xml", "/6.xml"]
    assert found(polled) == ["100", "9", "8", "7", "6"]
    assert polled.poll.entries == 5
    assert polled.poll.feed is not None
    assert polled.poll.feed.kind == "sitemap"
    assert "5 more sitemaps of the index were not read." in polled.poll.detail
    assert polled.outcome.etag == "x"


def test_the_feeds_own_headers_go_to_the_sitemaps_of_its_host_too(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/a.xml", "2026-11-02"))
    site.script["/a.xml"] = urlset(1)
    poll(client, site)
    assert [sent(site, number)["x-key"] for number in (0, 1)] == ["sesame", "sesame"]


def test_later_only_those_that_have_changed_are_read(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/new.xml", "2026-11-02"), ("/old.xml", "2026-10-01"))
    site.script |= {"/new.xml": urlset(2), "/old.xml": urlset(1)}
    known = FeedState(polled_well=True)
    assert found(poll(client, site, feed=known)) == ["2"]
    assert found(poll(client, site, feed=replace(known, failures=3))) == ["2", "1"]
    assert asked(site) == ["/index.xml", "/new.xml", "/index.xml", "/new.xml", "/old.xml"]


def test_an_index_that_has_not_changed_is_not_gone_into(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/a.xml", "2026-11-02"))
    site.script["/a.xml"] = urlset(1)
    reader = Reader(client, site.url("/index.xml"))
    reader.poll()
    reader.poll()
    assert asked(site) == ["/index.xml", "/a.xml", "/index.xml"]


def test_an_index_without_dates_is_gone_into_each_time(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/a.xml", ""))
    site.script["/a.xml"] = urlset(1)
    reader = Reader(client, site.url("/index.xml"))
    reader.poll()
    site.script["/a.xml"] = urlset(1, 2)
    reader.poll()
    assert found(reader.polled) == ["1", "2"]
    assert reader.feed.etag == ""
    assert reader.feed.body_hash is None


def test_a_sitemap_that_cannot_be_had_leaves_the_others_and_is_asked_for_again(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/gone.xml", "2026-11-02"), ("/a.xml", "2026-11-01"), ("/page.xml", "2026-10-31"))
    site.script |= {"/gone.xml": status("404 Not Found"), "/a.xml": urlset(1), "/page.xml": ok(b"<html><p>Oh")}
    polled = poll(client, site)
    assert found(polled) == ["1"]
    assert "/gone.xml: The server answered 404." in polled.poll.detail
    assert "/page.xml: The body is an HTML page, not a feed." in polled.poll.detail
    assert (polled.outcome.body_hash, polled.outcome.full) == (None, False)


@pytest.mark.parametrize("line", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_refusal_ends_the_whole_poll(client: Client, site: Site, line: str) -> None:
    site.script["/index.xml"] = index(site, ("/a.xml", "2026-11-02"), ("/b.xml", "2026-11-01"))
    site.script["/a.xml"] = status(line, "Retry-After: 600")
    with pytest.raises(Failure) as caught:
        poll(client, site)
    assert (caught.value.code, caught.value.retry_after_s) == (f"http_{line[:3]}", 600)
    assert asked(site) == ["/index.xml", "/a.xml"]


def test_sitemaps_are_read_at_the_pace_of_their_host(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/a.xml", "2026-11-02"), ("/b.xml", "2026-11-01"))
    site.script |= {"/a.xml": urlset(1), "/b.xml": urlset(2)}
    waits: list[float] = []
    began = time.monotonic()
    polled = poll(client, site, gap_s=7.0, pause=waits.append)
    assert len(waits) == 2
    assert all(5 < wait <= 7 for wait in waits)
    assert polled.answered_at > began


def test_no_sitemap_is_begun_that_could_outlast_the_lease(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/a.xml", "2026-11-02"))
    polled = poll(client, site, SETTINGS.model_copy(update={"dispatch": Dispatch(lease_fetch_s=20)}))
    assert asked(site) == ["/index.xml"]
    assert "1 more sitemaps of the index were not read." in polled.poll.detail
    assert polled.outcome.body_hash is None


def test_an_index_in_an_index_is_followed_and_a_circle_ends(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/inner.xml", "2026-11-02"))
    site.script["/inner.xml"] = index(site, ("/index.xml", "2026-11-02"), ("/inner.xml", "2026-11-02"), ("/a.xml", "2026-11-02"))
    site.script["/a.xml"] = urlset(1)
    assert found(poll(client, site)) == ["1"]
    assert len(asked(site)) <= 1 + SETTINGS.poll.max_sitemaps


def test_sitemaps_elsewhere_are_not_asked_for(client: Client, site: Site) -> None:
    listed = b"<sitemapindex><sitemap><loc>http://other.example/a.xml</loc></sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>"
    site.script["/index.xml"] = ok(listed)
    assert found(poll(client, site)) == []
    assert asked(site) == ["/index.xml"]


def test_a_first_poll_reads_what_a_later_one_would_leave_out(client: Client, site: Site) -> None:
    site.script["/index.xml"] = index(site, ("/old.xml", f"{NOW - timedelta(days=300):%Y-%m-%d}"))
    site.script["/old.xml"] = urlset(1)
    assert found(poll(client, site)) == ["1"]
