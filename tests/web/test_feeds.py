"""The JSON interface to feeds."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.store.feeds import feeds


def test_a_feed_says_when_it_is_polled_next_and_why_and_how_the_last_polls_went(client: TestClient, conn: Connection) -> None:
    number, _ = feeds.add(conn, "https://a.example/feed", title="A")
    conn.execute(
        "UPDATE feeds SET next_poll_why = 'every 1 h: nothing has changed', last_polled_at = now(), last_ok_at = now(), etag = 'x'"
    )
    for status in (200, 304, 304):
        conn.execute(
            "INSERT INTO polls (feed_id, started_at, elapsed_ms, status, next_poll_at) VALUES (%s, now(), 5, %s, now())", (number, status)
        )
    found = client.get(f"/api/v1/feeds/{number}?polls=2").json()
    assert (found["feed"]["url"], found["next_poll"]["why"]) == ("https://a.example/feed", "every 1 h: nothing has changed")
    assert found["next_poll"]["at"].startswith("20")
    assert (found["health"]["status"], found["health"]["why"]) == ("healthy", "polls go well")
    assert [poll["status"] for poll in found["polls"]] == [304, 304]
    assert (found["former_urls"], found["hub"]) == ([], None)
    feeds.pause(conn, number)
    found = client.get(f"/api/v1/feeds/{number}").json()
    assert (found["next_poll"], found["health"]["status"]) == ({"at": None, "why": "paused by hand"}, "stopped")


def test_feeds_come_in_pages_and_by_state(client: TestClient, conn: Connection) -> None:
    numbers = [feeds.add(conn, f"https://{n}.example/feed", paused=n > 3)[0] for n in range(5)]
    seen, after = [], 0
    while after is not None:
        page = client.get("/api/v1/feeds", params={"limit": 2, "after": after}).json()
        seen += [one["feed"]["id"] for one in page["feeds"]]
        after = page["next"]
    assert seen == numbers
    (paused,) = client.get("/api/v1/feeds?state=paused").json()["feeds"]
    assert (paused["feed"]["id"], paused["health"]["status"]) == (numbers[4], "stopped")


def test_headers_of_a_feed_are_not_told(client: TestClient, conn: Connection) -> None:
    number, _ = feeds.add(conn, "https://a.example/feed")
    conn.execute("""UPDATE feeds SET options = '{"headers": [["X-Key", "s3cret"]]}'""")
    for path in ("/api/v1/feeds", f"/api/v1/feeds/{number}"):
        assert "s3cret" not in client.get(path).text


@pytest.mark.parametrize(("path", "status"), [("/api/v1/feeds/7", 404), ("/api/v1/feeds/x", 422), ("/api/v1/feeds?state=asleep", 422)])
def test_what_is_not_there_is_an_error_with_a_code(empty: TestClient, path: str, status: int) -> None:
    answer = empty.get(path)
    assert answer.status_code == status
    assert answer.json()["error"]["code"]
