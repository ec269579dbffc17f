"""The pages as a browser without JavaScript sees them."""

from __future__ import annotations

import re
from typing import Any

import lxml.html
import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.feeds import feeds
from tests.web.rows import NOW, add_article, add_known_link, add_link, article_of
from web.app import create_app


def words(html: str) -> str:
    return " ".join(lxml.html.document_fromstring(html).text_content().split())


def section(html: str, id_: str) -> str:
    return " ".join(lxml.html.document_fromstring(html).get_element_by_id(id_).text_content().split())


def test_an_empty_archive_says_what_to_do_next(empty: TestClient) -> None:
    page = empty.get("/")
    assert page.status_code == 200
    assert "newsmill add" in page.text
    assert "newsmill import config/feeds.opml" in page.text
    assert "workers of" not in page.text  # nothing stands still while there is nothing to do


def test_a_missing_contact_address_is_the_first_thing_said(empty: TestClient, config: Settings) -> None:
    notice = lxml.html.document_fromstring(empty.get("/").text).xpath("//main//p[@class='notice bad']")[0]
    assert notice.findtext("strong") == "No contact address is set, so only loopback addresses are fetched."
    assert notice.findtext("code") == "newsmill set fetch.contact=ADDRESS"
    known = config.model_copy(update={"fetch": config.fetch.model_copy(update={"contact": "https://who.test/"})})
    with TestClient(create_app(known), base_url="http://127.0.0.1:8080") as client:
        assert "contact address" not in client.get("/").text


def test_the_funnel_counts_links_by_state(client: TestClient, conn: Connection) -> None:
    for n in range(3):
        add_link(conn, f"https://example.org/{n}")
    add_link(conn, "https://example.org/x", state="failed", code="http_404")
    text = section(client.get("/").text, "funnel")
    assert re.search(r"waiting ?due now or later 3 ?75\.0 %", text)
    assert re.search(r"failed ?given up, with a reason 1 ?25\.0 %", text)


def test_failures_have_their_meaning_and_lead_to_the_last_one(client: TestClient, conn: Connection) -> None:
    url = "https://example.org/a?b=1&c=%20d"
    link_id = add_known_link(conn, url, state="failed", code="http_404")
    page = client.get("/")
    assert "the server answered 404" in section(page.text, "failures")
    code, href = (a.get("href") for a in lxml.html.document_fromstring(page.text).get_element_by_id("failures").iter("a"))
    assert code == "/failures?state=failed&code=http_404"
    followed = client.get(href, follow_redirects=False)
    assert (followed.status_code, followed.headers["location"]) == (303, f"/links/{link_id}")


def test_workers_that_are_silent_are_named(client: TestClient, conn: Connection) -> None:
    add_link(conn, "https://example.org/a")
    for queue in ("poll", "fetch", "extract"):
        workers.report(conn, f"{queue}@box", queue, 4, "0.1.0", 0.0)
    assert "workers of fetch" not in client.get("/").text
    conn.execute("UPDATE workers SET seen_at = now() - interval '12 minutes' WHERE queue = 'fetch'")
    page = client.get("/").text
    assert "workers of fetch: none has reported lately." in words(page)
    assert "fetch@box fetch 4 12 min ago" in section(page, "workers")


def test_failing_feeds_and_paused_hosts_are_listed(client: TestClient, conn: Connection) -> None:
    feed_id, _ = feeds.add(conn, "https://example.org/rss", title="The Paper")
    conn.execute("UPDATE feeds SET failures = 3, code = 'http_503' WHERE id = %s", (feed_id,))
    conn.execute("UPDATE hosts SET paused_until = now() + interval '12 minutes 20 s', pause_reason = 'http_429: asked to wait'")
    page = client.get("/").text
    assert "1 active 1 failing" in section(page, "feeds")
    assert "The Paper http_503 the server answered 503, 3 times in a row" in section(page, "feeds")
    assert "example.org resumes in 12 min http_429: asked to wait" in section(page, "hosts")


def test_redis_that_is_down_is_said_and_the_page_still_comes(config: Settings, conn: Connection) -> None:
    add_link(conn, "https://example.org/a")
    with TestClient(
        create_app(config.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})), base_url="http://localhost:8080"
    ) as client:
        page = client.get("/")
    assert page.status_code == 200
    assert "redis: Redis at 127.0.0.1:1" in page.text


def test_flower_is_linked_where_the_browser_reaches_it(config: Settings) -> None:
    elsewhere = config.model_copy(update={"web": config.web.model_copy(update={"flower_url": "https://flower.example/"})})
    for settings, url in ((config, "http://127.0.0.1:5555"), (elsewhere, "https://flower.example/")):
        with TestClient(create_app(settings), base_url="http://localhost:8080") as client:
            assert f'href="{url}"' in client.get("/").text


def test_the_page_refreshes_itself_without_javascript(empty: TestClient) -> None:
    assert '<noscript><meta http-equiv="refresh"' in empty.get("/").text
    assert empty.get("/static/live.js").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"published_precision": "day"}, f"published {NOW:%Y-%m-%d}"),
        ({"published_precision": "zone_assumed"}, "UTC assumed"),
        ({"agencies": ("AFP", "dpa")}, "agencies AFP, dpa"),
        ({"original_publisher": "Isles Dispatch"}, "first at Isles Dispatch"),
        ({"access": "paid"}, "access paid"),
    ],
)
def test_an_article_says_what_is_known_beyond_its_text(client: TestClient, conn: Connection, fields: dict[str, Any], says: str) -> None:
    article_id = add_article(conn, add_link(conn, "https://example.org/a"), article_of("x", "https://example.org/a", **fields))
    assert says in words(client.get(f"/articles/{article_id}").text)


