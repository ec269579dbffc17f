"""The versions of an article on its pages."""

from __future__ import annotations

import lxml.html
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.store.articles import articles
from tests.web.rows import add_article, add_known_link, article_of

URL = "https://example.org/story"


def test_an_article_that_changed_leads_to_what_changed(client: TestClient, conn: Connection) -> None:
    link = add_known_link(conn, URL)
    number = add_article(conn, link, article_of("First.\nSecond <b>.", URL, title="T"))
    changed = article_of("First.\nThird.", URL, title="T")
    articles.keep_revision(conn, link, changed)
    add_article(conn, link, changed)
    conn.commit()
    page = lxml.html.document_fromstring(client.get(f"/articles/{number}").text)
    (href,) = [a.get("href") for a in page.iter("a") if "changed" in a.text_content()]
    told = lxml.html.document_fromstring(client.get(href).text)
    assert [e.text_content().strip() for e in told.iter("ins")] == ["Third."]
    assert [e.text_content().strip() for e in told.iter("del")] == ["Second <b>."]


def test_an_article_that_never_changed_has_no_versions_to_show(client: TestClient, conn: Connection) -> None:
    number = add_article(conn, add_known_link(conn, URL), article_of("Text.", URL))
    conn.commit()
    assert "Versions" not in client.get(f"/articles/{number}").text
    assert client.get(f"/articles/{number}/diff?b=3").status_code == 404
