"""The policy on failures, as tables."""

from __future__ import annotations

import pytest

from pipeline.outcomes import Failure, State
from pipeline.settings import Retry
from workers import retry

SETTINGS = Retry(delays_s=[60, 300, 1500], late_s=[21600, 172800], jitter=0.2)
LATE = SETTINGS.late_s


@pytest.mark.parametrize(
    ("code", "attempts", "state", "delay"),
    [
        ("timeout", 1, State.WAITING, 60),
        ("timeout", 2, State.WAITING, 300),
        ("timeout", 3, State.WAITING, 1500),
        ("timeout", 4, State.WAITING, LATE[0]),
        ("timeout", 5, State.WAITING, LATE[1]),
        ("timeout", 6, State.FAILED, None),
        ("http_503", 1, State.WAITING, 60),
        ("http_429", 3, State.WAITING, 1500),
        ("tls", 1, State.WAITING, 60),
        ("tls", 2, State.WAITING, LATE[0]),
        ("tls", 3, State.WAITING, LATE[1]),
        ("tls", 4, State.FAILED, None),
        ("bad_encoding", 2, State.FAILED, None),
        ("reset", 3, State.WAITING, 1500),
        ("http_500", 4, State.WAITING, LATE[0]),
        ("http_500", 6, State.FAILED, None),
        ("http_401", 1, State.FAILED, None),
        ("http_403", 1, State.FAILED, None),
        ("http_404", 1, State.FAILED, None),
        ("http_410", 1, State.FAILED, None),
        ("http_451", 1, State.FAILED, None),
        ("blocked_scheme", 1, State.FAILED, None),
        ("blocked_port", 1, State.FAILED, None),
        ("too_large", 1, State.FAILED, None),
        ("blocked_address", 1, State.FAILED, None),
        ("robots_disallowed", 1, State.SKIPPED, None),
    ],
)
def test_a_failed_fetch_is_tried_again_or_ends(code: str, attempts: int, state: State, delay: float | None) -> None:
    verdict = retry.after_fetch(Failure(code), attempts, SETTINGS, rand=0.5)
    assert (verdict.state, verdict.code, verdict.delay_s) == (state, code, delay)


def test_by_default_there_are_three_more_tries_after_1_5_and_25_minutes() -> None:
    assert Retry().delays_s == [60, 300, 1500]


@pytest.mark.parametrize(("rand", "delay"), [(0.0, 48), (0.5, 60), (1.0, 72)])
def test_the_delay_varies_to_both_sides(rand: float, delay: float) -> None:
    assert retry.after_fetch(Failure("reset"), 1, SETTINGS, rand).delay_s == pytest.approx(delay)


@pytest.mark.parametrize("rand", [0.0, 0.5, 0.999])
def test_a_first_retry_rides_in_redis_however_the_dice_fall(rand: float) -> None:
    first, second = (retry.after_fetch(Failure("reset"), n, SETTINGS, rand).delay_s or 0 for n in (1, 2))
    assert first <= retry.max_redis_wait_s(SETTINGS) < second


@pytest.mark.parametrize(("asked", "delay"), [(None, 60), (0.0, 60), (30.0, 60), (600.0, 600), (10_000_000.0, 86400)])
def test_a_longer_retry_after_wins_up_to_the_limit(asked: float | None, delay: float) -> None:
    assert retry.after_fetch(Failure("http_503", retry_after_s=asked), 1, SETTINGS, rand=0.5).delay_s == delay


def test_without_delays_nothing_is_tried_again() -> None:
    assert retry.after_fetch(Failure("timeout"), 1, Retry(delays_s=[], late_s=[]), 0.5).state == State.FAILED


@pytest.mark.parametrize(
    "code", ["dns", "connect", "tls", "timeout", "reset", "truncated", "protocol_error", "http_429", "http_500", "http_503"]
)
def test_a_site_that_is_away_has_two_late_tries_and_only_they_are_late(code: str) -> None:
    verdicts = [retry.after_fetch(Failure(code), attempts, SETTINGS, 0.5) for attempts in range(1, 8)]
    assert [verdict.delay_s for verdict in verdicts if verdict.late] == LATE
    assert [verdict.late for verdict in verdicts if verdict.delay_s is not None and verdict.delay_s < LATE[0]] == [False] * (
        3 if code != "tls" else 1
    )
    assert verdicts[-1].state == State.FAILED


def test_a_look_for_changes_has_no_late_tries() -> None:
    assert retry.after_fetch(Failure("timeout"), 4, SETTINGS, 0.5, recheck=True).state == State.FAILED


def test_by_default_the_late_tries_come_after_about_six_hours_and_two_days() -> None:
    assert Retry().late_s == [6 * 3600, 48 * 3600]


@pytest.mark.parametrize(
    ("code", "attempts", "state"),
    [
        ("no_content", 1, State.FAILED),
        ("duplicate", 1, State.SKIPPED),
        ("extract_timeout", 1, State.FAILED),
        ("extract_memory", 1, State.FAILED),
        ("extract_crashed", 2, State.FETCHED),
        ("storage_error", 1, State.FAILED),
    ],
)
def test_only_an_extraction_that_broke_is_started_again(code: str, attempts: int, state: State) -> None:
    assert retry.after_extract(Failure(code), attempts, SETTINGS).state == state


def test_a_page_whose_time_went_by_while_the_machine_was_busy_is_tried_again() -> None:
    states = [retry.after_extract(Failure("extract_timeout"), attempts, SETTINGS, cpu_starved=True).state for attempts in (1, 2, 3)]
    assert states == [State.FETCHED, State.FETCHED, State.FAILED]


def test_unreachable_rules_are_waited_for_and_no_try_is_counted() -> None:
    verdict = retry.after_fetch(Failure("robots_unreachable", retry_after_s=300.0), 99, SETTINGS, rand=0.5)
    assert (verdict.state, verdict.delay_s, verdict.counted) == (State.WAITING, 300.0, False)