def test_an_article_is_shown_with_where_each_field_came_from(client: TestClient, conn: Connection) -> None:
    link_id = add_link(conn, "https://example.org/a")
    article = article_of("First.\n\nسطر", "https://example.org/a", title="A title", sources={"title": "json-ld headline", "text": "page"})
    article_id = add_article(conn, link_id, article)
    assert f'href="/articles/{article_id}"' in client.get("/").text
    page = client.get(f"/articles/{article_id}")
    text = words(page.text)
    assert "from json-ld headline" in text
    assert "2026-03-05 12:30:00 UTC" in text
    assert f'href="/links/{link_id}"' in page.text
    assert [p.text_content() for p in lxml.html.document_fromstring(page.text).xpath("//article/p[@dir='auto']")] == ["First.", "سطر"]


def test_links_that_leave_say_nothing_about_us(client: TestClient, conn: Connection) -> None:
    article_id = add_article(conn, add_link(conn, "https://example.org/a"), article_of("x", "https://example.org/a"))
    leaving = lxml.html.document_fromstring(client.get(f"/articles/{article_id}").text).xpath("//a[starts-with(@href, 'http')]")
    assert len(leaving) >= 4
    assert {a.get("rel") for a in leaving} == {"noopener noreferrer nofollow"}


def test_only_web_addresses_become_links(client: TestClient, conn: Connection) -> None:
    article_id = add_article(conn, add_link(conn, "javascript:alert(1)"), article_of("x", "javascript:alert(1)"), url="data:text/html,x")
    page = lxml.html.document_fromstring(client.get(f"/articles/{article_id}").text)
    assert all(a.get("href").startswith("/") for a in page.iter("a"))


def test_the_trace_tells_the_story_in_order(client: TestClient, conn: Connection) -> None:
    link_id = add_link(conn, "https://example.org/a", state="failed", code="timeout", detail="No answer in 30 s.")
    for number, outcome in ((1, "retry"), (2, "failed")):
        conn.execute(
            "INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail, worker)"
            " VALUES (%s, 'fetch', %s, 30000, %s, 'timeout', 'No answer in 30 s.', 'fetch@box')",
            (link_id, number, outcome),
        )
    text = words(client.get(f"/links/{link_id}").text)
    assert text.index("created") < text.index("fetch retry timeout try 1") < text.index("fetch failed timeout try 2")
    assert "the total time for one fetch ran out: No answer in 30 s." in text


def test_the_form_takes_one_url_a_line(client: TestClient, conn: Connection) -> None:
    page = client.post("/enqueue", data={"urls": "https://example.org/a\r\n\r\n  no url \r\n"}, headers={"Origin": "http://127.0.0.1:8080"})
    assert page.status_code == 200
    assert "1 of 2 URLs accepted" in words(page.text)
    assert "bad_url" in page.text
    row = conn.execute("SELECT id, url FROM links").fetchall()
    assert row == [(row[0][0], "https://example.org/a")]
    assert f'href="/links/{row[0][0]}"' in page.text


@pytest.mark.parametrize(
    ("body", "status"),
    [("urls=", 422), ("", 422), ("urls=%20%0a", 422), ("urls=no+url", 422), ("x=1&" * 20, 422), ("urls=" + "a" * 3_000_000, 413)],
)
def test_a_wrong_form_is_answered_by_a_page(empty: TestClient, body: str, status: int) -> None:
    answer = empty.post("/enqueue", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/articles/9", 404),
        ("/links/9", 404),
        ("/articles/x", 422),
        ("/links?url=nonsense", 422),
        ("/links?url=https://a.example/", 404),
        ("/links", 422),
        ("/nothing", 404),
    ],
)
def test_errors_are_pages_too(empty: TestClient, path: str, status: int) -> None:
    answer = empty.get(path)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_a_host_with_a_long_crawl_delay_is_shown_with_its_pace(client: TestClient, conn: Connection) -> None:
    assert "hidden" in lxml.html.document_fromstring(client.get("/").text).get_element_by_id("slow").attrib
    for number in range(3):
        add_known_link(conn, f"https://slow.example/{number}")
    add_known_link(conn, "https://quick.example/")
    conn.execute("UPDATE hosts SET delay_s = CASE WHEN name = 'slow.example' THEN 300 ELSE 5 END")
    text = section(client.get("/").text, "slow")
    assert "slow.example every 5 min 3 links waiting, done in about 15 min" in text
    assert "quick.example" not in text


def test_more_paused_hosts_than_fit_are_counted(client: TestClient, conn: Connection) -> None:
    for number in range(52):
        add_known_link(conn, f"https://h{number}.example/")
    conn.execute("UPDATE hosts SET paused_until = now() + interval '1 h', pause_reason = 'it answered 503'")
    assert "and 2 more" in section(client.get("/").text, "hosts")
