"""Polite under load: three fetch workers, many sites, more links than the gaps let through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from pipeline.normalise.urls import parse
from pipeline.settings import Fetch, Settings
from pipeline.store.feeds import feeds
from pipeline.store.links import links
from tests.integration.newsroom import newsroom
from tests.integration.site import LATE_S
from tests.integration.stack import stack, wait_until

pytestmark = pytest.mark.newsroom

COPIES = 12  # addresses for each of the corpus' pages: more than can be fetched while the test looks
# No extract worker: pages may wait for it, and its CPU is left to the fetch workers.
WORKERS = ("beat", "control", "poll", "fetch", "fetch2", "fetch3")


@pytest.mark.slow
def test_three_fetch_workers_keep_every_sites_gap_and_robots_txt_and_lose_little_of_what_the_gaps_allow(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    sites, gap_s, pages = 60, 2.0, 20
    polite = settings.model_copy(update={"fetch": Fetch(allow_networks=["127.0.0.0/8"], min_gap_s=gap_s)})
    with newsroom("--sites", str(sites), "--copies", str(COPIES)) as room, stack(polite, tmp_path / "logs", WORKERS) as running:
        listed = room.rows("sites")
        for site in listed:
            feeds.add(conn, site["feed"])
        links.enqueue(conn, [parse(f"{site['base']}/private/{number}.html") for site in listed for number in range(3)])
        wait_until(lambda: _fewest_pages(conn) >= pages, 120, f"{pages} pages of every site", running.tails)
        log, report = room.rows("log"), room.rows("report")[0]["sites"]
        waiting = conn.execute("SELECT count(DISTINCT host_id) FROM links WHERE state = 'waiting' AND due_at <= now()").fetchone()
        kept_out = conn.execute("SELECT count(*) FROM links WHERE state = 'skipped' AND code = 'robots_disallowed'").fetchone()

    assert waiting == (sites,), "a site ran out of links before the test was over, so its throughput says nothing"
    assert max(site["max_overlap"] for site in report.values()) == 1
    assert min(site["min_gap_s"] for site in report.values()) >= gap_s - LATE_S
    assert _smallest_gap_of_all_requests_s(log) >= gap_s - LATE_S
    assert (kept_out, sum(site["robots_violations"] for site in report.values())) == ((3 * sites,), 0)
    assert {row["robots_txt"] for row in report.values()} == {1}
    assert _share_of_what_gaps_allow(log, sites, gap_s) >= 0.9


def _fewest_pages(conn: psycopg.Connection) -> int:
    """Pages brought from the site that has brought the fewest."""
    query = """
        SELECT coalesce(min(n), 0) FROM (
            SELECT count(p.link_id) AS n FROM links l LEFT JOIN pages p ON p.link_id = l.id GROUP BY l.host_id) AS of_site
    """
    (fewest,) = conn.execute(query).fetchone() or (0,)
    return int(fewest)


def _smallest_gap_of_all_requests_s(log: list[dict[str, Any]]) -> float:
    """Feeds and robots.txt count too, which the newsroom's report leaves out."""
    last: dict[str, float] = {}
    gaps: list[float] = []
    for row in sorted(log, key=lambda row: row["start"]):
        if row["host"] in last:
            gaps.append(row["start"] - last[row["host"]])
        last[row["host"]] = row["start"]
    return min(gaps)


def _share_of_what_gaps_allow(log: list[dict[str, Any]], sites: int, gap_s: float) -> float:
    """Page requests in the whole gaps from the last site's first page on, by one for each gap and site."""
    pages = [row for row in log if row["page"]]
    begin: float = max({row["host"]: row["start"] for row in reversed(pages)}.values())
    last: float = max(row["start"] for row in pages)
    rounds = int((last - begin) / gap_s)
    seen = sum(begin < row["start"] <= begin + rounds * gap_s for row in pages)
    return seen / (sites * max(1, rounds))
