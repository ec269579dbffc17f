import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.schedule import MAX_RETRY_AFTER_S, FeedState, PollResult, decide
from pipeline.settings import Poll

POLL = Poll(min_interval_s=300, start_interval_s=1800, max_interval_s=86400, jitter=0.1)


def feed(interval_s=3600, failures=0, state="active"):
    return FeedState(state, interval_s, failures)


def polled(code="", entries=30, new=0, not_modified=False, max_age_s=None, ttl_s=None, retry_after_s=None):
    return PollResult(code, entries, new, not_modified, max_age_s, ttl_s, retry_after_s)


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
    decision = decide(feed(interval), result, POLL, dice=0)
    assert (decision.interval_s, decision.wait_s, decision.failures) == (next_interval, next_interval, 0)


@pytest.mark.parametrize(
    ("result", "wait"),
    [
        (polled(new=3, max_age_s=7200), 7200),
        (polled(new=3, max_age_s=60), 3600),
        (polled(new=3, ttl_s=10800, max_age_s=7200), 10800),
        (polled(not_modified=True, max_age_s=7200), 7200),
        (polled(new=3, max_age_s=10**9), 86400),
        (polled(new=3, retry_after_s=5 * 86400), 5 * 86400),
        (polled("http_404", max_age_s=7200), 7200),
        (polled("http_503", retry_after_s=7200), 7200),
        (polled("http_503", retry_after_s=10), 3600),
        (polled("http_503", retry_after_s=-10), 3600),
        (polled("http_429", retry_after_s=10**9), MAX_RETRY_AFTER_S),
    ],
)
def test_what_the_site_asks_for_lengthens_one_wait_and_not_the_habit(result, wait):
    decision = decide(feed(3600), result, POLL, dice=0)
    assert decision.wait_s == wait
    assert decision.interval_s <= 4500


def test_failures_double_the_wait_up_to_a_day_and_keep_the_habit():
    now, waits = feed(3600), []
    for _ in range(7):
        decision = decide(now, polled("timeout"), POLL, dice=0)
        waits.append(decision.wait_s)
        now = FeedState(decision.state, decision.interval_s, decision.failures)
    assert waits == [3600, 7200, 14400, 28800, 57600, 86400, 86400]
    assert now == FeedState("active", 3600, 7)
    recovered = decide(now, polled(new=3), POLL, dice=0)
    assert (recovered.failures, recovered.wait_s) == (0, 3600)


def test_too_many_requests_without_a_time_means_an_hour_at_least():
    assert decide(feed(600), polled("http_429"), POLL, dice=0).wait_s == 3600
    assert decide(feed(600, failures=1), polled("http_429"), POLL, dice=0).wait_s == 7200


def test_a_feed_that_is_gone_is_stopped():
    assert decide(feed(), polled("feed_gone"), POLL, dice=0).state == "stopped"


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
    assert decide(feed(state=state), result, POLL, dice=0).state == after


@pytest.mark.parametrize(
    ("before", "result", "reason"),
    [
        (feed(2520), polled(new=3, max_age_s=5400), "every 42 min: 3 of 30 entries were new; the site asks for at least 90 min"),
        (feed(2520), polled(new=1), "every 42 min: 1 of 30 entries was new"),
        (feed(2880), polled(), "every 1 h: none of 30 entries were new"),
        (feed(2880), polled(not_modified=True), "every 1 h: nothing has changed"),
        (feed(2880), polled(entries=0), "every 1 h: the feed is empty"),
        (feed(3600), polled("http_503"), "again in 1 h: the server answered 503"),
        (
            feed(3600, 2),
            polled("timeout", retry_after_s=20000),
            "again in 4 h: the total time for one fetch ran out (3 times in a row); the site asks for at least 5.6 h",
        ),
        (feed(), polled("feed_gone"), "stopped: the site says that the feed is gone for good"),
    ],
)
def test_the_reason_is_a_sentence_for_a_person(before, result, reason):
    assert decide(before, result, POLL, dice=0).reason == reason


codes = st.sampled_from(["", "dns", "http_404", "http_429", "http_503", "not_a_feed", "bad_feed"])
seconds = st.none() | st.integers(-(10**12), 10**12)
results = st.builds(
    PollResult, codes, st.integers(0, 10**4), st.integers(0, 10**4), st.booleans(), seconds, seconds, st.none() | st.floats()
)
feeds = st.builds(FeedState, st.sampled_from(["active", "paused", "stopped"]), st.integers(-5, 10**9), st.integers(0, 10**6))


@given(feeds, results, st.floats(0, 1, exclude_max=True))
def test_jitter_only_lengthens_and_every_wait_is_within_bounds(before, result, dice):
    plain, spread = (decide(before, result, POLL, d) for d in (0, dice))
    assert POLL.min_interval_s <= plain.interval_s <= POLL.max_interval_s
    assert plain.interval_s <= plain.wait_s <= spread.wait_s <= MAX_RETRY_AFTER_S + POLL.max_interval_s
    assert spread.reason
