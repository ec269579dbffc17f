"""feeds --health and what feeds show says of a feed's health."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.store.feeds import feeds
from tests.cli.conftest import Newsmill

NAMES = ("well", "quiet", "broken", "gone")


@pytest.fixture
def four(conn: psycopg.Connection) -> list[int]:
    """A feed of each kind, with the habit of ten entries a day until three days ago, or until today."""
    numbers = [feeds.add(conn, f"https://{name}.example/feed")[0] for name in NAMES]
    for number in numbers:
        since = 0 if number == numbers[0] else 3
        conn.execute("INSERT INTO feed_days SELECT %s, current_date - n, 10 FROM generate_series(%s, 40) n", (number, since))
    conn.execute(
        "UPDATE feeds SET last_polled_at = now(), last_ok_at = now() - interval '1 h', etag = 'x', next_poll_why = 'every 1 h: so'"
    )
    conn.execute("UPDATE feeds SET failures = 3, code = 'http_503', detail = 'The server answered 503.' WHERE id = %s", (numbers[2],))
    conn.execute("UPDATE feeds SET state = 'stopped', next_poll_why = 'stopped: gone for good' WHERE id = %s", (numbers[3],))
    return numbers


def test_feeds_by_health_begin_with_those_that_need_a_person_and_say_why(stack: Newsmill, four: list[int]) -> None:
    said = stack("feeds", "--health")
    assert (said.code, said.err) == (0, "")
    assert [line.split()[1:3] for line in said.lines[1:5]] == [
        ["https://broken.example/feed", "failing"],
        ["https://quiet.example/feed", "quiet"],
        ["https://gone.example/feed", "stopped"],
        ["https://well.example/feed", "healthy"],
    ]
    assert "the last 3 polls failed: http_503" in said.lines[1]
    assert "100%  no new entry in the last 2 days, where 20 are usual" in said.lines[2]
    assert "stopped: gone for good" in said.lines[3]
    assert said.lines[-1] == "total: 1 failing, 1 quiet, 1 stopped, 1 healthy"
    assert stack("feeds", "list", "--health").out == said.out


def test_health_is_there_for_programs_and_by_state(stack: Newsmill, four: list[int]) -> None:
    broken, quiet, *_ = stack("feeds", "--health", "--json").objects
    assert (broken["id"], broken["status"], broken["less"], broken["warnings"]) == (four[2], "failing", None, [])
    assert (quiet["id"], quiet["status"], quiet["less"]) == (four[1], "quiet", 1.0)
    assert [one["id"] for one in stack("feeds", "--state", "stopped", "--health", "--json").objects] == [four[3]]
    assert stack("feeds", "--state", "paused", "--health").out == "No feed is paused.\n"


def test_one_feed_says_how_it_does_when_it_is_polled_next_and_why(stack: Newsmill, conn: psycopg.Connection, four: list[int]) -> None:
    conn.execute("UPDATE feeds SET sunset_at = '2099-01-31', moved_to = 'https://new.example/feed', moved_count = 2, moved_since = now()")
    conn.execute("INSERT INTO feed_aliases SELECT sha256('x'), 'https://former.example/feed', %s", (four[1],))
    said = stack("feeds", "show", str(four[1]))
    for words in (
        "quiet: no new entry in the last 2 days",
        "this address ends on 2099-01-31 (Sunset)",
        "redirects permanently to https://new.example/feed",
        "https://former.example/feed",
        ": every 1 h: so",
    ):
        assert words in said.out
    (found,) = stack("feeds", "show", str(four[1]), "--json").objects
    assert (found["health"]["status"], found["former_urls"]) == ("quiet", ["https://former.example/feed"])
    assert len(found["health"]["warnings"]) == 2
    assert "never: stopped: gone for good" in stack("feeds", "show", str(four[3])).out
