"""The pages of feeds, failures and hosts, as a browser without JavaScript uses them."""

from __future__ import annotations

import lxml.html
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.settings import Settings
from pipeline.store.feeds import feeds
from pipeline.store.hosts import host_settings
from tests.web.rows import add_article, add_known_link, add_link, article_of


def page(client: TestClient, address: str) -> lxml.html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return lxml.html.document_fromstring(answer.text)


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def sent(client: TestClient, address: str, **fields: str) -> str:
    """Sends a form and returns where it leads."""
    answer = client.post(address, data=fields, headers={"Origin": "http://127.0.0.1:8080"}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_feed_is_added_and_its_page_says_when_it_is_polled(client: TestClient) -> None:
    there = sent(client, "/feeds", url="example.org/feed.xml")
    text = words(page(client, there))
    assert "https://example.org/feed.xml" in text
    assert "new feed" in text
    assert "It has listed nothing yet." in text


def test_an_address_that_is_none_is_refused_with_a_sentence(client: TestClient) -> None:
    answer = client.post("/feeds", data={"url": "ftp://example.org/"}, headers={"Origin": "http://127.0.0.1:8080"})
    assert answer.status_code == 422
    assert "<main>" in answer.text


def test_a_feed_is_paused_and_resumed_from_its_page(client: TestClient, conn: Connection) -> None:
    number, _ = feeds.add(conn, "https://example.org/feed.xml")
    conn.commit()
    assert "Resume" in words(page(client, sent(client, f"/feeds/{number}/pause")))
    assert "Pause" in words(page(client, sent(client, f"/feeds/{number}/resume")))


def test_feeds_are_listed_by_state(client: TestClient, conn: Connection) -> None:
    feeds.add(conn, "https://example.org/a.xml", title="First")
    feeds.add(conn, "https://example.org/b.xml", title="Second", paused=True)
    conn.commit()
    assert [words(a) for a in page(client, "/feeds?state=paused").xpath("//td/a")] == ["Second"]


def test_what_a_feed_listed_stands_beside_what_is_stored(client: TestClient, conn: Connection) -> None:
    number, _ = feeds.add(conn, "https://example.org/feed.xml")
    stored, failed = (
        add_known_link(conn, "https://example.org/1"),
        add_known_link(conn, "https://example.org/2", state="failed", code="http_404"),
    )
    article = add_article(conn, stored, article_of("text", "https://example.org/1"))
    for link in (stored, failed):
        conn.execute("INSERT INTO sightings (link_id, feed_id, title) VALUES (%s, %s, 'T')", (link, number))
    conn.commit()
    everything = page(client, f"/feeds/{number}")
    assert everything.xpath(f"//a[@href='/articles/{article}']")
    missing = page(client, f"/feeds/{number}?missing=true")
    assert [a.get("href") for a in missing.xpath("//td/a")] == [f"/links/{failed}"]
    assert "http_404" in words(missing)


def test_failures_are_sent_again_after_their_number_was_said(client: TestClient, conn: Connection) -> None:
    for n in range(3):
        add_link(conn, f"https://example.org/{n}", state="failed", code="http_404")
    add_link(conn, "https://example.org/x", state="failed", code="dns")
    conn.commit()
    listed = page(client, "/failures?code=http_404")
    (ask,) = [a.get("href") for a in listed.iter("a") if words(a).startswith("Try all of these")]
    asked = page(client, ask)
    assert "3 links would be tried again" in words(asked)
    (form,) = asked.xpath("//form[@action='/failures/retry']")
    assert conn.execute("SELECT count(*) FROM links WHERE state = 'failed'").fetchone() == (4,)
    done = page(client, sent(client, "/failures/retry", **{field.get("name"): field.get("value") for field in form.xpath(".//input")}))
    assert "3 links sent again." in words(done)
    assert conn.execute("SELECT code FROM links WHERE state = 'failed'").fetchall() == [("dns",)]


def test_a_host_is_paused_and_resumed_from_its_page(client: TestClient, conn: Connection, config: Settings) -> None:
    add_link(conn, "https://example.org/1")
    conn.commit()
    assert "example.org" in words(page(client, "/hosts"))
    there = sent(client, "/hosts/example.org/pause")
    assert "until somebody resumes it" in words(page(client, there))
    details = host_settings.details(conn, "example.org", config.fetch)
    assert details is not None
    assert details.host.paused
    assert "Pause" in words(page(client, sent(client, "/hosts/example.org/resume")))


def test_what_is_not_there_is_said(client: TestClient) -> None:
    assert client.get("/feeds/99").status_code == 404
    assert client.get("/hosts/nowhere.test").status_code == 404
    assert "No link has failed" in words(page(client, "/failures"))
