"""The JSON interface."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from cli.output import to_json
from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.articles import articles
from pipeline.store.articles.fields import Stored
from pipeline.store.maintenance import periodic_runs
from tests.web.rows import add_article, add_known_link, add_link, add_story, article_of
from web.api.links.enqueue import MAX_BODY_BYTES
from web.app import create_app
from workers.messaging.redis_queues import QUEUES

BASE = "http://127.0.0.1:8080"


def count(conn: Connection) -> int:
    row = conn.execute("SELECT count(*) FROM links").fetchone()
    assert row is not None
    return int(row[0])


def test_ready_is_where_workers_live_and_ticks_end(client: TestClient, conn: Connection) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"][0] == "ticks: none has ended yet"
    for queue in QUEUES:
        workers.report(conn, f"{queue}@here", queue, 4, "0.1", 0.0)
    periodic_runs.completed(conn, "dispatch")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": []})
    conn.execute("UPDATE periodic SET completed_at = now() - interval '12 minutes'")
    assert client.get("/readyz").json() == {"ready": False, "problems": ["ticks: the last ended 12 min ago"]}


def test_not_ready_says_everything_that_is_wrong(config: Settings, conn: Connection) -> None:
    conn.execute("DELETE FROM _yoyo_migration")
    without_redis = config.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with TestClient(create_app(without_redis), base_url=BASE) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    migrations, redis = answer.json()["problems"]
    assert "0001-foundation" in migrations
    assert "Redis" in redis


def test_enqueue_answers_for_each_url_in_order(client: TestClient, conn: Connection) -> None:
    add_known_link(conn, "https://example.org/failed", state="failed", code="http_404")
    stored = add_known_link(conn, "https://example.org/stored")
    add_article(conn, stored, article_of("x", ""))
    wanted = ["https://example.org/new", "no url", "https://example.org/failed", "ftp://example.org/x", "https://example.org/stored"]
    wanted.append("https://EXAMPLE.org/new?utm_source=rss")  # the same article as the first
    answer = client.post("/api/v1/enqueue", json={"urls": wanted})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [r["url"] for r in results] == wanted
    assert [r.get("what") or r["error"]["code"] for r in results] == ["new", "bad_url", "again", "blocked_scheme", "stored", "new"]
    assert results[0]["id"] == results[5]["id"]
    assert results[4]["id"] == stored
    assert set(results[1]) == {"url", "error"}
    assert results[1]["error"]["detail"]
    assert count(conn) == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.1/",
        "http://169.254.169.254/latest",
        "http://0x7f.1:22/",
        "http://[::1]/",
        "javascript:alert(1)",
        "https://example.org/" + "a" * 9000,
    ],
)
def test_refused_urls_are_422_and_leave_no_row(empty: TestClient, url: str) -> None:
    answer = empty.post("/api/v1/enqueue", json={"urls": [url]})
    assert answer.status_code == 422
    assert answer.json()["error"] == answer.json()["results"][0]["error"]


def test_an_address_that_the_operator_opened_is_taken(client: TestClient) -> None:
    assert client.post("/api/v1/enqueue", json={"urls": ["http://127.0.0.1:9/a"]}).json()["results"][0]["what"] == "new"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonx"])
def test_only_json_is_taken(empty: TestClient, kind: str) -> None:
    answer = empty.post("/api/v1/enqueue", content=b'{"urls": ["https://example.org/a"]}', headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unsupported_media_type")


def test_json_with_a_charset_is_json(client: TestClient) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post("/api/v1/enqueue", content=b'{"urls": ["https://example.org/a"]}', headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[]", ""),
        (b"{}", "urls"),
        (b'{"urls": "https://example.org/"}', "urls"),
        (b'{"urls": [1]}', "urls.0"),
        (b'{"urls": []}', "urls: a request may have 1 to 1000 URLs"),
        (b'{"urls": ["https://example.org/"], "priority": 9}', "priority"),
        (b'{"urls": ["\\ud800"]}', "JSON"),
        (b'{"urls": ' + b"[" * 100_000, "JSON"),
        (b'{"urls": ["' + b'","'.join([b"https://example.org/"] * 1001) + b'"]}', "1000"),
    ],
)
def test_wrong_bodies_are_422_and_say_what_is_wrong(empty: TestClient, body: bytes, named: str) -> None:
    answer = empty.post("/api/v1/enqueue", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"
    assert named in answer.json()["error"]["detail"]


def test_large_bodies_are_413_with_the_limit(empty: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    announced = empty.post("/api/v1/enqueue", content=b" " * (MAX_BODY_BYTES + 1), headers=headers)
    streamed = empty.post("/api/v1/enqueue", content=iter([b" " * 2**20] * 3), headers=headers)
    for answer in (announced, streamed):
        assert answer.status_code == 413
        assert f"{MAX_BODY_BYTES:,}" in answer.json()["error"]["detail"]


def test_enqueue_works_while_redis_is_down(config: Settings, conn: Connection) -> None:
    with TestClient(create_app(config.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})), base_url=BASE) as client:
        answer = client.post("/api/v1/enqueue", json={"urls": ["https://example.org/a"]})
        assert (answer.status_code, answer.json()["results"][0]["what"]) == (200, "new")
        assert client.get("/api/v1/status").json()["redis"] is None
    assert count(conn) == 1


def test_links_are_listed_newest_first_and_in_pages(client: TestClient, conn: Connection) -> None:
    ids = [add_link(conn, f"https://example.org/{n}") for n in range(5)]
    first = client.get("/api/v1/links", params={"limit": 3}).json()
    assert [link["id"] for link in first["links"]] == ids[:1:-1]
    second = client.get("/api/v1/links", params={"limit": 3, "before": first["next"]}).json()
    assert [link["id"] for link in second["links"]] == ids[1::-1]
    assert second["next"] is None


def test_links_are_chosen_by_every_condition(client: TestClient, conn: Connection) -> None:
    add_link(conn, "https://a.example/1", host="a.example")
    failed = add_link(conn, "https://a.example/2", state="failed", code="http_404", host="a.example")
    add_link(conn, "https://b.example/3", state="failed", code="http_404", host="b.example")
    found = client.get("/api/v1/links", params={"state": "failed", "code": "http_404", "host": "a.example"}).json()["links"]
    assert [link["id"] for link in found] == [failed]
    assert client.get("/api/v1/links", params={"host": "nobody.example"}).json() == {"links": [], "next": None}
    assert client.get("/api/v1/links", params={"feed": 12}).json()["links"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=1e9", "limit"),
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("before=-1", "before"),
        ("before=99999999999999999999", "before"),
        ("state=gone", "state"),
        ("code=%27%20or%201=1--", "code"),
        ("host=a%00b", "host"),
        ("host=%27;drop", "host"),
        ("feed=x", "feed"),
        ("sort=title;drop", "sort"),
    ],
)
def test_wrong_parameters_are_422_with_their_name(empty: TestClient, query: str, field: str) -> None:
    answer = empty.get(f"/api/v1/links?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"
    assert field in answer.json()["error"]["detail"]


def test_a_link_comes_with_its_trace(client: TestClient, conn: Connection) -> None:
    link_id = add_link(conn, "https://example.org/a", state="failed", code="http_404", detail="The server answered 404.")
    conn.execute(
        "INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail) VALUES (%s, 'fetch', 1, 5, 'failed', 'http_404', 'gone')",
        (link_id,),
    )
    answer = client.get(f"/api/v1/links/{link_id}").json()
    assert answer["link"]["code"] == "http_404"
    assert [event["what"] for event in answer["events"]] == ["created", "fetch"]


def test_an_article_has_the_fields_that_others_count_on(client: TestClient, conn: Connection) -> None:
    link_id = add_link(conn, "https://example.org/a")
    article_id = add_article(conn, link_id, article_of("Words", "https://example.org/a"))
    answer = client.get(f"/api/v1/articles/{article_id}").json()
    assert list(answer) == [field.name for field in fields(Stored)]
    assert answer == json.loads(to_json(articles.get(conn, article_id))), "the same object as on the command line"
    assert (answer["title"], answer["authors"], answer["link_id"]) == ("Words", ["Words"], link_id)


def test_stories_and_the_copies_in_them(client: TestClient, conn: Connection) -> None:
    one, two, three = (
        add_article(conn, add_link(conn, url, host=host), article_of(host, url), url=url)
        for host in ("a.example", "b.example", "c.example")
        for url in [f"https://{host}/a"]
    )
    story = add_story(conn, two, one)
    (listed,) = client.get("/api/v1/stories").json()["stories"]
    assert (listed["id"], listed["articles"], listed["sites"], listed["original_id"], listed["title"]) == (story, 2, 2, two, "b.example")
    found = client.get(f"/api/v1/stories/{story}").json()["articles"]
    assert [(copy["article_id"], copy["duplicate_of"]) for copy in found] == [(two, None), (one, two)]
    told = [client.get(f"/api/v1/articles/{id_}").json() for id_ in (one, two, three)]
    assert [(article["story_id"], article["duplicate_of"]) for article in told] == [(story, two), (story, None), (None, None)]
    assert client.get("/api/v1/stories", params={"articles": 3}).json() == {"stories": []}
    assert client.get("/api/v1/stories", params={"since": "2999-01-01T00:00:00Z"}).json() == {"stories": []}
    assert client.get("/api/v1/stories", params={"limit": 1_000_000}).status_code == 422
    page = client.get(f"/articles/{one}").text
    assert f'href="/articles/{two}"' in page
    assert "Copies of this text" in page
    assert "Copies of this text" not in client.get(f"/articles/{three}").text


@pytest.mark.parametrize("path", ["links/7", "articles/7", "stories/7"])
def test_what_is_not_there_is_404(empty: TestClient, path: str) -> None:
    answer = empty.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("id_", ["0", "-1", "x", "99999999999999999999", "1%00", "²"])
def test_odd_ids_are_422(empty: TestClient, id_: str) -> None:
    for noun in ("links", "articles", "stories"):
        answer = empty.get(f"/api/v1/{noun}/{id_}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


def test_status_counts(client: TestClient, conn: Connection) -> None:
    add_link(conn, "https://example.org/a")
    add_link(conn, "https://example.org/b", state="failed", code="http_404")
    answer = client.get("/api/v1/status").json()
    assert (answer["links"]["waiting"], answer["links"]["failed"], answer["unfinished"]) == (1, 1, 1)
    assert answer["failures"][0]["last_url"] == "https://example.org/b"
    assert set(answer["redis"]) >= {"poll", "fetch", "extract"}


def test_wrong_methods_and_paths_answer_in_json(empty: TestClient) -> None:
    assert empty.get("/api/v1/enqueue").json()["error"]["code"] == "method_not_allowed"
    assert empty.get("/api/v1/nothing").json()["error"]["code"] == "not_found"


def test_the_interface_describes_itself(empty: TestClient) -> None:
    paths = empty.get("/openapi.json").json()["paths"]
    assert "requestBody" in paths["/api/v1/enqueue"]["post"]
    assert {"/healthz", "/readyz", "/api/v1/links", "/api/v1/links/{link_id}", "/api/v1/articles/{article_id}", "/api/v1/status"} <= set(
        paths
    )
    page = empty.get("/docs")
    assert page.status_code == 200
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page.text)  # nothing of it comes from elsewhere


def test_a_database_without_tables_says_what_to_do(config: Settings, conn: Connection) -> None:
    conn.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    with TestClient(create_app(config), base_url=BASE) as client:
        answer = client.get("/api/v1/status")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_migrated")
        assert "newsmill migrate" in client.get("/").text
