"""A page that used up what it may have is failed at once; one whose process vanished is tried again."""

from __future__ import annotations

import psycopg
import pytest
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from billiard.pool import Pool

from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.store.extraction import extracting
from pipeline.store.queue import claims
from tests.workers.pages import claimed, ends, good
from workers.processes import process_limits


@pytest.mark.parametrize(
    ("exception", "page_is_at_fault"),
    [
        (TimeLimitExceeded(120), True),
        (WorkerLostError("Worker exited prematurely: signal 24 (SIGXCPU) Job: 0."), True),
        (WorkerLostError("Worker exited prematurely: signal 9 (SIGKILL) Job: 0."), False),
        (Failure("no_content"), False),
        (None, False),
    ],
)
def test_what_ended_a_process_tells_whether_its_page_is_at_fault(exception: BaseException | None, page_is_at_fault: bool) -> None:
    assert process_limits.used_up(exception) is page_is_at_fault


def burn() -> None:
    process_limits.limit_cpu(0)
    while True:
        pass


def test_a_process_that_the_kernel_ends_for_its_cpu_is_told_as_such() -> None:
    pool = Pool(1)
    try:
        with pytest.raises(Exception, match="exited prematurely") as lost:
            pool.apply_async(burn).get(timeout=60)
    finally:
        pool.terminate()
        pool.join()
    assert process_limits.used_up(getattr(lost.value, "exc", lost.value))  # as Celery hands it on


def test_the_page_in_hand_is_failed_at_once_and_the_others_of_its_message_go_back(conn: psycopg.Connection, settings: Settings) -> None:
    some = claimed(conn, settings, good(0), good(1), good(2))
    assert extracting.start(conn, *some[0], settings, "w")
    process_limits._fail_at_once(settings, some)
    assert ends(conn) == [("failed", "extract_timeout", 1), ("fetched", "", 0), ("fetched", "", 0)]
    assert conn.execute("SELECT number, outcome, code FROM attempts").fetchall() == [(1, "failed", "extract_timeout")]
    assert claims.give_back_expired(conn, settings).failed == 0
