"""The interface as it is described, and exports, events and sources as they answer."""

from __future__ import annotations

import json

from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.settings import Settings
from tests.paths import REPOSITORY
from tests.web.rows import add_article, add_known_link, article_of
from web.app import create_app
from web.description.markdown import markdown


def test_the_reference_is_not_stale() -> None:
    said = (REPOSITORY / "docs/reference/api.md").read_text(encoding="utf-8")
    assert said == markdown(create_app(Settings()).openapi()), "run `make docs`"


def test_the_page_names_every_endpoint_and_needs_nothing_from_elsewhere(empty: TestClient) -> None:
    page = empty.get("/docs").text
    for path in empty.get("/openapi.json").json()["paths"]:
        assert path in page
    assert "<script" not in page
    assert "//cdn" not in page


def test_every_endpoint_is_described_with_an_example_of_its_body(empty: TestClient) -> None:
    for path, methods in empty.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            assert body is None or "example" in body, (method, path)


def test_an_export_has_every_match_whatever_their_number(client: TestClient, conn: Connection) -> None:
    for n in range(5):
        url = f"https://a.example/{n}"
        add_article(conn, add_known_link(conn, url), article_of(f"budget {n}", ""), url=url)
    lines = [json.loads(line) for line in client.get("/api/v1/export?q=budget").text.splitlines()]
    assert sorted(line["text"] for line in lines) == [f"budget {n}" for n in range(5)]
    one = client.get(f"/api/v1/articles/{lines[0]['id']}").json()
    assert one == lines[0]
    table = client.get("/api/v1/export?q=budget&format=csv&fields=id,title").text.splitlines()
    assert (table[0], len(table)) == ('"id","title"', 6)
    assert client.get("/api/v1/export?fields=colour").json()["code"] == "invalid"
    assert client.get("/api/v1/export?q=budget&format=ris").text.count("TY  - NEWS") == 5
    assert "newsmill-" in client.get(f"/api/v1/articles/{one['id']}/citation?format=bibtex").text


def test_links_are_followed_to_their_end(client: TestClient, conn: Connection) -> None:
    done = add_known_link(conn, "https://a.example/1", state="failed", code="http_404")
    events = client.get(f"/api/v1/events?link={done}").text
    assert f'event: link\ndata: {{"id": {done}' in events
    assert events.rstrip().endswith('event: end\ndata: {"links": 1, "unknown": 0}')
    assert client.get("/api/v1/events?link=" + ",".join(map(str, range(1, 1100)))).status_code == 422


def test_sources_and_collections_are_made_changed_and_removed(client: TestClient, conn: Connection) -> None:
    add_article(conn, add_known_link(conn, "https://a.example/1"), article_of("x", ""), url="https://a.example/1")
    (source,) = client.get("/api/v1/sources").json()["sources"]
    name = source["name"]
    saved = client.put(f"/api/v1/sources/one?name={name}", json={"fields": {"country": "DE"}, "collections": ["Dailies"]}).json()
    assert (saved["what"], sorted(saved["changes"])) == ("changed", ["collections", "country"])
    assert client.get("/api/v1/search/count?q=collection:Dailies country:DE").json()["total"] == 1
    assert client.put(f"/api/v1/sources/one?name={name}", json={"fields": {"country": "Atlantis"}}).json()["code"] == "invalid"
    assert client.post("/api/v1/collections", json={"name": "Weeklies"}).status_code == 201
    assert client.post("/api/v1/collections", json={"name": "weeklies"}).json()["code"] == "name_taken"
    told = client.patch("/api/v1/collections/Weeklies", json={"add": [name, "never.example"]}).json()
    assert told == {"added": [name], "removed": [], "unknown": ["never.example"]}
    assert [one["sources"] for one in client.get("/api/v1/collections").json()["collections"]] == [1, 1]
    assert client.delete("/api/v1/collections/Weeklies").status_code == 204
    assert client.delete("/api/v1/sources/one?name=never.example").json()["code"] == "not_found"
