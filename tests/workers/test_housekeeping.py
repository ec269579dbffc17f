"""Every hour: each step has its turn, whatever becomes of the others."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.settings import Settings
from pipeline.store.articles import pages
from workers.steps.housekeeping import STEPS, Step, run_housekeeping


def test_all_steps_work_on_an_empty_database(conn: psycopg.Connection, settings: Settings) -> None:
    run_housekeeping(conn, settings)
    assert pages.missing_months(conn) == []


@pytest.mark.parametrize("broken", list(STEPS))
def test_a_step_that_fails_leaves_the_others_their_turn_and_is_told(conn: psycopg.Connection, settings: Settings, broken: str) -> None:
    done: list[str] = []

    def step(name: str) -> Step:
        def work(conn: psycopg.Connection, settings: Settings) -> None:
            done.append(name)
            if name == broken:
                conn.execute("SELECT 1 / 0")

        return work

    with pytest.raises(psycopg.errors.DivisionByZero):
        run_housekeeping(conn, settings, {name: step(name) for name in STEPS})
    assert done == list(STEPS)


def test_a_partition_is_not_waited_for_while_somebody_holds_the_pages(conn: psycopg.Connection, settings: Settings) -> None:
    """Whoever waits for this lock would hold up every page behind it."""
    held = "LOCK TABLE pages IN ACCESS SHARE MODE"  # as a backup does
    with psycopg.connect(settings.database_url) as other:
        other.execute(held)
        months = pages.make_partitions(conn)  # all of them are there
        other.rollback()
        conn.execute("DROP TABLE " + months[-1])
        other.execute(held)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            pages.make_partitions(conn)
        other.rollback()
    pages.make_partitions(conn)
