"""What robots.txt means for the links of a host."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.fetch.client import Client
from pipeline.fetch.robots.robots_txt import MAX_BYTES, MAX_SIGNALS, MAX_SITEMAPS, Robots, allowed, crawl_delay_s, refresh
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.steps import robots_check
from tests.fetch.authority import Authority, speaking_tls
from tests.fetch.conftest import LOOPBACK
from tests.fetch.resolver import resolving
from tests.fetch.server import Script, Site, answer, redirect, serving

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SHUT = b"User-agent: *\nDisallow: /\n"
OPEN = b"User-agent: *\nDisallow:\n"


def asked(client: Client, url: str) -> Robots:
    return refresh(client, parse(url), None, NOW, LOOPBACK)


def may(robots: Robots, path: str = "/story") -> bool:
    return allowed(robots, parse(f"http://e.com{path}"), LOOPBACK.user_agent)


def read(client: Client, body: bytes, *headers: str) -> Robots:
    with serving({"/robots.txt": answer(body, "200 OK", *headers)}) as site:
        return asked(client, site.url("/story"))


def test_each_port_has_rules_of_its_own(client: Client) -> None:
    with serving({"/robots.txt": answer(SHUT)}) as shut, serving({"/robots.txt": answer(OPEN)}) as free:
        assert not may(asked(client, shut.url("/a/story?x=1")))
        assert may(asked(client, free.url("/story")))
    assert shut.paths() == free.paths() == ["/robots.txt"]


def test_each_scheme_has_rules_of_its_own(client: Client, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.fetch.connect.DEFAULT_CA_BUNDLE_PATH", authority.bundle)
    resolving(monkeypatch, "127.0.0.1")
    script: dict[str, Script] = {"/robots.txt": answer(SHUT)}
    with serving(script, wrap=speaking_tls(authority.certificate("news.example"))) as site:
        robots = asked(Client(LOOPBACK), f"https://news.example:{site.port}/story")
    assert (robots.reachable, may(robots), site.paths()) == (True, False, ["/robots.txt"])


@contextlib.contextmanager
def bouncing(hops: int, status: str) -> Iterator[tuple[Site, Site]]:
    """Two hosts that send a request for robots.txt to and fro so many times, and then give rules."""
    with serving({}) as first, serving({}) as second:
        sites, path = (first, second), "/robots.txt"
        for n in range(hops):
            sites[n % 2].script[path] = redirect(sites[(n + 1) % 2].url(f"/{n + 1}"), status=status)
            path = f"/{n + 1}"
        sites[hops % 2].script[path] = answer(SHUT + b"Sitemap: /news.xml\n")
        yield first, second


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_rules_behind_redirects_to_other_hosts_count_for_the_first(client: Client, status: str) -> None:
    with bouncing(5, status) as (first, second):
        robots = asked(client, first.url("/story"))
        assert (robots.reachable, may(robots)) == (True, False)
        assert len(first.requests) + len(second.requests) == 6
        assert robots.sitemaps == (second.url("/news.xml"),)


def test_more_than_five_hops_over_other_hosts_count_as_absent(client: Client) -> None:
    with bouncing(6, "302 Found") as (first, second):
        robots = asked(client, first.url("/story"))
        assert (robots.reachable, may(robots)) == (True, True)
        assert len(first.requests) + len(second.requests) == 6


def test_a_redirect_to_an_address_that_is_refused_allows_nothing(client: Client, dialled: list[str]) -> None:
    with serving({"/robots.txt": redirect("http://169.254.169.254/robots.txt")}) as site:
        robots = asked(client, site.url("/story"))
    assert (robots.reachable, may(robots), robots.why[:16]) == (False, False, "blocked_address:")
    assert set(dialled) == {"127.0.0.1"}


def test_a_name_that_is_not_found_allows_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch)
    robots = asked(client, "http://news.example/story")
    assert (robots.why[:4], may(robots), robots.until) == ("dns:", False, NOW + timedelta(minutes=5))


def test_a_certificate_that_nobody_trusts_allows_nothing(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.1")
    with serving({"/robots.txt": answer(OPEN)}, wrap=speaking_tls(authority.certificate("news.example", signed=False))) as site:
        robots = asked(Client(LOOPBACK), f"https://news.example:{site.port}/story")
    assert (robots.why[:4], may(robots), robots.until) == ("tls:", False, NOW + timedelta(minutes=5))
    assert not site.requests


def test_a_server_that_does_not_answer_in_time_allows_nothing() -> None:
    hasty = Client(LOOPBACK.model_copy(update={"deadline_s": 0.3}))
    with serving({"/robots.txt": lambda conn: time.sleep(1)}) as site:
        robots = asked(hasty, site.url("/story"))
    assert (robots.why[:8], may(robots), robots.until) == ("timeout:", False, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("status", "body", "may_fetch"),
    [
        pytest.param("404 Not Found", SHUT, True, id="the body of a 404 is no robots.txt"),
        pytest.param("403 Forbidden", SHUT, True, id="the body of a 403 is no robots.txt"),
        pytest.param("500 Oh", OPEN, False, id="the body of a 500 is no robots.txt"),
        pytest.param("503 Unavailable", b"", False, id="an error allows nothing"),
    ],
)
def test_the_body_of_an_error_is_not_read(client: Client, status: str, body: bytes, may_fetch: bool) -> None:
    with serving({"/robots.txt": answer(body, status)}) as site:
        assert may(asked(client, site.url("/story"))) is may_fetch


def test_a_file_of_600_kib_is_no_error_and_its_rules_end_at_512(client: Client) -> None:
    line = b"Disallow: /early/%06d\n"
    early = b"User-agent: *\n" + b"".join(line % n for n in range(MAX_BYTES // len(line % 0)))
    robots = read(client, early + b"Disallow: /late\n" * 6000)
    assert (robots.reachable, robots.notes) == (True, "")
    assert not may(robots, "/early/000000")
    assert may(robots, "/late")


@pytest.mark.parametrize(
    ("body", "content_type", "may_fetch", "notes"),
    [
        pytest.param(b"<html><p>Not here</p>", "text/html", True, ("served as HTML", "Nothing"), id="an error page"),
        pytest.param(b"<html><p>Not here</p>", "text/plain", True, ("Nothing",), id="an error page that is called text"),
        pytest.param(SHUT, "text/html; charset=utf-8", False, ("served as HTML",), id="rules that are called HTML"),
        pytest.param(b"<pre>\n" + SHUT + b"</pre>", "text/html", False, ("served as HTML",), id="rules within HTML"),
        pytest.param(b"\x00\x01\x02", "application/octet-stream", True, ("Nothing",), id="rubbish"),
        pytest.param(SHUT, "text/plain", False, (), id="nothing is odd"),
        pytest.param(b"# nothing yet\n", "text/plain", True, (), id="a comment only"),
        pytest.param(b"", "text/plain", True, (), id="an empty file"),
        pytest.param(b"Sitemap: https://e.com/s.xml", "", True, (), id="a sitemap only"),
    ],
)
def test_a_file_that_is_no_robots_txt_is_noted(
    client: Client, body: bytes, content_type: str, may_fetch: bool, notes: tuple[str, ...]
) -> None:
    robots = read(client, body, f"Content-Type: {content_type}")
    assert may(robots) is may_fetch
    assert robots.notes.count(".") == len(notes)
    assert all(note in robots.notes for note in notes)


@pytest.mark.parametrize(
    "body", [b"\xff\xfeU\x00s", b"\xff\xfe\x00", b"\xfe\xff\xd8", b"\xef", b"\xef\xbb\xbf", b"\x80" * 99, b":\n::\n#:"]
)
def test_whatever_the_bytes_are_nothing_is_raised(client: Client, body: bytes) -> None:
    robots = read(client, body)
    assert robots.reachable
    assert may(robots)
    assert "\0" not in robots.text


def test_robots_txt_itself_may_be_fetched_whatever_it_says() -> None:
    assert may(Robots(SHUT.decode(), NOW, NOW), "/robots.txt")


def test_sitemaps_are_collected_wherever_they_stand_and_part_no_group(client: Client) -> None:
    body = b"""\xef\xbb\xbfSitemap: https://cdn.example/first.xml
