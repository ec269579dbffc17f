"""Settings of a feed by the interface: what `newsmill feeds set` does."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from pipeline.feeds.options import Options
from pipeline.store.feeds import feeds


@pytest.fixture
def feed(conn: psycopg.Connection) -> int:
    own = Options(priority=2, headers=(("X-Key", "s3cret"),))
    return feeds.add(conn, "http://a.example/feed", title="A", tags=["x"], own=own)[0]


def test_settings_are_changed_and_shown_with_secrets_hidden(client: TestClient, conn: psycopg.Connection, feed: int) -> None:
    wanted = {"min_interval": "15m", "exclude": ["/sport/", "/video/"], "articles": "feed", "priority": 5, "trusted": True}
    answer = client.patch(f"/api/v1/feeds/{feed}", json={"settings": wanted, "tags": ["y", "z"], "title": "B", "paused": True})
    assert answer.status_code == 200
    shown = answer.json()["feed"]
    assert (shown["title"], shown["tags"], shown["state"]) == ("B", ["y", "z"], "paused")
    assert shown["options"] == {
        "min_interval_s": 900,
        "exclude": ["/sport/", "/video/"],
        "articles": "feed",
        "priority": 5,
        "trusted": True,
        "headers": [["X-Key", "***"]],
    }
    assert "s3cret" not in answer.text
    assert feeds.options_of(conn, feed).headers == (("X-Key", "s3cret"),)
    assert client.get(f"/api/v1/feeds/{feed}").json()["feed"] == shown


@pytest.mark.parametrize("nothing", [None, "", []])
def test_a_setting_is_taken_back_and_the_others_stay(client: TestClient, conn: psycopg.Connection, feed: int, nothing: Any) -> None:
    client.patch(f"/api/v1/feeds/{feed}", json={"settings": {"header": nothing}})
    assert feeds.options_of(conn, feed) == Options(priority=2)
    found = feeds.find(conn, str(feed))
    assert found
    assert (found.title, found.tags, found.state) == ("A", ["x"], "active")


def test_a_paused_feed_is_resumed(client: TestClient, conn: psycopg.Connection, feed: int) -> None:
    feeds.pause(conn, feed)
    assert client.patch(f"/api/v1/feeds/{feed}", json={"paused": False}).json()["feed"]["state"] == "active"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"settings": {"priority": 99}}, "priority cannot be '99'"),
        ({"settings": {"nonsense": "x"}}, "is not a setting of a feed"),
        ({"settings": {"header": ["Host: b.example"]}}, "A feed cannot set the header"),
        ({"settings": {"min_interval": "2h", "max_interval": "1h"}}, "is longer than max_interval"),
        ({"settings": {"exclude": {"a": 1}}}, "settings.exclude"),
        ({"tags": "x"}, "tags"),
        ({"colour": "red"}, "colour"),
        ([], "must be a table of names and values"),
    ],
)
def test_a_wrong_change_is_refused_whole_in_a_sentence(
    client: TestClient, conn: psycopg.Connection, feed: int, sent: Any, words: str
) -> None:
    answer = client.patch(f"/api/v1/feeds/{feed}", json=sent if isinstance(sent, list) else {"title": "B"} | sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert words in answer.json()["error"]["detail"]
    found = feeds.find(conn, str(feed))
    assert found
    assert (found.title, feeds.options_of(conn, feed).priority) == ("A", 2)


def test_who_may_change_a_feed(client: TestClient, feed: int) -> None:
    path = f"/api/v1/feeds/{feed}"
    assert client.patch(path, json={}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.patch(path, content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.patch(path, content=b" " * 300_000, headers={"Content-Type": "application/json"}).status_code == 413
    assert client.patch("/api/v1/feeds/999", json={}).json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "setting", [{"allow_networks": ["10.0.0.0/8"]}, {"proxy": "http://p:1"}, {"method": "POST"}, {"honour_robots": False}]
)
def test_nobody_sets_by_the_interface_where_and_how_pages_are_fetched(
    client: TestClient, conn: psycopg.Connection, feed: int, setting: dict[str, Any]
) -> None:
    assert client.patch(f"/api/v1/feeds/{feed}", json={"settings": setting}).json()["error"]["code"] == "invalid"
    assert client.patch(f"/api/v1/feeds/{feed}", json=setting).json()["error"]["code"] == "invalid"
    assert client.post("/api/v1/enqueue", json={"urls": ["http://a.example/x"]} | setting).json()["error"]["code"] == "invalid"
    assert conn.execute("SELECT count(*) FROM links").fetchone() == (0,)
    assert feeds.options_of(conn, feed) == Options(priority=2, headers=(("X-Key", "s3cret"),))
