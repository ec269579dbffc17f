"""Articles over HTTP: text, page, versions, copies, and where addresses lead."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.jobs import Page
from pipeline.store.articles import articles, pages
from pipeline.store.links import aliases
from tests.web.rows import add_article, add_known_link, add_link, add_story, article_of

URL = "https://example.org/story"


def test_text_page_and_trace(client: TestClient, conn: Connection) -> None:
    link = add_known_link(conn, URL)
    article = add_article(conn, link, article_of("One.\nTwo.", ""))
    pages.make_partitions(conn)
    assert client.get(f"/api/v1/articles/{article}/raw").json()["code"] == "page_pruned"
    body = b"<script>alert(1)</script>\xff"
    pages.insert(conn, link, Page(URL, URL, 200, {}, (), body, datetime.now(UTC)))
    raw = client.get(f"/api/v1/articles/{article}/raw")
    assert (raw.content, raw.headers["content-type"]) == (body, "application/octet-stream")
    assert raw.headers["content-disposition"].startswith("attachment")
    text = client.get(f"/api/v1/articles/{article}/text")
    assert (text.text, text.headers["content-type"]) == ("One.\nTwo.", "text/plain; charset=utf-8")
    assert client.get(f"/api/v1/articles/{article}/trace").json()["link"]["id"] == link


def test_versions_and_what_is_different_in_them(client: TestClient, conn: Connection) -> None:
    link = add_known_link(conn, URL)
    article = add_article(conn, link, article_of("First.\nSecond.", "", title="T"))
    changed = article_of("First.\nThird.", "", title="T")
    articles.keep_revision(conn, link, changed)
    add_article(conn, link, changed)
    assert [one["text"] for one in client.get(f"/api/v1/articles/{article}/revisions").json()["versions"]] == [
        "First.\nSecond.",
        "First.\nThird.",
    ]
    told = client.get(f"/api/v1/articles/{article}/diff").json()
    assert (told["a"], told["b"]) == (1, 2)
    assert told["parts"] == [
        {"what": "same", "paragraphs": ["T", "First."]},
        {"what": "taken", "paragraphs": ["Second."]},
        {"what": "added", "paragraphs": ["Third."]},
    ]
    assert client.get(f"/api/v1/articles/{article}/diff?b=3").json()["code"] == "not_found"


def test_copies_are_told_with_the_original_first(client: TestClient, conn: Connection) -> None:
    one, two = (add_article(conn, add_known_link(conn, f"{URL}/{n}"), article_of(f"x {n}", ""), url=f"{URL}/{n}") for n in range(2))
    assert client.get(f"/api/v1/articles/{one}/copies").json() == {"story_id": None, "articles": [], "more": False}
    story = add_story(conn, one, two)
    told = client.get(f"/api/v1/articles/{two}/copies").json()
    assert (told["story_id"], [member["article_id"] for member in told["articles"]], told["more"]) == (story, [one, two], False)


def test_addresses_are_looked_up_under_any_name(client: TestClient, conn: Connection) -> None:
    link = add_known_link(conn, URL)
    article = add_article(conn, link, article_of("x", ""))
    aliases.note(conn, link, [("https://example.org/other", "found")])
    add_known_link(conn, "https://example.org/gone", state="failed", code="http_404", detail="The server answered 404.")
    urls = [f"{URL}?utm_source=rss", "https://example.org/other", "https://example.org/gone", "https://example.org/never", "no url"]
    found = client.post("/api/v1/articles/lookup", json={"urls": urls}).json()["results"]
    assert [(one["state"], one["article_id"], one["code"]) for one in found] == [
        ("stored", article, ""),
        ("stored", article, ""),
        ("failed", None, "http_404"),
        ("unknown", None, ""),
        ("refused", None, "bad_url"),
    ]
    assert [one["url"] for one in found] == urls
    assert client.post("/api/v1/articles/lookup", json={"urls": [URL] * 1001}).status_code == 422
    answer = client.get("/api/v1/articles/by-url", params={"url": "https://example.org/other"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/api/v1/articles/{article}")
    assert client.get("/api/v1/articles/by-url", params={"url": "https://example.org/gone"}).json()["code"] == "http_404"


def test_a_page_of_another_type_than_json_is_refused(client: TestClient, conn: Connection) -> None:
    add_link(conn, URL)
    answer = client.post("/api/v1/articles/lookup", content='{"urls": ["x"]}', headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