User-agent: x
SITEMAP: /relative.xml # the news
User-agent: *
Site-map: news/second.xml
sitemap: https://cdn.example/first.xml
Sitemap:
Sitemap: file:///etc/passwd
Sitemap: http://[::1
Sitemap: http://exa mple/
Disallow: /story
Sitemap: https://user:secret@cdn.example/last.xml"""
    with serving({"/robots.txt": answer(body)}) as site:
        robots = asked(client, site.url("/a/b/story"))
        own = (site.url("/relative.xml"), site.url("/news/second.xml"))
    assert robots.sitemaps == ("https://cdn.example/first.xml", *own, "https://cdn.example/last.xml")
    assert not may(robots)


def test_a_hundred_sitemaps_are_enough(client: Client) -> None:
    robots = read(client, b"".join(b"Sitemap: /%d.xml\n" % n for n in range(5000)))
    assert len(robots.sitemaps) == MAX_SITEMAPS == 100
    assert robots.sitemaps[-1].endswith("/99.xml")


@pytest.mark.parametrize(
    ("value", "delay", "note"),
    [
        pytest.param("10", 10.0, "", id="10"),
        pytest.param("0.5", 0.5, "", id="0.5"),
        pytest.param("inf", None, "", id="inf"),
        pytest.param("-5", None, "", id="-5"),
        pytest.param("abc", None, "", id="abc"),
        pytest.param("300", 300.0, "", id="300"),
        pytest.param("86400", 300.0, "Its Crawl-delay of 86400 s counts as 300 s.", id="86400"),
    ],
)
def test_the_crawl_delay_of_a_host(client: Client, value: str, delay: float | None, note: str) -> None:
    robots = read(client, f"User-agent: *\nCrawl-delay: {value}\nDisallow: /x\n".encode())
    assert crawl_delay_s(robots, LOOPBACK.user_agent, LOOPBACK) == delay
    assert robots.notes == note
    assert may(robots), "a slow host is not dropped"


