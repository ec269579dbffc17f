"""Many sites polled by the real processes: conditionally wherever that is possible, and none more often than it asks for."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pipeline.feeds.options import Options
from pipeline.settings import Poll, Settings
from pipeline.store.feeds import feeds
from tests.integration.newsroom import newsroom
from tests.integration.stack import stack, wait_until

pytestmark = pytest.mark.newsroom

INTERVAL_S = 4
TTL_S = 60  # what the newsroom's RSS feeds ask for
POLLS = 3  # of every site that lets us, until the test has seen enough


@pytest.mark.slow
def test_sites_are_asked_conditionally_and_none_more_often_than_it_asks_for(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    count = 100
    hasty = settings.model_copy(update={"poll": Poll(min_interval_s=INTERVAL_S, start_interval_s=INTERVAL_S, max_interval_s=3600)})
    # New entries come in all the time, so that 200 and 304 take turns; their pages are left out, since this is about feeds.
    only_feeds = Options(exclude=("/2026/", "/private/"))
    flags = ("--sites", str(count), "--faults", "mild", "--rate", "4", "--backlog", "100")
    with newsroom(*flags) as room, stack(hasty, tmp_path / "logs", ("beat", "control", "poll")) as running:
        sites = {site["site"]: site for site in room.rows("sites")}
        for site in sites.values():
            feeds.add(conn, site["feed"], own=only_feeds)
        patient = sum(site["feed_format"] == "rss2" or site["feed_fault"] == "no_validators" for site in sites.values())
        wait_until(lambda: _polled_often(conn) >= count - patient, 120, f"{POLLS} polls of the sites that let us", running.tails)
        log = room.rows("log")
        due = dict(conn.execute("SELECT url, extract(epoch FROM next_poll_at)::float8 FROM feeds").fetchall())

    polls = _polls(log)
    assert len(polls) == count
    statuses = [poll[-1]["status"] for history in polls.values() for poll in history]
    assert {200, 304} <= set(statuses), "both happened"
    for site in sites.values():
        history = polls[site["base"].partition("//")[2].partition(":")[0]]
        well = [poll for poll in history if poll[-1]["status"] < 400]
        if site["feed_fault"] == "no_validators":
            assert len(well) == 1, "no validators: once a day"
            continue
        assert not any(request["conditional"] for request in well[0])
        assert all(request["conditional"] for poll in well[1:] for request in poll), site
        least_s = TTL_S if site["feed_format"] == "rss2" else INTERVAL_S
        gaps = [after[0]["start"] - before[0]["start"] for before, after in pairwise(well)]
        assert all(gap >= least_s for gap in gaps), (site, gaps)
        wait_s = due[site["feed"]] - well[-1][-1]["start"]
        assert wait_s >= least_s or wait_s <= 0, (site, wait_s)  # or its last poll was under way still
    assert {request["agent"] for request in log} == {hasty.fetch.user_agent}


def _polled_often(conn: psycopg.Connection) -> int:
    (count,) = conn.execute(
        "SELECT count(*) FROM (SELECT feed_id FROM polls WHERE code = '' GROUP BY feed_id HAVING count(*) >= %s) p", (POLLS,)
    ).fetchone() or (0,)
    return int(count)


def _polls(log: list[dict[str, Any]]) -> dict[str, list[list[dict[str, Any]]]]:
    """By host, the polls in order, each as its requests: a redirect's hops are one poll."""
    found: dict[str, list[list[dict[str, Any]]]] = defaultdict(list)
    for request in sorted(log, key=lambda row: row["start"]):
        if request["path"].startswith("/moved/"):
            found[request["host"]][-1].append(request)
        else:
            found[request["host"]].append([request])
    return found
