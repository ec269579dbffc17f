"""Redirects and failures of a poll that need no database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.feeds.options import Options
from pipeline.fetch.client import Client
from tests.feeds.reader import HOUR, SETTINGS, UNCHANGED, Reader, ok, rss, status
from tests.fetch.server import Site, redirect, serving

ETAG = "ETag: x"
POLL = SETTINGS.poll


def permanent(to: str) -> bytes:
    return redirect(to, status="301 Moved Permanently")


def polls(reader: Reader, count: int, days: float) -> list[str]:
    """So many polls over so many days; what each of them adopts."""
    adopted = []
    for _ in range(count):
        decision = reader.poll()
        adopted.append(decision.adopt)
        reader.now = reader.polled_at + timedelta(days=days / (count - 1))
    return adopted


@pytest.mark.parametrize("line", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_a_permanent_redirect_is_adopted_after_enough_sightings_over_enough_days(client: Client, site: Site, line: str) -> None:
    site.script |= {"/f": redirect("/new", status=line), "/new": ok(b"", ETAG)}
    reader = Reader(client, site.url("/f"))
    assert polls(reader, POLL.move_sightings, POLL.move_s / 86400) == [""] * (POLL.move_sightings - 1) + [site.url("/new")]
    reader.poll()
    assert site.paths()[-2:] == ["/new", "/new"], "the old address is asked no more"


@pytest.mark.parametrize(("count", "days"), [(2, 8), (30, 6.9)], ids=["too few", "too soon"])
def test_few_or_hasty_sightings_change_nothing(client: Client, site: Site, count: int, days: float) -> None:
    site.script |= {"/f": permanent("/new"), "/new": ok(b"", ETAG)}
    assert polls(Reader(client, site.url("/f")), count, days) == [""] * count


def test_another_target_or_none_begins_anew(client: Client, site: Site) -> None:
    site.script |= {"/f": permanent("/new"), "/new": ok(b"", ETAG), "/other": ok(b"", ETAG)}
    reader = Reader(client, site.url("/f"))
    polls(reader, 2, 20)
    site.script["/f"] = permanent("/other")
    assert polls(reader, 2, 20) == ["", ""]
    site.script["/f"] = ok(b"", ETAG)
    polls(reader, 2, 2)
    assert reader.feed.move is None


@pytest.mark.parametrize("line", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_a_temporary_redirect_is_followed_and_never_stored(client: Client, site: Site, line: str) -> None:
    site.script |= {"/f": redirect("/new", status=line), "/new": ok(b"", ETAG)}
    reader = Reader(client, site.url("/f"))
    assert polls(reader, 20, 60) == [""] * 20
    assert (reader.code, reader.feed.move) == ("", None)


@pytest.mark.parametrize("first", [True, False])
def test_one_temporary_hop_makes_the_whole_chain_temporary(client: Client, site: Site, first: bool) -> None:
    hops = ["302 Found", "301 Moved Permanently"] if first else ["301 Moved Permanently", "302 Found"]
    site.script |= {"/f": redirect("/hop", status=hops[0]), "/hop": redirect("/new", status=hops[1]), "/new": ok(b"", ETAG)}
    assert polls(Reader(client, site.url("/f")), 20, 60) == [""] * 20


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (ok(b"<!doctype html><html><body>Welcome</body></html>"), "not_a_feed"),
        (status("404 Not Found"), "http_404"),
        (status("500 Oops"), "http_500"),
        (permanent("http://10.0.0.1/feed"), "blocked_address"),
        (permanent("http://169.254.169.254/feed"), "blocked_address"),
    ],
)
def test_a_redirect_to_what_is_no_feed_is_not_adopted(client: Client, site: Site, target: bytes, code: str) -> None:
    site.script |= {"/f": permanent("/new"), "/new": target}
    reader = Reader(client, site.url("/f"))
    assert polls(reader, 20, 60) == [""] * 20
    assert (reader.code, reader.feed.move, reader.feed.state) == (code, None, "active")


def test_a_loop_is_one_error_and_no_storm(client: Client, site: Site) -> None:
    site.script |= {"/f": permanent("/g"), "/g": permanent("/f")}
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert (reader.code, len(site.requests)) == ("too_many_redirects", 2)
    assert reader.wait_s >= HOUR


def test_more_than_five_hops_are_one_error(client: Client, site: Site) -> None:
    site.script |= {f"/{n}": redirect(f"/{n + 1}") for n in range(20)} | {"/5": ok(), "/25": ok()}
    reader = Reader(client, site.url("/0"))
    reader.poll()
    assert (reader.code, len(site.requests)) == ("", 6), "five are followed"
    site.script["/5"] = redirect("/6")
    site.requests.clear()
    reader.poll()
    assert (reader.code, len(site.requests), reader.feed.failures) == ("too_many_redirects", 6, 1)


def test_headers_of_the_feeds_own_go_to_its_origin_alone(client: Client, site: Site) -> None:
    with serving({"/new": ok()}) as other:
        site.script["/f"] = redirect(other.url("/new"))
        reader = Reader(client, site.url("/f"), options=Options(headers=(("Authorization", "Bearer s3cret"), ("Cookie", "a=b"))))
        reader.poll()
    assert reader.code == ""
    ((_, asked),) = site.requests
    assert (asked["authorization"], asked["cookie"]) == ("Bearer s3cret", "a=b")
    ((_, forwarded),) = other.requests
    assert forwarded.keys().isdisjoint({"authorization", "cookie"})


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/feed", "gopher://127.0.0.1/"])
def test_other_schemes_are_refused(client: Client, site: Site, to: str) -> None:
    site.script["/f"] = permanent(to)
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert reader.code == "blocked_scheme"


@pytest.mark.parametrize(
    ("line", "most_s"), [("404 Not Found", POLL.max_failing_s), ("500 Oops", POLL.max_outage_s), ("503 Later", POLL.max_outage_s)]
)
def test_a_soft_failure_is_asked_again_ever_more_seldom_and_revives_by_itself(client: Client, site: Site, line: str, most_s: float) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = status(line)
    waits = []
    for _ in range(20):
        reader.poll()
        waits.append(reader.wait_s)
    assert waits == sorted(waits)
    assert HOUR / 2 <= waits[0] <= waits[-1] == most_s <= 30 * 86400
    assert reader.feed.state == "active"
    site.script["/f"] = ok(b"", ETAG)
    reader.poll()
    assert (reader.code, reader.feed.failures) == ("", 0)


def test_what_passes_by_itself_is_asked_for_sooner_than_a_refusal(client: Client, site: Site) -> None:
    def waited(line: str) -> float:
        site.script["/f"] = status(line)
        reader = Reader(client, site.url("/f"))
        for _ in range(5):
            reader.poll()
        return reader.wait_s

    assert waited("502 Bad gateway") < waited("404 Not Found") < waited("403 Forbidden") == waited("401 Who are you")


@pytest.mark.parametrize(
    ("line", "headers", "code"),
    [
        ("401 Unauthorized", [], "http_401"),
        ("403 Forbidden", [], "http_403"),
        ("403 Forbidden", ["cf-mitigated: challenge"], "challenge"),
        ("503 Later", ["CF-Mitigated: challenge"], "challenge"),
        ("200 OK", ["cf-mitigated: challenge"], "challenge"),
    ],
)
def test_refusals_are_told_apart_and_back_off(client: Client, site: Site, line: str, headers: list[str], code: str) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = status(line, *headers, body=b"<html>Just a moment</html>")
    reader.poll()
    first = reader.wait_s
    reader.poll()
    assert (reader.code, reader.wait_s, reader.feed.state) == (code, 2 * first, "active")


def test_a_page_instead_of_a_feed_is_an_error_that_names_the_feeds_it_announces(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", ETAG)
    reader.poll()
    page = b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/rss/all"></head><body>News</body></html>'
    site.script["/f"] = status("200 OK", "Content-Type: text/html", body=page)
    reader.poll()
    assert reader.polled
    assert (reader.code, reader.polled.listed) == ("not_a_feed", [])
    assert f"It names these feeds: {site.url('/rss/all')}" in reader.polled.poll.detail
    assert (reader.feed.etag, reader.feed.state) == ("x", "active"), "nothing is forgotten"


def test_an_empty_body_is_an_error(client: Client, site: Site) -> None:
    site.script["/f"] = status("200 OK", "Content-Type: application/rss+xml", ETAG)
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert (reader.code, reader.feed.failures, reader.feed.etag) == ("not_a_feed", 1, "")


def test_a_feed_without_items_is_none(client: Client, site: Site) -> None:
    site.script["/f"] = ok(rss(), ETAG)
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert (reader.code, reader.feed.failures, reader.feed.etag) == ("", 0, "x")
    assert reader.decision
    assert "the feed is empty" in reader.decision.reason


@pytest.mark.parametrize("again", [ok(rss(9), ETAG), UNCHANGED])
def test_a_success_after_failures_takes_up_the_habit_again(client: Client, site: Site, again: bytes) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", ETAG)
    reader.poll()
    habit = reader.feed.interval_s
    assert habit
    site.script["/f"] = status("404 Not Found")
    for _ in range(6):
        reader.poll()
    assert reader.wait_s > 4 * habit
    site.script["/f"] = again
    reader.poll()
    assert reader.feed.failures == 0
    assert reader.wait_s == habit * (1.25 if again is UNCHANGED else 0.5)


def test_an_announced_end_is_noted_and_changes_no_poll(client: Client, site: Site) -> None:
    plain, ending = Reader(client, site.url("/f")), Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", ETAG)
    plain.poll()
    site.script["/f"] = ok(b"", ETAG, "Sunset: Sat, 31 Oct 2026 23:59:59 GMT")
    ending.poll()
    assert ending.feed.sunset_at
    assert f"{ending.feed.sunset_at:%Y-%m-%d}" == "2026-10-31"
    assert (ending.wait_s, ending.feed.state, ending.decision and ending.decision.reason) == (
        plain.wait_s,
        "active",
        plain.decision and plain.decision.reason,
    )
