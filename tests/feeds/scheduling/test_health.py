"""How a feed does: against its own habit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.feeds.scheduling.health import FeedRecord, health, silent

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()


def days(*counts: int) -> dict:
    """Entries by day, today first."""
    return {TODAY - timedelta(days=back): count for back, count in enumerate(counts)}


def pulse(state="active", failures=0, counts=(), **more):
    told = {"code": "", "detail": "", "why": "every 1 h", "created_at": NOW, "last_polled_at": NOW, "last_ok_at": NOW}
    return FeedRecord(state=state, failures=failures, days=days(*counts), **(told | more))


@pytest.mark.parametrize(
    ("counts", "span", "entries", "less"),
    [
        ([0, 0] + [10] * 28, 1, 0, 1.0),
        ([0, 0, 0, 0] + [10] * 28, 3, 0, 1.0),
        ([0, 2] + [20] * 28, 1, 2, 0.9),
        ([0] * 8 + [2] * 28, 7, 0, 1.0),
        ([0] * 15 + [1, 0] * 14, 14, 0, 1.0),
    ],
)
def test_a_feed_that_was_never_so_silent_is_quiet_and_by_how_much(counts, span, entries, less):
    found = silent(days(*counts), NOW)
    assert found
    assert (found.days, found.entries, round(found.less, 2)) == (span, entries, less)


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [0, 0, 5, 5],
        [5] * 30,
        [3, 4, 6, 5] * 8,
        [0] + [10] * 28,  # the day is young
        [0, 0] + [1] * 28,  # one entry a day: a day without may be chance
        [1] + [0] * 13 + [1] * 14,  # it publishes now and then
        [0, 0, 1, 12, 11, 10, 9, 11] + [0, 1, 12, 11, 10, 9, 11] * 3,  # a Monday after a weekend like others
    ],
)
def test_a_feed_that_keeps_to_its_habit_is_not_quiet(counts):
    assert silent(days(*counts), NOW) is None


def test_a_pause_is_compared_with_pauses_of_the_same_length():
    weekends = [0, 0, 12, 11, 10, 9, 11] * 4
    assert silent(days(0, 0, *weekends[1:]), NOW) is None, "a day without is nothing new"
    assert silent(days(0, 0, 0, 0, 0, *weekends[2:]), NOW) is not None, "four are"


@pytest.mark.parametrize(
    ("given", "status", "why"),
    [
        (pulse(counts=[5] * 30), "healthy", "polls go well"),
        (pulse(last_polled_at=None, last_ok_at=None), "healthy", "it has not been polled yet"),
        (pulse(counts=[0, 0, 0] + [10] * 28), "quiet", "no new entry in the last 2 days, where 20 are usual: 100% less"),
        (
            pulse(failures=3, code="http_503", detail="The server answered 503.", last_ok_at=NOW - timedelta(days=1)),
            "failing",
            "the last 3 polls failed: http_503: The server answered 503.; the last good one was 2026-11-17 09:00 UTC",
        ),
        (
            pulse(failures=1, code="dns", detail="No such name.", last_ok_at=None),
            "failing",
            "the last poll failed: dns: No such name.; none was good yet",
        ),
        (
            pulse("stopped", why="stopped: the site says that the feed is gone for good"),
            "stopped",
            "stopped: the site says that the feed is gone for good",
        ),
        (pulse("paused", why="paused by hand", counts=[0, 0, 0] + [10] * 28), "stopped", "paused by hand"),
    ],
)
def test_every_status_says_why(given, status, why):
    found = health(given, NOW)
    assert (found.status, found.why) == (status, why)
    assert (found.less is not None) == (status == "quiet")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (pulse(has_validators=False), "it sends neither ETag nor Last-Modified"),
        (pulse(sunset_at=NOW + timedelta(days=30)), "ends on 2026-12-18 (Sunset)"),
        (pulse(moved_to="http://new.example/feed"), "redirects permanently to http://new.example/feed"),
        (pulse(successor="http://new.example/feed"), "announces another feed: http://new.example/feed"),
    ],
)
def test_what_is_odd_is_a_warning_and_changes_nothing_else(given, words):
    found = health(given, NOW)
    assert found.status == "healthy"
    (warning,) = found.warnings
    assert words in warning


def test_a_feed_whose_bounds_are_set_needs_no_advice_on_them():
    assert health(pulse(has_validators=False, bounds_set=True), NOW).warnings == ()
