"""The policy of polling as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.scheduling.permanent_redirects import Move
from pipeline.feeds.scheduling.schedule import MAX_RETRY_AFTER_S, FeedState, Outcome, ReaderRequests, decide
from pipeline.outcomes import is_outage
from pipeline.settings import Poll

POLL = Poll(min_interval_s=300, start_interval_s=1800, max_interval_s=86400, jitter=0.1)
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def feed(interval_s=3600, failures=0, state="active", **more):
    return FeedState(state, interval_s, failures, etag="x", polled_well=True, **more)


def polled(code="", entries=30, new=0, not_modified=False, **more):
    return Outcome(code, entries, new, not_modified, **more)


def wait(decision):
    return (decision.next_poll_at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("interval", "result", "next_interval"),
    [
        (3600, polled(new=30), 1800),
        (3600, polled(new=15), 1800),
        (3600, polled(new=8), 2700),
        (3600, polled(new=3), 3600),
        (3600, polled(new=0), 4500),
        (3600, polled(entries=0), 4500),
        (3600, polled(not_modified=True), 4500),
        (400, polled(new=30), 300),
        (80000, polled(new=0), 86400),
        (10, polled(new=3), 300),
    ],
)
def test_the_interval_follows_the_share_of_new_entries(interval, result, next_interval):
    decision = decide(feed(interval), result, NOW, POLL, rand=0)
    assert (decision.feed.interval_s, wait(decision), decision.feed.failures) == (next_interval, next_interval, 0)


def test_a_first_poll_says_nothing_of_the_habit():
    decision = decide(FeedState(), polled(new=30, etag="x"), NOW, POLL, rand=0)
    assert (decision.feed.interval_s, wait(decision), decision.feed.polled_well) == (1800, 1800, True)


@pytest.mark.parametrize(
    ("result", "seconds"),
    [
        (polled(new=3, fresh_s=7200), 7200),
        (polled(new=3, fresh_s=60), 3600),
        (polled(new=3, asked=ReaderRequests(10800), fresh_s=7200), 10800),
        (polled(not_modified=True, fresh_s=7200), 7200),
        (polled(new=3, fresh_s=10**9), 86400),
        (polled("http_404", fresh_s=7200), 7200),
        (polled("http_503", retry_after_s=7200), 7200),
        (polled("http_403", retry_after_s=10), 3600),
        (polled("http_403", retry_after_s=-10), 3600),
        (polled("http_503", retry_after_s=10, fresh_s=7200), 3000),
        (polled("http_429", retry_after_s=10**9), MAX_RETRY_AFTER_S),
    ],
)
def test_what_the_site_asks_for_lengthens_one_wait_and_not_the_habit(result, seconds):
    decision = decide(feed(3600), result, NOW, POLL, rand=0)
    assert wait(decision) == seconds
    assert decision.feed.interval_s <= 4500


@pytest.mark.parametrize(("code", "growth"), [("truncated", 1.5), ("http_404", 1.5), ("not_a_feed", 1.5), ("http_403", 2), ("http_429", 2)])
def test_failures_lengthen_the_wait_up_to_a_week_and_keep_the_habit(code, growth):
    now, waits = feed(3600), []
    for _ in range(20):
        decision = decide(now, polled(code), NOW, POLL, rand=0)
        waits.append(wait(decision))
        now = decision.feed
    assert waits[:4] == [3600, 3600 * growth, 3600 * growth**2, 3600 * growth**3]
    assert waits[-1] == POLL.max_failing_s <= 30 * 86400
    assert (now.state, now.interval_s, now.failures) == ("active", 3600, 20)
    recovered = decide(now, polled(new=3), NOW, POLL, rand=0)
    assert (recovered.feed.failures, wait(recovered)) == (0, 3600)


OUTAGES = ["dns", "connect", "tls", "timeout", "reset", "http_500", "http_503"]


@pytest.mark.parametrize("code", OUTAGES)
@pytest.mark.parametrize("interval_s", [300, 3600, 86400])
def test_a_feed_whose_site_is_away_for_three_days_is_asked_within_the_hour_of_its_return(code, interval_s):
    away, now, waits = feed(interval_s, asked=ReaderRequests(86400), well_at=NOW), NOW, []
    while now < NOW + timedelta(days=3):
        decision = decide(away, polled(code), now, POLL, rand=0.999)
        waits.append((decision.next_poll_at - now).total_seconds())
        away, now = decision.feed, decision.next_poll_at
    assert max(waits) <= 3600
    assert waits[0] >= 300
    assert len(waits) < 100, "and it is not asked all the time"
    assert away.interval_s == interval_s


@pytest.mark.parametrize("code", OUTAGES)
def test_a_site_that_is_away_for_long_is_asked_more_seldom(code):
    waits = [
        wait(decide(feed(600, 500, well_at=NOW - timedelta(days=days)), polled(code), NOW, POLL, rand=0)) for days in (1, 10, 100, 1000)
    ]
    assert waits == [3000, 8640, 86400, POLL.max_failing_s]


def test_too_many_requests_without_a_time_means_an_hour_at_least():
    assert wait(decide(feed(600), polled("http_429"), NOW, POLL, rand=0)) == 3600
    assert wait(decide(feed(600, failures=1), polled("http_429"), NOW, POLL, rand=0)) == 7200


def test_a_feed_that_is_gone_or_has_ended_is_stopped():
    assert decide(feed(), polled("feed_gone"), NOW, POLL, rand=0).feed.state == "stopped"
    ended = decide(feed(), polled(new=1, ended=True), NOW, POLL, rand=0)
    assert (ended.feed.state, ended.reason) == ("stopped", "stopped: the feed says that it has ended")


@pytest.mark.parametrize(
    ("state", "result", "after"),
    [
        ("active", polled(), "active"),
        ("active", polled("dns"), "active"),
        ("paused", polled(new=1), "paused"),
        ("paused", polled("dns"), "paused"),
        ("stopped", polled(new=1), "stopped"),
        ("stopped", polled("dns"), "stopped"),
    ],
)
def test_states(state, result, after):
    assert decide(feed(state=state), result, NOW, POLL, rand=0).feed.state == after


@pytest.mark.parametrize(
    ("before", "result", "reason"),
    [
        (feed(2520), polled(new=3, fresh_s=5400), "every 42 min: 3 of 30 entries were new; the site asks for at least 90 min"),
        (feed(2520), polled(new=1), "every 42 min: 1 of 30 entries was new"),
        (feed(2880), polled(), "every 1 h: none of 30 entries were new"),
        (feed(2880), polled(not_modified=True), "every 1 h: nothing has changed"),
        (feed(2880), polled(entries=0), "every 1 h: the feed is empty"),
        (
            replace(feed(2880), etag=""),
            polled(),
            "every 1 h: none of 30 entries were new; it sends no validators, so it is polled at most once in 24 h",
        ),
        (
            feed(2880, asked=ReaderRequests(skip_hours=frozenset({13, 14}))),
            polled(),
            "every 1 h: none of 30 entries were new; the feed asks to skip that hour or day, so from Monday 15:00 UTC",
        ),
        (feed(3600), polled("http_503"), "again in 50 min: the server answered 503"),
        (
            feed(3600, 2),
            polled("http_404", retry_after_s=20000),
            "again in 2.2 h: the server answered 404 (3 times in a row); the site asks for at least 5.6 h",
        ),
        (feed(), polled("feed_gone"), "stopped: the site says that the feed is gone for good"),
    ],
)
def test_the_reason_is_a_sentence_for_a_person(before, result, reason):
    assert decide(before, result, NOW, POLL, rand=0).reason == reason


codes = st.sampled_from(["", "dns", "http_404", "http_429", "http_503", "not_a_feed", "bad_feed", "challenge", "bad_304"])
seconds = st.none() | st.floats(-(10**12), 10**12)
moments = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
asked = st.builds(ReaderRequests, st.integers(0, 10**9), st.frozensets(st.integers(0, 23)), st.frozensets(st.integers(0, 6)))
outcomes = st.builds(
    Outcome,
    codes,
    st.integers(0, 10**4),
    st.integers(0, 10**4),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    etag=st.none() | st.sampled_from(["", "x"]),
    last_modified=st.none() | st.sampled_from(["", "x"]),
    asked=st.none() | asked,
    fresh_s=seconds,
    retry_after_s=seconds,
    moved_to=st.sampled_from(["", "http://a.example/"]),
)
feeds = st.builds(
    FeedState,
    st.sampled_from(["active", "paused", "stopped"]),
    st.none() | st.integers(-5, 10**9),
    st.integers(-5, 10**6),
    etag=st.sampled_from(["", "x"]),
    asked=asked,
    not_before=moments,
    probe_at=moments,
    move=st.none() | st.builds(Move, st.just("http://a.example/"), st.integers(1, 9), moments.filter(bool)),
    polled_well=st.booleans(),
)


@given(feeds, outcomes, moments.filter(bool), st.floats(0, 1, exclude_max=True))
def test_jitter_only_lengthens_and_every_wait_is_within_bounds(before, outcome, now, rand):
    plain, spread = (decide(before, outcome, now, POLL, d) for d in (0, rand))
    week = timedelta(days=8)  # what skipHours and skipDays can add
    assert POLL.min_interval_s <= plain.feed.interval_s <= POLL.max_interval_s
    least = min(plain.feed.interval_s, POLL.max_outage_s if is_outage(outcome.code) else POLL.max_interval_s)
    assert now + timedelta(seconds=least) <= plain.next_poll_at
    assert spread.next_poll_at <= now + timedelta(seconds=MAX_RETRY_AFTER_S + POLL.max_failing_s) + week
    assert spread.reason


@given(feeds, outcomes, st.floats(0, 1, exclude_max=True))
def test_no_chance_makes_a_poll_earlier(before, outcome, rand):
    calm = replace(before, asked=ReaderRequests()), replace(outcome, asked=None)
    assert decide(*calm, NOW, POLL, rand).next_poll_at >= decide(*calm, NOW, POLL, 0).next_poll_at
