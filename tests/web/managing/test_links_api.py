"""Links, failures and hosts over HTTP, and files by hand."""

from __future__ import annotations

from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.store.links import links
from tests.web.rows import add_known_link


def states(conn: Connection) -> dict[str, int]:
    return dict(conn.execute("SELECT state, count(*) FROM links GROUP BY 1").fetchall())


def test_failures_are_counted_and_sent_again_with_the_number_first(client: TestClient, conn: Connection) -> None:
    for n in range(3):
        add_known_link(conn, f"https://a.example/{n}", state="failed", code="http_404")
    add_known_link(conn, "https://b.example/9", state="failed", code="timeout")
    add_known_link(conn, "https://b.example/8", state="skipped", code="robots_disallowed")
    told = {one["code"]: (one["count"], bool(one["meaning"])) for one in client.get("/api/v1/failures").json()["failures"]}
    assert told == {"http_404": (3, True), "timeout": (1, True), "robots_disallowed": (1, True)}
    first = client.post("/api/v1/retry", json={"code": "http_404", "host": "a.example", "dry_run": True}).json()
    assert (first["links"], first["dry_run"]) == (3, True)
    assert states(conn) == {"failed": 4, "skipped": 1}
    assert client.post("/api/v1/retry", json={"code": "http_404", "host": "a.example"}).json() == {"links": 3, "feeds": 0, "dry_run": False}
    assert states(conn) == {"waiting": 3, "failed": 1, "skipped": 1}
    assert client.post("/api/v1/retry", json={"state": "skipped", "dry_run": True}).json()["links"] == 1
    assert client.post("/api/v1/retry", json={}).json()["links"] == 1
    assert client.post("/api/v1/retry", json={"code": "no_such_code"}).json()["code"] == "invalid"
    csv = client.get("/api/v1/failures", headers={"Accept": "text/csv"}).text
    assert csv.startswith('"state"')


def test_a_link_is_found_by_its_address_and_listed_as_a_table(client: TestClient, conn: Connection) -> None:
    link = add_known_link(conn, "https://a.example/1")
    assert client.get("/api/v1/links/by-url?url=https://A.example/1?utm_source=x").json()["link"]["id"] == link
    assert client.get("/api/v1/links/by-url?url=https://a.example/2").json()["code"] == "not_found"
    rows = client.get("/api/v1/links", headers={"Accept": "text/csv"}).text.splitlines()
    assert (len(rows), '"https://a.example/1"' in rows[1]) == (2, True)


def test_hosts_are_told_and_changed(client: TestClient, conn: Connection) -> None:
    add_known_link(conn, "https://a.example/1")
    assert [host["name"] for host in client.get("/api/v1/hosts").json()["hosts"]] == ["a.example"]
    told = client.patch("/api/v1/hosts/a.example", json={"paused": True, "pause_s": 60, "delay_s": 7, "ignore_robots": True}).json()["host"]
    assert (told["paused"], told["delay_s"], told["delay_from"], told["robots"]) == (True, 7, "operator", "ignored")
    told = client.patch("/api/v1/hosts/a.example", json={"paused": False, "delay_s": None}).json()["host"]
    assert (told["paused"], told["delay_from"]) == (False, "default")
    assert client.patch("/api/v1/hosts/b.example", json={"paused": True}).json()["code"] == "not_found"
    assert client.get("/api/v1/hosts?paused=true").json() == {"hosts": [], "more": False}


def test_a_file_is_taken_in_and_once_more_it_is_the_same_link(client: TestClient, conn: Connection) -> None:
    page = b"<html><head><title>A</title></head><body><article><p>Words of a saved article.</p></article></body></html>"
    first = client.post("/api/v1/files?name=saved.html", content=page, headers={"Content-Type": "application/octet-stream"})
    again = client.post("/api/v1/files?name=saved.html", content=page, headers={"Content-Type": "application/octet-stream"})
    assert (first.status_code, len(first.json()["results"])) == (200, 1)
    assert first.json()["results"][0]["id"] == again.json()["results"][0]["id"]
    listed = client.post("/api/v1/files?name=../../a.csv", content=b"url\nhttps://a.example/1\nhttps://a.example/2\nnone\n")
    assert [bool(one.get("id")) for one in listed.json()["results"]].count(True) == 2
    assert client.post("/api/v1/files?name=virus.exe", content=b"MZ").json()["code"] == "unknown_file"
    assert len(links.listing(conn)) == 3
