"""feeds test: a dry run of one feed, without a stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Newsmill
from tests.feeds.reader import ok, rss
from tests.fetch.server import Site, answer, redirect, serving

DATED = "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving({}) as running:
        yield running


@pytest.fixture
def dry(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> Newsmill:
    """The command where no database is, nor is one started."""
    monkeypatch.setenv("NEWSMILL_FETCH__ALLOW_NETWORKS", '["127.0.0.0/8"]')
    return lambda *arguments, **more: newsmill("feeds", "test", *arguments, **more)


def test_a_dry_run_asks_once_and_says_what_would_come_of_it(dry: Newsmill, site: Site) -> None:
    site.script["/f"] = ok(rss(1, 2, item=DATED), "ETag: x", "Cache-Control: max-age=7200")
    said = dry(site.url("/f"), "exclude=/2$")
    assert (said.code, said.err, site.paths()) == (0, "", ["/f"])
    for line in (
        "entries:    2: 1 article would be ingested, 1 excluded by the settings",
        "validators: ETag",
        "next poll:  in 2 h (every 30 min: 2 of 2 entries were new; the site asks for at least 2 h)",
    ):
        assert line in said.lines
    assert any("ingested" in line and "http://news.example/1" in line and "2026-11-02 10:00:00 UTC" in line for line in said.lines)
    assert any("the feed's settings exclude /2$" in line for line in said.lines)


def test_as_json_it_is_one_object(dry: Newsmill, site: Site) -> None:
    site.script["/f"] = ok(rss(1, 2, item=DATED))
    (found,) = dry(site.url("/f"), "--json").objects
    assert (found["status"], found["code"], found["kind"], found["title"]) == (200, "", "rss", "News")
    assert [(one["url"], one["guid"], one["excluded"]) for one in found["entries"]] == [
        ("http://news.example/1", "id-1", ""),
        ("http://news.example/2", "id-2", ""),
    ]
    assert found["entries"][0]["published"] == "2026-11-02T10:00:00Z"
    assert (found["next_poll_in_s"], found["state"]) == (86400, "active")
    assert "sends no validators" in found["next_poll_why"]


def test_it_says_which_entries_are_on_sites_that_the_feed_does_not_speak_for(dry: Newsmill, site: Site) -> None:
    site.script["/f"] = ok(rss(1, 2))
    assert any(line.startswith("elsewhere:  2 articles on sites that this feed does not speak for") for line in dry(site.url("/f")).lines)
    assert not any(line.startswith("elsewhere:") for line in dry(site.url("/f"), "trusted=true").lines)
    (found,) = dry(site.url("/f"), "--json").objects
    assert [one["trusted"] for one in found["entries"]] == [False, False]


def test_settings_are_tried_too(dry: Newsmill, site: Site) -> None:
    site.script["/f"] = ok(rss(1))
    (found,) = dry(site.url("/f"), "--json", "min_interval=2h", "user_agent=reader/1", "header=X-Key: k").objects
    assert found["next_poll_in_s"] == 7200
    assert site.requests[0][1]["user-agent"] == "reader/1"
    assert site.requests[0][1]["x-key"] == "k"
    assert dry(site.url("/f"), "min_interval=1s").code == 2
    assert dry(site.url("/f"), "nonsense").code == 2
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("script", "code", "words", "follows"),
    [
        (answer(b"", "404 Not Found"), "http_404", "answered 404", "again in 30 min"),
        (answer(b"", "410 Gone"), "feed_gone", "gone for good", "stopped: the site says that the feed is gone for good"),
        (answer(b"", "429 Slow", "Retry-After: 7200"), "http_429", "answered 429", "the site asks for at least 2 h"),
        (ok(b"<html><link rel=alternate type=application/rss+xml href=/real><p>Hi"), "not_a_feed", "/real", "again in 30 min"),
        (redirect("http://10.0.0.1/f"), "blocked_address", "not public", "again in 30 min"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_follow(
    dry: Newsmill, site: Site, script: bytes, code: str, words: str, follows: str
) -> None:
    site.script["/f"] = script
    said = dry(site.url("/f"))
    assert said.code == 1
    assert said.err.startswith(f"{code}: ")
    assert words in said.err
    assert follows in said.out
    again = dry(site.url("/f"), "--json")
    assert (again.code, again.objects[0]["code"], again.objects[0]["entries"]) == (1, code, [])


def test_what_is_no_address_is_refused(dry: Newsmill) -> None:
    said = dry("ftp://a.example/f")
    assert (said.code, said.out) == (1, "")
    assert "only http and https are fetched" in said.err


def test_repairs_and_a_lasting_move_are_told(dry: Newsmill, site: Site) -> None:
    broken = rss(1).replace(b"Story 1", b"Fish & chips") + b"<!-- late -->trailing"
    site.script |= {"/f": redirect("/g", status="301 Moved Permanently"), "/g": ok(broken)}
    said = dry(site.url("/f"))
    assert said.code == 0
    assert f"moved permanently to: {site.url('/g')}" in said.out
    assert "problems:" in said.out
