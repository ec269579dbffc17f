"""What a site asks for, and what follows for the time of the next poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.fetch.client import Client
from tests.feeds.reader import HOUR, NOW, SETTINGS, UNCHANGED, Reader, ok, rss, status
from tests.fetch.server import Site

ETAG = "ETag: x"
DATE = "Date: Mon, 02 Nov 2026 12:00:00 GMT"
DAY = 24 * HOUR


def answered(client: Client, site: Site, reply: bytes, interval_s: int = HOUR) -> Reader:
    """A feed that was read once, then left alone, and has just been answered so. Its own wait would be 5/4 of the interval after a 304."""
    reader = Reader(client, site.url("/f"), interval_s)
    site.script["/f"] = ok(b"", ETAG)
    reader.poll()
    reader.feed = replace(reader.feed, interval_s=interval_s)
    site.script["/f"] = reply
    reader.poll()
    return reader


@pytest.mark.parametrize("line", ["200 OK", "304 Not Modified", "404 Not Found", "403 Forbidden", "429 Slow down"])
def test_max_age_less_age_is_kept_on_every_answer_of_a_site_that_is_not_away(client: Client, site: Site, line: str) -> None:
    body = rss(9) if line.startswith("200") else b""
    reader = answered(client, site, status(line, ETAG, "Cache-Control: max-age=7200", "Age: 200", body=body))
    assert reader.wait_s == 7000
    assert reader.decision
    assert "the site asks for at least 117 min" in reader.decision.reason


def test_max_age_never_makes_a_feed_wait_longer_than_our_longest_interval(client: Client, site: Site) -> None:
    assert answered(client, site, status("304 x", "Cache-Control: max-age=31536000")).wait_s == SETTINGS.poll.max_interval_s == DAY


@pytest.mark.parametrize(
    "control", ["max-age=60", "no-cache", "no-store", "max-age=0", "no-cache, max-age=86400", "max-age=86400, no-store"]
)
def test_what_asks_for_less_than_our_interval_changes_nothing(client: Client, site: Site, control: str) -> None:
    reader = answered(client, site, ok(rss(9), ETAG, f"Cache-Control: {control}"))
    assert reader.wait_s == HOUR / 2
    reader.poll()
    assert site.requests[-1][1]["if-none-match"] == "x", "still conditional"


def test_expires_counts_from_the_servers_own_date(client: Client, site: Site) -> None:
    expires = "Expires: Mon, 02 Nov 2026 15:00:00 GMT"
    assert answered(client, site, status("304 x", DATE, expires)).wait_s == 3 * HOUR
    slow_clock = ("Date: Mon, 02 Nov 2020 12:00:00 GMT", "Expires: Mon, 02 Nov 2020 15:00:00 GMT")
    assert answered(client, site, status("304 x", *slow_clock)).wait_s == 3 * HOUR


def test_max_age_goes_before_expires(client: Client, site: Site) -> None:
    reply = status("304 x", DATE, "Expires: Tue, 03 Nov 2026 11:00:00 GMT", "Cache-Control: max-age=7200")
    assert answered(client, site, reply).wait_s == 7200


@pytest.mark.parametrize("expires", ["0", "-1", "soon", "Thu, 01 Jan 1970 00:00:00 GMT", ""])
def test_expires_that_is_no_date_is_past_and_validators_still_count(client: Client, site: Site, expires: str) -> None:
    reader = answered(client, site, ok(rss(9), DATE, f"Expires: {expires}", "ETag: new"))
    assert reader.wait_s == HOUR / 2
    assert reader.feed.etag == "new"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (['Cache-Control: max-age="7200"'], 7200),
        (["Cache-Control: max-age=7200.5"], 7200),
        (["Cache-Control: MAX-AGE=7200"], 7200),
        (["CACHE-CONTROL: public", "cache-control: max-age=7200"], 7200),
        ([f"Cache-Control: max-age={2**31 + 1}"], DAY),
        (["Cache-Control: max-age=" + "9" * 400], DAY),
        (["Cache-Control: max-age=-1"], HOUR * 5 / 4),
        (["Cache-Control: max-age="], HOUR * 5 / 4),
        (["Cache-Control: ,;=\x80,max-age"], HOUR * 5 / 4),
    ],
)
def test_cache_control_is_read_as_it_is_written(client: Client, site: Site, headers: list[str], seconds: float) -> None:
    assert answered(client, site, status("304 x", *headers)).wait_s == seconds


def test_a_429_without_a_time_waits_an_hour_at_least_then_doubles_and_is_spread(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"), interval_s=600)
    site.script["/f"] = status("429 Slow down")
    waits = []
    for _ in range(4):
        reader.poll()
        waits.append(reader.wait_s)
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    reader.feed = Reader(client, site.url("/f"), interval_s=600).feed
    reader.poll(rand=0.5)
    assert reader.wait_s == HOUR * (1 + SETTINGS.poll.jitter / 2)


@pytest.mark.parametrize("code", ["429 Slow down", "503 Later"])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Sun, 01 Nov 2020 12:00:00 GMT", HOUR),  # past
        ("-3600", HOUR),
        ("a while", HOUR),
        ("", HOUR),
        ("1e9", HOUR),
        ("315360000", 31 * DAY),  # ten years
        ("9" * 400, 31 * DAY),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 31 * DAY),
    ],
)
def test_a_retry_after_that_cannot_be_meant_is_ignored_or_capped(client: Client, site: Site, code: str, value: str, seconds: float) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = status(code, f"Retry-After: {value}")
    reader.poll()
    assert reader.wait_s == (SETTINGS.poll.max_outage_s if seconds == HOUR and code.startswith("503") else seconds)


@pytest.mark.parametrize(("ttl", "seconds"), [("180", 3 * HOUR), ("x", HOUR / 2), ("-5", HOUR / 2), ("", HOUR / 2), ("999999", DAY)])
def test_ttl_is_minutes_and_nonsense_is_ignored(client: Client, site: Site, ttl: str, seconds: float) -> None:
    reader = answered(client, site, ok(rss(9, channel=f"<ttl>{ttl}</ttl>"), ETAG))
    assert reader.wait_s == seconds


def test_ttl_holds_while_304s_repeat_it_silently_and_until_a_document_leaves_it_out(client: Client, site: Site) -> None:
    reader = answered(client, site, ok(rss(9, channel="<ttl>180</ttl>"), ETAG))
    site.script["/f"] = UNCHANGED
    reader.poll()
    assert reader.wait_s == 3 * HOUR
    site.script["/f"] = ok(rss(10), ETAG)
    reader.poll()
    assert reader.wait_s < HOUR


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("<sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),  # the period is daily where it is not named
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0.25</sy:updateFrequency>", 4 * HOUR),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0.1</sy:updateFrequency>", DAY),  # clamped
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", DAY),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>9999</sy:updateFrequency>", HOUR / 2),
        ("<sy:updatePeriod>dayly</sy:updatePeriod>", HOUR / 2),
        ("<sy:updatePeriod>always</sy:updatePeriod>", HOUR / 2),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", HOUR / 2),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>-2</sy:updateFrequency>", HOUR / 2),
    ],
)
def test_the_update_period_is_a_floor_and_nonsense_is_ignored(client: Client, site: Site, said: str, seconds: float) -> None:
    assert answered(client, site, ok(rss(9, channel=said), ETAG)).wait_s == seconds


def hours(*numbers: int) -> str:
    return "<skipHours>" + "".join(f"<hour>{n}</hour>" for n in numbers) + "</skipHours>"


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (hours(12, 13, 14), timedelta(hours=3)),
        (hours(*range(12, 25)), timedelta(hours=13)),  # 24 is midnight, so the first hour that is left is one o'clock
        (hours(*range(24)), timedelta(minutes=30)),  # all of them are a mistake
        ("<skipDays><day>Monday</day><day>Tuesday</day></skipDays>", timedelta(hours=36)),
        ("<skipDays><day>Monday</day></skipDays>" + hours(0, 1), timedelta(hours=14)),
        ("<skipDays>" + "".join(f"<day>{d}day</day>" for d in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")) + "</skipDays>",
         timedelta(minutes=30)),
        ("<skipHours><hour>noon</hour></skipHours>", timedelta(minutes=30)),
    ],
)  # fmt: skip
def test_the_poll_moves_out_of_the_hours_and_days_that_are_left_out(client: Client, site: Site, said: str, due: timedelta) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(rss(9, channel=said), ETAG)
    reader.poll()
    assert reader.now - NOW == due
    reader.now = NOW
    reader.poll(rand=0.9)
    assert reader.now - NOW >= due


@pytest.mark.parametrize("reply", [ok(rss(9), ETAG), UNCHANGED, status("503 x"), status("429 x", "Retry-After: 7200")])
def test_chance_only_lengthens(client: Client, site: Site, reply: bytes) -> None:
    waits = []
    for rand in (0.0, 0.3, 0.99):
        reader = Reader(client, site.url("/f"))
        site.script["/f"] = ok(b"", ETAG)
        reader.poll()
        site.script["/f"] = reply
        reader.poll(rand)
        assert reader.feed.interval_s
        assert reader.wait_s >= reader.feed.interval_s
        waits.append(reader.wait_s)
    assert waits[0] < waits[1] < waits[2]


def test_a_feed_with_nothing_new_is_asked_less_often_and_one_with_all_new_more_often(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    waits = []
    for n in range(12):
        site.script["/f"] = ok(rss(2 * n, 2 * n + 1), ETAG)
        reader.poll()
        waits.append(reader.wait_s)
    assert waits == sorted(waits, reverse=True)
    assert waits[-1] == SETTINGS.poll.min_interval_s
    waits = []
    for _ in range(40):
        reader.poll()
        waits.append(reader.wait_s)
    assert waits == sorted(waits)
    assert waits[-1] == SETTINGS.poll.max_interval_s
