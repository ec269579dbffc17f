"""The search page as a browser without JavaScript sees it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import lxml.etree
import lxml.html
import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from tests.web.rows import NOW, add_article, add_known_link, article_of


@pytest.fixture
def articles(conn: Connection) -> list[int]:
    """Three articles, the first of which is the oldest."""
    texts = [
        ("Storm", "The storm took the old pier.", "en"),
        ("Orkan", "Der Orkan nahm den alten Pier.", "de"),
        ("Pier", "A new pier after the storm.", "en"),
    ]
    return [
        add_article(
            conn,
            add_known_link(conn, f"https://example.org/{n}"),
            article_of(text, f"https://example.org/{n}", title=title, language=language, published_at=NOW.replace(day=n + 1)),
        )
        for n, (title, text, language) in enumerate(texts)
    ]


def titles(page: str) -> list[str]:
    return [" ".join(h.text_content().split()) for h in lxml.html.document_fromstring(page).xpath("//article//h3")]


@pytest.mark.usefixtures("articles")
def test_matches_come_newest_first_with_their_words_marked(client: TestClient) -> None:
    page = client.get("/search", params={"q": "storm"})
    assert page.status_code == 200
    assert titles(page.text) == ["Pier", "Storm"]
    document = lxml.html.document_fromstring(page.text)
    assert {mark.text for mark in document.iter("mark")} == {"Storm", "storm"}
    assert "2 articles" in document.xpath("//h1")[0].text_content()


@pytest.mark.usefixtures("articles")
def test_the_filters_of_the_form_narrow_the_query_and_are_told(client: TestClient) -> None:
    page = client.get("/search", params={"q": "pier", "language": "de", "since": "2026-03-01", "until": "", "dedupe": "false"})
    assert titles(page.text) == ["Orkan"]
    assert "published:[2026-03-01 TO" in page.text


@pytest.mark.usefixtures("articles")
def test_every_view_is_an_address_and_keeps_the_query(client: TestClient) -> None:
    page = client.get("/search", params={"q": "pier", "language": "en"})
    tabs = lxml.html.document_fromstring(page.text).xpath("//*[@class='tabs']//a/@href")
    assert len(tabs) == 5
    for href in tabs:
        assert parse_qs(urlsplit(href).query)["q"] == ["pier"]
        assert client.get(href).status_code == 200, href


@pytest.mark.usefixtures("articles")
def test_several_queries_are_counted_side_by_side(client: TestClient) -> None:
    page = client.get("/search", params={"q": ["storm", "orkan"], "view": "time", "unit": "day"})
    document = lxml.html.document_fromstring(page.text)
    counts = [[cell.text_content().strip() for cell in row] for row in document.xpath("(//table)[1]//tr[td]")]
    assert counts == [["storm", "2"], ["orkan", "1"]]
    assert [line.get("class") for line in document.iter("polyline")] == ["q0", "q1"]
    cells = [[cell.text_content().strip() for cell in row] for row in document.xpath("(//table)[2]//tr[td]")]
    assert cells == [["2026-03-01", "1", "0"], ["2026-03-02", "0", "1"], ["2026-03-03", "1", "0"]]


@pytest.mark.usefixtures("articles")
def test_the_table_of_a_chart_comes_as_a_file_with_the_same_numbers(client: TestClient) -> None:
    answer = client.get("/search/over-time.csv", params={"q": "storm", "unit": "day"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines() == [
        '"day","storm articles","storm low","storm high"',
        '"2026-03-01",1,1,1',
        '"2026-03-02",0,0,0',
        '"2026-03-03",1,1,1',
    ]


@pytest.mark.usefixtures("articles")
def test_the_chart_comes_as_a_picture_that_stands_alone(client: TestClient) -> None:
    answer = client.get("/search/over-time.svg", params={"q": "storm", "unit": "day"})
    assert answer.headers["content-type"] == "image/svg+xml"
    picture = lxml.etree.fromstring(answer.content)
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert not picture.xpath("//@style")


@pytest.mark.usefixtures("articles")
def test_a_query_that_cannot_be_run_says_where_and_what_to_write(client: TestClient) -> None:
    page = client.get("/search", params={"q": "storm AND (pier"})
    assert page.status_code == 422
    assert lxml.html.document_fromstring(page.text).xpath("//*[@role='alert']")[0].text_content().strip()
    assert client.get("/search/over-time.csv", params={"q": "storm AND (pier"}).status_code == 422


@pytest.mark.usefixtures("articles")
def test_groups_lead_to_their_articles(client: TestClient) -> None:
    page = client.get("/search", params={"q": "pier", "view": "groups", "by": "language"})
    links = {a.text_content(): a.get("href") for a in lxml.html.document_fromstring(page.text).xpath("//table//a")}
    assert titles(client.get(links["de"]).text) == ["Orkan"]


def test_the_box_at_the_top_searches_words_and_traces_a_url(client: TestClient) -> None:
    found = client.get("/find", params={"q": "storm pier"}, follow_redirects=False)
    assert found.headers["location"] == "/search?q=storm+pier"
    traced = client.get("/find", params={"q": " https://example.org/a?b=1 "}, follow_redirects=False)
    assert traced.headers["location"] == "/links?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1"


def test_pages_go_on_behind_the_last_article(client: TestClient, conn: Connection) -> None:
    for n in range(23):
        url = f"https://example.org/{n}"
        add_article(conn, add_known_link(conn, url), article_of("again", url, title=f"T{n:02}", published_at=NOW - timedelta(hours=n)))
    first = client.get("/search", params={"q": "again"})
    (following,) = lxml.html.document_fromstring(first.text).xpath("//a[@rel='next']/@href")
    second = client.get(following)
    assert titles(first.text) + titles(second.text) == [f"T{n:02}" for n in range(23)]
    assert client.get("/search", params={"q": "again", "cursor": "nonsense"}).status_code == 422


def test_more_queries_than_are_compared_are_refused_with_the_number(client: TestClient) -> None:
    answer = client.get("/search", params={"q": [f"w{n}" for n in range(6)]})
    assert answer.status_code == 422
    assert "5 queries" in answer.text
