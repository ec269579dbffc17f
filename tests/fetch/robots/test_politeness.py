"""What a visit says of its host, as tables."""

from __future__ import annotations

import pytest

from pipeline.fetch.politeness import Change, HostHealth, after
from pipeline.outcomes import Failure
from pipeline.settings import Fetch, Retry

FETCH = Fetch(pause_s=60, pause_forget_s=1800, breaker_failures=5)
RETRY = Retry(max_retry_after_s=86400)


def change(health: HostHealth, failure: Failure | None, rand: float = 0.5) -> Change:
    return after(health, failure, FETCH, RETRY, rand)


@pytest.mark.parametrize("code", ["http_429", "http_503"])
@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        pytest.param(120.0, 120, id="seconds"),
        pytest.param(0.0, 60, id="zero or past: own back-off"),
        pytest.param(None, 60, id="none"),
        pytest.param(99999999.0, 86400, id="capped"),
    ],
)
def test_the_whole_host_is_paused(code: str, asked: float | None, pause: float) -> None:
    assert change(HostHealth(), Failure(code, retry_after_s=asked)).pause_s == pause


@pytest.mark.parametrize(
    ("slowdowns", "quiet_s", "pause", "then"),
    [(0, 0, 60, 1), (1, 0, 120, 2), (2, 1800, 240, 3), (2, 1801, 60, 1), (10, 5, 61440, 11), (11, 0, 86400, 12), (400, 0, 86400, 401)],
)
def test_own_pauses_double_and_are_forgotten_after_quiet(slowdowns: int, quiet_s: float, pause: float, then: int) -> None:
    found = change(HostHealth(0, slowdowns, quiet_s), Failure("http_429"))
    assert (found.pause_s, found.slowdowns) == (pause, then)


@pytest.mark.parametrize(("rand", "pause"), [(0.0, 54), (0.5, 60), (1.0, 66)])
def test_own_pauses_vary_by_a_tenth(rand: float, pause: float) -> None:
    assert change(HostHealth(), Failure("http_503"), rand).pause_s == pytest.approx(pause)


def test_a_good_answer_does_not_end_the_doubling() -> None:
    assert change(HostHealth(3, 2, 10), None) == Change(0, 2)
    assert change(HostHealth(3, 2, 1801), None) == Change(0, 0)


@pytest.mark.parametrize("code", ["dns", "connect", "tls", "timeout", "reset", "protocol_error", "http_500", "http_502", "http_403"])
def test_the_fifth_failure_in_a_row_pauses_the_host(code: str) -> None:
    assert change(HostHealth(3), Failure(code)) == Change(4, 0)
    fifth = change(HostHealth(4), Failure(code))
    assert (fifth.failures, fifth.pause_s) == (5, 60)
    assert "5 failures in a row" in fifth.reason
    assert change(HostHealth(6), Failure(code)).pause_s == 240


@pytest.mark.parametrize("code", ["http_404", "http_410", "too_large", "unsupported_type", "truncated"])
def test_an_answer_about_one_page_ends_the_row_of_failures(code: str) -> None:
    assert change(HostHealth(4), Failure(code)) == Change(0, 0)


@pytest.mark.parametrize("code", ["robots_disallowed", "blocked_address", "no_contact", "duplicate"])
def test_what_made_no_request_says_nothing_of_the_host(code: str) -> None:
    assert change(HostHealth(4, 2, 10), Failure(code)) == Change(4, 2)


@pytest.mark.parametrize("code", ["robots_unreachable", "dns", "timeout"])
def test_unreachable_rules_pause_the_host_until_they_are_asked_for_again(code: str) -> None:
    assert change(HostHealth(), Failure(code, retry_after_s=300, of_robots=True)).pause_s == 300


@pytest.mark.parametrize("code", ["dns", "connect", "tls", "timeout", "reset", "http_500", "http_503"])
def test_the_pause_of_a_host_that_is_away_is_not_longer_than_an_hour(code: str) -> None:
    assert change(HostHealth(50, 50), Failure(code), rand=1.0).pause_s == FETCH.max_outage_pause_s * 1.0 <= 3600


@pytest.mark.parametrize("code", ["http_403", "http_429", "challenge"])
def test_the_pause_of_a_host_that_refuses_doubles_up_to_a_day(code: str) -> None:
    assert change(HostHealth(50, 50), Failure(code)).pause_s == 86400


@pytest.mark.parametrize(
    ("health", "failure", "is_back"),
    [
        (HostHealth(3, 0, 0, 300), None, True),
        (HostHealth(3, 0, 0, 300), Failure("http_404"), True),
        (HostHealth(2, 0, 0, 9000), None, False),  # a page or two failed
        (HostHealth(9, 0, 0, 299), None, False),  # pages of one bad moment
        (HostHealth(9, 0, 0, 9000), Failure("timeout"), False),
        (HostHealth(9, 0, 0, 9000), Failure("robots_disallowed"), False),
    ],
)
def test_a_host_is_back_when_it_answers_after_failures_over_some_minutes(
    health: HostHealth, failure: Failure | None, is_back: bool
) -> None:
    assert change(health, failure).is_back is is_back


@pytest.mark.parametrize(
    ("health", "failure", "for_all"),
    [
        (HostHealth(), Failure("dns", of_robots=True), True),
        (HostHealth(), Failure("timeout", of_robots=True), True),
        (HostHealth(), Failure("robots_unreachable", of_robots=True), False),  # an answer that forbids: RFC 9309 has links wait
        (HostHealth(), Failure("dns"), False),  # one page; another may be answered
        (HostHealth(4), Failure("dns"), True),
        (HostHealth(4), Failure("tls"), True),
        (HostHealth(4), Failure("timeout"), False),  # a slow page says nothing of the others
        (HostHealth(4), Failure("http_503"), False),
    ],
)
def test_a_host_that_cannot_be_reached_at_all_fails_the_try_of_every_link(health: HostHealth, failure: Failure, for_all: bool) -> None:
    assert change(health, failure).for_all is for_all
