"""Feeds over HTTP: made, polled, paused, moved, removed; entries beside articles; lists in and out."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.store.feeds import feeds
from tests.web.rows import add_article, add_known_link, article_of

URL = "https://a.example/feed"


def test_a_feed_is_made_once_changed_and_removed(client: TestClient, conn: Connection) -> None:
    wanted = {"url": URL, "title": "A", "tags": ["x"], "settings": {"min_interval": "15m"}}
    made = client.post("/api/v1/feeds", json=wanted)
    assert (made.status_code, made.json()["is_new"]) == (201, True)
    number = made.json()["id"]
    again = client.post("/api/v1/feeds", json={"url": "a.example/feed"})
    assert (again.status_code, again.json()) == (200, {"id": number, "is_new": False})
    found = client.get(f"/api/v1/feeds/{number}").json()["feed"]
    assert (found["title"], found["tags"], found["options"]["min_interval_s"]) == ("A", ["x"], 900)
    assert client.post(f"/api/v1/feeds/{number}/pause").json()["feed"]["state"] == "paused"
    assert client.post(f"/api/v1/feeds/{number}/resume").json()["feed"]["state"] == "active"
    assert client.post(f"/api/v1/feeds/{number}/poll").json()["id"] == number
    assert client.post(f"/api/v1/feeds/{number}/move", json={"url": "https://b.example/feed"}).json()["former_urls"] == [URL]
    other, _ = feeds.add(conn, "https://c.example/feed")
    assert client.post(f"/api/v1/feeds/{other}/move", json={"url": "https://b.example/feed"}).json()["code"] == "known_feed"
    assert client.delete(f"/api/v1/feeds/{number}").json() == {"polls": 0, "sightings": 0, "links": 0, "articles": 0}
    assert client.get(f"/api/v1/feeds/{number}").status_code == 404


@pytest.mark.parametrize("action", ["poll", "pause", "resume"])
def test_what_is_not_there_cannot_be_told_anything(empty: TestClient, action: str) -> None:
    assert empty.post(f"/api/v1/feeds/7/{action}").json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "ftp://a.example/"}, "blocked_scheme"),
        ({"url": URL, "settings": {"colour": "red"}}, "invalid"),
        ({"url": URL, "title": "a\0b"}, "invalid"),
        ({"url": URL, "nothing": 1}, "invalid"),
        ({}, "invalid"),
    ],
)
def test_a_bad_feed_is_refused_in_a_sentence(client: TestClient, conn: Connection, body: dict[str, object], code: str) -> None:
    answer = client.post("/api/v1/feeds", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert feeds.listing(conn) == []


def test_entries_are_told_beside_what_became_of_them(client: TestClient, conn: Connection) -> None:
    number, _ = feeds.add(conn, URL)
    stored = add_known_link(conn, "https://a.example/1")
    article = add_article(conn, stored, article_of("x", ""))
    failed = add_known_link(conn, "https://a.example/2", state="failed", code="http_404", detail="The server answered 404.")
    for link in (stored, failed):
        conn.execute("INSERT INTO sightings (feed_id, link_id, title) VALUES (%s, %s, %s)", (number, link, f"Entry {link}"))
    told = client.get(f"/api/v1/feeds/{number}/entries").json()["entries"]
    assert [(one["link_id"], one["state"], one["code"], one["article_id"]) for one in told] == [
        (failed, "failed", "http_404", None),
        (stored, "stored", "", article),
    ]
    assert [one["link_id"] for one in client.get(f"/api/v1/feeds/{number}/entries?missing=true").json()["entries"]] == [failed]
    page = client.get(f"/api/v1/feeds/{number}/entries?limit=1")
    assert page.json()["next"] == failed
    assert f"before={failed}" in page.headers["link"]
    assert client.get(f"/api/v1/feeds/{number}/polls").json() == {"polls": []}


def test_a_list_goes_out_and_comes_in_with_a_report_a_line(client: TestClient, conn: Connection) -> None:
    feeds.add(conn, URL, title="A", tags=["news"])
    kept = client.get("/api/v1/opml")
    assert kept.headers["content-type"].startswith("text/x-opml")
    report = client.post("/api/v1/opml", content=kept.content).json()
    assert (report["new"], report["known"], report["refused"]) == (0, 1, 0)
    report = client.post("/api/v1/opml", content="https://b.example/feed\nftp://c.example/\n").json()
    assert (report["new"], report["refused"]) == (1, 1)
    assert {line["what"] for line in report["lines"]} == {"new", "refused"}
    bomb = '<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><body>&b;</body></opml>'
    assert client.post("/api/v1/opml", content=bomb).status_code == 200
    assert client.post("/api/v1/opml", content=b"x" * (5 * 2**20 + 1)).json()["code"] == "too_large"


def test_a_feed_is_tried_and_nothing_is_written(client: TestClient, conn: Connection) -> None:
    answer = client.post("/api/v1/feeds/test", json={"url": "http://127.0.0.1:1/feed"})
    assert answer.status_code == 200
    assert answer.json()["code"]
    assert client.post("/api/v1/feeds/find", json={"url": "http://10.0.0.1/"}).json()["code"].startswith("blocked_")
    assert feeds.listing(conn) == []
