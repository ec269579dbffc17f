from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest

from pipeline.fetch.client import Client, Response
from pipeline.fetch.robots.robots_txt import MAX_BYTES, Robots, allowed, crawl_delay_s, refresh
from pipeline.normalise.urls import Url, parse
from pipeline.outcomes import Failure
from pipeline.settings import Fetch
from tests.fetch.conftest import LOOPBACK
from tests.fetch.resolver import resolving
from tests.fetch.server import Script, Site, answer, redirect, serving

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = b"User-agent: *\nDisallow: /private\nCrawl-delay: 400\n"
UA = LOOPBACK.user_agent


def asked(site: Site, client: Client, old: Robots | None = None, now: datetime = NOW) -> Robots:
    return refresh(client, parse(site.url("/story")), old, now, LOOPBACK)


def story(path: str = "/story") -> Url:
    return parse(f"http://e.com{path}")


def test_a_file_is_read_and_kept_for_a_day(client: Client) -> None:
    with serving({"/robots.txt": answer(RULES)}) as site:
        robots = asked(site, client)
    assert (robots.text, robots.fetched_at, robots.until, robots.reachable) == (RULES.decode(), NOW, NOW + DAY, True)
    assert allowed(robots, story(), UA)
    assert not allowed(robots, story("/private/1"), UA)
    assert allowed(robots, story("/robots.txt"), UA)


@pytest.mark.parametrize(
    ("control", "hours"),
    [
        ("max-age=7200", 2),
        ("public, MAX-AGE=7200", 2),
        ("max-age=60", 1),
        ("max-age=9999999", 24),
        ("no-store", 1),
        ("s-maxage=7200", 24),
        ("nonsense", 24),
    ],
)
def test_cache_control_is_honoured_between_an_hour_and_a_day(client: Client, control: str, hours: int) -> None:
    with serving({"/robots.txt": answer(RULES, "200 OK", f"Cache-Control: {control}")}) as site:
        assert asked(site, client).until == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("status", ["400 Bad", "401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone", "451 Law"])
def test_where_there_is_no_file_everything_is_allowed(client: Client, status: str) -> None:
    with serving({"/robots.txt": answer(RULES.replace(b"/private", b"/"), status)}) as site:
        robots = asked(site, client)
    assert robots.reachable
    assert allowed(robots, story(), UA)
    assert robots.until == NOW + DAY


def test_an_empty_file_allows_everything(client: Client) -> None:
    with serving({"/robots.txt": answer(b"")}) as site:
        robots = asked(site, client)
    assert robots.text
    assert allowed(robots, story(), UA)


UNREACHABLE: dict[str, Script] = {
    "http_429": answer(b"", "429 Slow Down"),
    "http_500": answer(b"", "500 Oh"),
    "http_503": answer(b"", "503 Unavailable"),
    "protocol_error": lambda conn: conn.close(),
    "truncated": lambda conn: conn.sendall(answer(RULES, length=1000)),
    "blocked_address": redirect("http://10.0.0.1/robots.txt"),
}


@pytest.mark.parametrize("code", UNREACHABLE)
def test_a_file_that_cannot_be_read_allows_nothing_and_says_why(client: Client, code: str) -> None:
    with serving({"/robots.txt": UNREACHABLE[code]}) as site:
        robots = asked(site, client)
    assert robots == Robots("", NOW, NOW + timedelta(minutes=5), failures=1, reachable=False, why=robots.why, scheme="http", code=code)
    assert robots.why.startswith(f"{code}: ")
    assert not allowed(robots, story(), UA)


def test_the_pause_doubles_and_the_return_of_a_host_is_seen_within_the_hour(client: Client) -> None:
    pauses = []
    robots: Robots | None = None
    with serving({"/robots.txt": answer(b"", "503 Unavailable")}) as site:
        for _ in range(12):
            robots = asked(site, client, robots)
            pauses.append((robots.until - NOW).total_seconds())
        site.script["/robots.txt"] = answer(RULES)
        robots = asked(site, client, robots)
    assert pauses[:4] == [300, 600, 1200, 2400]
    assert pauses[-1] == 3000
    assert (robots.failures, robots.reachable) == (0, True)


def test_retry_after_lengthens_the_pause(client: Client) -> None:
    with serving({"/robots.txt": answer(b"", "503 Unavailable", "Retry-After: 1000")}) as site:
        assert asked(site, client).until == NOW + timedelta(seconds=1000)