def test_only_a_delay_that_is_meant_for_us_is_noted(client: Client) -> None:
    assert read(client, b"User-agent: otherbot\nCrawl-delay: 86400\n\nUser-agent: *\nCrawl-delay: 5\n").notes == ""


def test_a_disallowed_url_is_refused_without_a_request(client: Client) -> None:
    with serving({"/robots.txt": answer(SHUT)}) as site:
        settings = Settings(fetch=LOOPBACK)
        robots = robots_check.read_robots(client, site.url("/story"), None, NOW, settings)
        with pytest.raises(Failure) as caught:
            robots_check.heed(robots, site.url("/story"), NOW, settings)
    assert caught.value.code == "robots_disallowed"
    assert site.paths() == ["/robots.txt"]


def test_what_lines_say_of_the_use_of_content_is_kept_as_written(client: Client) -> None:
    body = b"""License: https://e.com/rsl.xml
User-agent: *
Content-Signal: search=yes, ai-train=no # since May
content-usage: /news/ train-ai=n
Host: e.com
Content-Signal:
Disallow: /story
"""
    robots = read(client, body)
    assert robots.signals == (
        ("License", "https://e.com/rsl.xml"),
        ("Content-Signal", "search=yes, ai-train=no"),
        ("content-usage", "/news/ train-ai=n"),
    )
    assert not may(robots), "the lines part no group"


def test_fifty_of_these_lines_are_enough_and_none_is_endless(client: Client) -> None:
    signals = read(client, b"License: " + b"x" * 100_000 + b"\nLicense: y" * 1000).signals
    assert len(signals) == MAX_SIGNALS == 50
    assert max(len(value) for _, value in signals) == 2000


def test_what_is_reserved_refuses_no_fetch(client: Client) -> None:
    assert may(read(client, b"User-agent: *\nContent-Signal: search=no, ai-input=no, ai-train=no\nLicense: https://e.com/rsl.xml\n"))
