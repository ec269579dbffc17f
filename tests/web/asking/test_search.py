"""Search, counts, samples and words over HTTP: the numbers agree with each other and with the command line."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.access import secrets
from pipeline.store.access import tokens, users
from tests.web.rows import NOW, add_article, add_known_link, add_story, article_of


@pytest.fixture
def ids(conn: Connection) -> list[int]:
    """Seven articles of a week, of which five have the word budget, and two of those are copies."""
    found = []
    for n in range(7):
        text = f"The council has passed its budget number{n}." if n < 5 else "Rain is expected."
        url = f"https://{'a' if n % 2 else 'b'}.example/{n}"
        at = NOW - timedelta(days=n)
        made = article_of(text, "", published_at=at, title=f"Title {n}", language="en" if n % 2 else "de", tags=(), authors=("Jo",))
        found.append(add_article(conn, add_known_link(conn, url), made, url=url))
    add_story(conn, found[0], found[1])
    return found


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_pages_have_every_match_once_and_the_counts_agree(client: TestClient, ids: list[int]) -> None:
    seen, cursor = [], None
    while True:
        page = client.get("/api/v1/search", params={"q": "budget", "limit": 2, **({"cursor": cursor} if cursor else {})})
        answer = page.json()
        seen += [one["id"] for one in answer["articles"]]
        assert ('rel="next"' in page.headers.get("link", "")) is (answer["next"] is not None)
        if (cursor := answer["next"]) is None:
            break
    assert seen == ids[:5]
    count = client.get("/api/v1/search/count?q=budget").json()
    assert (count["total"], count["low"], count["high"], count["relation"], count["query"]) == (5, 5, 5, "exact", "budget")
    days = client.get("/api/v1/search/over-time?q=budget published:[2026-02-20 TO 2026-03-10]").json()
    assert (len(days["rows"]), sum(row["articles"] for row in days["rows"]), days["total"]) == (19, 5, 5)
    top = client.get("/api/v1/search/top?q=budget&by=source&share=true").json()
    assert {row["key"]: (row["articles"], row["of"]) for row in top["rows"]} == {"b.example": (3, 4), "a.example": (2, 3)}
    assert (client.get("/api/v1/search/top?q=budget&limit=1").json()["left_out"]) == 1


def test_each_story_once(client: TestClient, ids: list[int]) -> None:
    assert client.get("/api/v1/search/count?q=budget&dedupe=true").json()["total"] == 4
    first = client.get("/api/v1/search?q=number0").json()["articles"][0]
    assert (first["copies"], first["sites"]) == (2, 2)


def test_a_passage_marks_the_words(client: TestClient, ids: list[int]) -> None:
    passage = client.get("/api/v1/search?q=budget&sort=relevance").json()["articles"][0]["passage"]
    assert [passage["text"][start:end] for start, end in passage["marks"]] == ["budget"]


def test_the_same_seed_draws_the_same_articles(client: TestClient, ids: list[int]) -> None:
    draws = [[one["id"] for one in client.get("/api/v1/search/sample?q=budget&n=3&seed=a").json()["articles"]] for _ in range(2)]
    assert draws[0] == draws[1]
    assert set(draws[0]) <= set(ids[:5])


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/api/v1/search?q=budget", {"id", "title", "url", "day"}),
        ("/api/v1/search/sample?q=budget", {"id", "title"}),
        ("/api/v1/search/count?q=budget", {"total", "relation"}),
        ("/api/v1/search/over-time?q=budget&share=true", {"day", "articles", "of", "share"}),
        ("/api/v1/search/top?q=budget&by=author", {"author", "articles"}),
        ("/api/v1/search/words?q=budget", {"word", "texts"}),
    ],
)
def test_every_table_is_csv_where_that_is_asked_for(client: TestClient, ids: list[int], path: str, columns: set[str]) -> None:
    answer = client.get(path, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert columns <= set(next(csv.reader(io.StringIO(answer.text))))
    assert client.get(path, headers={"Accept": "application/json, text/csv;q=0.5"}).headers["content-type"] == "application/json"


def test_the_table_has_the_rows_of_the_answer(client: TestClient, ids: list[int]) -> None:
    found = rows(client.get("/api/v1/search?q=budget", headers={"Accept": "text/csv"}).text)
    assert [int(row["id"]) for row in found] == ids[:5]


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("q=(budget", "bad_query", "not closed"),
        ("q=*udget", "bad_query", "star"),
        ("cursor=x", "bad_cursor", "cursor"),
        ("cursor=MXwy", "bad_cursor", "cursor"),
        ("limit=201", "invalid", "limit"),
        ("limit=1e9", "invalid", "limit"),
        ("sort=title;drop", "invalid", "sort"),
        ("page=-1", "invalid", "page"),
        ("forms=xx", "bad_query", "forms"),
        ("q=feed:%00", "", ""),
        ("q=' or 1=1--", "", ""),
    ],
)
def test_what_is_wrong_is_named(client: TestClient, query: str, code: str, words: str) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == (422 if code else 200) or (not code and answer.status_code == 422)
    if code:
        assert answer.json()["code"] == code
        assert words in answer.json()["detail"]


def test_an_unchanged_answer_is_not_sent_again(client: TestClient, ids: list[int], conn: Connection) -> None:
    first = client.get("/api/v1/search?q=budget")
    again = client.get("/api/v1/search?q=budget", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    add_article(conn, add_known_link(conn, "https://c.example/8"), article_of("Another budget", ""), url="https://c.example/8")
    assert client.get("/api/v1/search?q=budget", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    assert client.get("/api/v1/search?q=council&limit=200").headers["content-encoding"] == "gzip"


def test_who_may_not_read_texts_gets_a_short_passage_and_no_text(client: TestClient, conn: Connection) -> None:
    link = add_known_link(conn, "https://a.example/long")
    article = add_article(conn, link, article_of("budget " * 300, ""), url="https://a.example/long")
    users.add(conn, "jo", "admin", "x")
    tokens.add(conn, "jo", "read", ["read"], secrets.digest("nm_r"), None)
    header = {"Authorization": "Bearer nm_r"}
    passage = client.get("/api/v1/search?q=budget", headers=header).json()["articles"][0]["passage"]
    assert 100 < len(passage["text"]) <= 200
    answer = client.get(f"/api/v1/articles/{article}", headers=header)
    assert (answer.json()["text"], answer.json()["title"] != "") == ("", True)
    assert answer.headers["newsmill-withheld"] == "text, markdown, dropped"
    assert client.get(f"/api/v1/articles/{article}/text", headers=header).status_code == 403


def test_explain_tells_the_normal_form_and_how_it_is_run(client: TestClient, ids: list[int]) -> None:
    told = client.get("/api/v1/search/explain?q=Budget source:a.example").json()
    assert (told["query"], told["led_by"]) == ("budget AND source:a.example", "words")
    assert "a.example" in told["values"].values()