def test_an_older_copy_counts_while_the_file_is_unreachable(client: Client) -> None:
    old = Robots(RULES.decode(), NOW - 2 * DAY, NOW - DAY)
    with serving({"/robots.txt": answer(b"", "503 Unavailable")}) as site:
        robots = asked(site, client, old)
    assert (robots.text, robots.fetched_at, robots.reachable) == (old.text, old.fetched_at, False)
    assert allowed(robots, story(), UA)
    assert not allowed(robots, story("/private"), UA)


def test_unreachable_for_thirty_days_counts_as_absent(client: Client) -> None:
    old = Robots("", NOW - 31 * DAY, NOW, failures=40, reachable=False)
    with serving({"/robots.txt": answer(b"", "503 Unavailable")}) as site:
        robots = asked(site, client, old)
    assert robots.reachable
    assert allowed(robots, story(), UA)


def test_one_bad_moment_of_a_host_that_is_seldom_asked_is_not_thirty_days(client: Client) -> None:
    old = Robots("User-agent: *\nDisallow: /", NOW - 31 * DAY, NOW - 30 * DAY)
    with serving({"/robots.txt": answer(b"", "503 Unavailable")}) as site:
        robots = asked(site, client, old)
    assert not robots.reachable
    assert not allowed(robots, story(), UA)


def test_redirects_are_followed_five_times_and_more_count_as_absent(client: Client) -> None:
    script: dict[str, Script] = {f"/{n}": redirect(f"/{n + 1}") for n in range(1, 5)} | {"/5": answer(b"User-agent: *\nDisallow: /")}
    with serving(script | {"/robots.txt": redirect("/1")}) as site:
        assert not allowed(asked(site, client), story(), UA)
        site.script |= {"/5": redirect("/6")}
        assert allowed(asked(site, client), story(), UA)


def test_only_the_first_half_mebibyte_counts_and_no_half_line(client: Client) -> None:
    filler = b"# " + b"x" * 1021 + b"\n"
    start = filler * (MAX_BYTES // len(filler) - 1) + b"#" * 1000 + b"\n"
    cut = start + b"Disallow: /story\n" * 100
    with serving({"/robots.txt": answer(b"User-agent: *\n" + cut[: MAX_BYTES - 14 - 10] + b"\nDisallow: /story/only/this\n")}) as site:
        robots = asked(site, client)
    assert robots.text.endswith("\n")
    assert len(robots.text) <= MAX_BYTES
    assert "Disallow: /story/only" not in robots.text


@pytest.mark.parametrize(("most", "delay"), [(300.0, 300.0), (1000.0, 400.0)])
def test_a_crawl_delay_counts_up_to_the_setting(most: float, delay: float) -> None:
    robots = Robots(RULES.decode(), NOW, NOW)
    assert crawl_delay_s(robots, UA, Fetch(max_crawl_delay_s=most)) == delay


@pytest.mark.parametrize(
    ("asked", "read_at", "scheme"),
    [
        ("http://e.example/1", "http://e.example/robots.txt", "http"),
        ("http://e.example/1", "https://e.example/robots.txt", ""),
        ("https://e.example/1", "http://e.example/robots.txt", ""),
        ("http://e.example/1", "https://www.e.example/robots.txt", "http"),
        ("http://e.example/1", "https://e.example/other.txt", "http"),
    ],
)
def test_what_http_redirects_to_https_is_read_for_both(asked: str, read_at: str, scheme: str) -> None:
    client = Mock()
    client.get.return_value = Response(asked, read_at, 200, {}, b"User-agent: *\nDisallow: /x\n", (), 0.1, 0.0)
    assert refresh(client, parse(asked), None, NOW, LOOPBACK).scheme == scheme


def test_no_crawl_delay_is_none() -> None:
    assert crawl_delay_s(Robots("User-agent: *\nDisallow: /x", NOW, NOW), UA, LOOPBACK) is None


@pytest.mark.parametrize(
    ("url", "settings", "code"),
    [
        ("http://127.0.0.1/story", Fetch(), "blocked_address"),
        ("http://127.0.0.1:0/story", LOOPBACK, "blocked_port"),
        ("http://news.example/story", Fetch(), "no_contact"),
    ],
)
def test_a_host_that_is_refused_itself_fails_as_its_page_would(
    monkeypatch: pytest.MonkeyPatch, url: str, settings: Fetch, code: str
) -> None:
    resolving(monkeypatch, "93.184.215.14")
    with pytest.raises(Failure) as caught:
        refresh(Client(settings), parse(url), Robots(RULES.decode(), NOW - 2 * DAY, NOW - DAY), NOW, settings)
    assert (caught.value.code, caught.value.final_url, caught.value.hops) == (code, parse(url).text, ())
    assert code != "no_contact" or "fetch.contact" in caught.value.detail
