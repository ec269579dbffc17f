"""Against a small internet with real pages and the faults of the real web."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import psycopg
import pytest

from pipeline.normalise.urls import parse
from pipeline.settings import Retry, Settings
from pipeline.store.feeds import feeds
from pipeline.store.maintenance import status
from tests.integration.newsroom import newsroom
from tests.integration.stack import stack, wait_until

pytestmark = pytest.mark.newsroom


@pytest.mark.slow
def test_every_article_of_a_healthy_internet_is_stored_once_and_second_polls_bring_nothing(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    sites = 40
    with newsroom("--faults", "none", "--sites", str(sites)) as room, stack(settings, tmp_path / "logs") as running:
        truth = room.rows("truth")
        for site in room.rows("sites"):
            feeds.add(conn, site["feed"])
        _wait_ended(conn, len(truth), 200, running.tails)
        stored = {
            bytes(key)
            for (key,) in conn.execute("SELECT l.url_key FROM links l JOIN articles a ON a.link_id = l.id WHERE l.state = 'stored'")
        }
        assert stored == {parse(row["url"]).key for row in truth}
        assert conn.execute("SELECT count(*) FROM articles").fetchone() == (len(truth),)
        for feed in feeds.listing(conn):
            feeds.poll_now(conn, feed.id, 0)
        wait_until(lambda: conn.execute("SELECT count(*) FROM polls").fetchone() == (2 * sites,), 180, "second polls", running.tails)
        assert conn.execute("SELECT count(*) FROM polls WHERE status = 304").fetchone() == (sites,)
        assert conn.execute("SELECT count(*) FROM links").fetchone() == (len(truth),)
        report = room.rows("report")[0]
        assert max(site["max_overlap"] for site in report["sites"].values()) == 1


@pytest.mark.parametrize("sites", [6, pytest.param(40, marks=pytest.mark.slow)])
def test_every_link_of_a_hostile_internet_ends_as_it_should(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path, sites: int
) -> None:
    quick = settings.model_copy(
        update={
            # Two tries more of what fails, and a late one: a page that hangs keeps its host for four deadlines.
            "retry": Retry(delays_s=[0.5, 1], late_s=[1]),
            # The pause doubles with every failure in a row: at the end of a site, when only what fails is left, it would last a minute.
            # A robots.txt that a busy machine does not bring in time is asked for again at once.
            "fetch": settings.fetch.model_copy(
                update={"pause_s": 0.1, "latency_factor": 0.0, "deadline_s": 4.0, "robots_retry_s": 1.0, "max_outage_pause_s": 10.0}
            ),
        }
    )
    with newsroom("--faults", "hostile", "--sites", str(sites)) as room, stack(quick, tmp_path / "logs") as running:
        truth = room.rows("truth")
        for site in room.rows("sites"):
            feeds.add(conn, site["feed"])
        # A feed that fails is polled again after its back-off; here at once.
        wait_until(lambda: _polled_well(conn, sites), 180, "a good poll of every feed", running.tails)
        _wait_ended(conn, len(truth), 300, running.tails)
        ended = {bytes(key): (state, code) for key, state, code in conn.execute("SELECT url_key, state, code FROM links")}
        wrong = Counter(
            (row["behaviour"], row["expect"], row["code"], *ended[parse(row["url"]).key])
            for row in truth
            if not _as_expected(row, *ended[parse(row["url"]).key])
        )
        assert not wrong
        assert {name: process.poll() for name, process in running.processes.items() if process.poll() is not None} == {}, "a worker died"
        assert sum(site["robots_violations"] for site in room.rows("report")[0]["sites"].values()) == 0


def _polled_well(conn: psycopg.Connection, sites: int) -> bool:
    for feed in feeds.listing(conn, state="failing"):
        feeds.poll_now(conn, feed.id, 0)
    return conn.execute("SELECT count(DISTINCT feed_id) FROM polls WHERE code = ''").fetchone() == (sites,)


def _as_expected(row: dict[str, str], state: str, code: str) -> bool:
    return state == row["expect"] and code in row["code"].split("|")


def _wait_ended(conn: psycopg.Connection, count: int, timeout_s: float, say: object) -> None:
    def ended() -> bool:
        summary = status.summary(conn)
        return sum(summary.links.values()) >= count and summary.unfinished == 0

    wait_until(ended, timeout_s, f"{count} links to end", lambda: f"{status.summary(conn)}\n{say()}")  # type: ignore[operator]
