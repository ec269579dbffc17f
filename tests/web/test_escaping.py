"""Whatever the web sends as title, author, text or URL stays text on every page."""

from __future__ import annotations

import json

import lxml.html
import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from pipeline.store.feeds import feeds
from pipeline.text import clean
from tests.paths import CONFORMANCE
from tests.web.rows import add_article, add_known_link, add_link, article_of
from web import templating
from web.pages import dashboard

TABLE = CONFORMANCE / "web" / "xss.jsonl"
PAYLOADS = [clean(json.loads(line)["payload"]) for line in TABLE.read_text(encoding="utf-8").splitlines()]
PLAIN = "plain words"

Shape = list[tuple[str, tuple[str, ...]]]


def shape(html: str) -> Shape:
    """The elements of a page and the names of their attributes, without those that only a link has."""
    tree = lxml.html.document_fromstring(html)
    return [(e.tag, tuple(sorted(e.attrib))) for e in tree.iter() if isinstance(e.tag, str) and e.tag != "a"]


def assert_harmless(html: str) -> None:
    for element in lxml.html.document_fromstring(html).iter():
        if not isinstance(element.tag, str):
            continue
        assert not any(name.startswith("on") or name in ("style", "srcdoc") for name in element.attrib)
        for name in ("href", "src", "action"):
            assert element.get(name, "/").startswith(("/", "http://", "https://"))
        if element.tag == "script":
            assert (element.get("src"), element.text) == ("/static/live.js", None)


def assert_not_raw(html: str, payload: str, own: str = "") -> None:
    """Not in the page as it is, unless the page without any payload (`own`) has the same words, such as `<svg`."""
    if any(character in payload for character in "<>\"'") and payload not in own:
        assert payload not in html


def test_there_are_payloads() -> None:
    assert len(PAYLOADS) > 200


def test_article_and_trace_pages(client: TestClient, conn: Connection) -> None:
    shapes: list[tuple[Shape, Shape]] = []
    for payload in [PLAIN, *PAYLOADS]:
        text = " ".join(payload.split())
        link_id = add_link(conn, text, state="failed", code="timeout", detail=text)
        conn.execute(
            "INSERT INTO attempts (link_id, stage, number, outcome, code, detail, final_url, worker) VALUES (%s, 'fetch', 1, 'failed', 'timeout', %s, %s, %s)",
            (link_id, text, text, text),
        )
        trace = client.get(f"/links/{link_id}").text
        article_id = add_article(conn, link_id, article_of(text, text, language=text), url=text)
        page = client.get(f"/articles/{article_id}").text
        for html in (trace, page):
            assert_harmless(html)
            assert_not_raw(html, text)
        shapes.append((shape(trace), shape(page)))
    assert all(found == shapes[0] for found in shapes)


def test_status_page(client: TestClient, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "NEWEST", 1000)
    monkeypatch.setattr(dashboard, "FAILING", 1000)
    own = client.get("/").text
    for n, payload in enumerate(PAYLOADS):
        text = " ".join(payload.split())
        add_article(conn, add_link(conn, f"a {text}"), article_of(text, text, language=text))
        add_link(conn, f"b {text}", state="failed", code=f"http_{n + 600}", detail=text)
        feed_id, _ = feeds.add(conn, f"https://example.org/{n}", title=text)
        conn.execute("UPDATE feeds SET url = %s, failures = 1, code = 'timeout', detail = %s WHERE id = %s", (text, text, feed_id))
    conn.execute("UPDATE hosts SET paused_until = now() + interval '1 hour', pause_reason = %s, name = %s", (PAYLOADS[0], PAYLOADS[1]))
    page = client.get("/").text
    assert_harmless(page)
    tree = lxml.html.document_fromstring(page)
    assert len(tree.xpath("//h3")) == len(PAYLOADS)
    assert len(tree.xpath("//*[@id='failures']//td//bdi")) == len(PAYLOADS)
    shown = {" ".join(e.text_content().split()) for e in tree.iter("h3", "bdi")}
    for payload in PAYLOADS:
        assert_not_raw(page, payload, own)
        assert " ".join(payload.split()) in shown


def test_what_a_person_types_comes_back_as_text(client: TestClient) -> None:
    for payload in PAYLOADS:
        assert_harmless(client.post("/enqueue", data={"urls": payload}).text)
        assert_harmless(client.get("/links", params={"url": payload}).text)


def test_signs_that_turn_the_reading_direction_stay_in_the_text_and_end_with_it(client: TestClient, conn: Connection) -> None:
    text = "abc \u202edef\u202c \u2067ghi\u2069 kl\u200dm"
    assert clean(text) == text
    link_id = add_link(conn, "https://example.org/story", state="failed", code="timeout", detail=text)
    article_id = add_article(conn, link_id, article_of(text, "https://example.org/story", flags=()))
    for path in (f"/articles/{article_id}", f"/links/{link_id}", "/"):
        tree = lxml.html.document_fromstring(client.get(path).text)
        holding = [e for e in tree.iter() if isinstance(e.tag, str) and any("\u202e" in (t or "") for t in (e.text, *(c.tail for c in e)))]
        assert holding
        for element in holding:
            isolated = any(e.tag in ("bdi", "title", "textarea") or e.get("dir") == "auto" for e in (element, *element.iterancestors()))
            assert isolated, f"{path}: <{element.tag}>"


def test_json_holds_nothing_that_a_terminal_obeys_and_reads_back_as_it_was(client: TestClient, conn: Connection) -> None:
    title = "a\x9b31m\x9d0;x\u202eb\u2066c\u200fd\u2028e"
    article = add_article(conn, add_known_link(conn, "https://example.org/a"), article_of(title, ""))
    answer = client.get(f"/api/v1/articles/{article}")
    assert not set("\x9b\x9d\u202e\u2066\u200f\u2028") & set(answer.content.decode())
    assert answer.json()["title"] == title


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", " JavaScript:alert(1)", "file:///etc/passwd"])
def test_links_of_other_schemes_never_leave_though_they_were_stored_before(client: TestClient, conn: Connection, link: str) -> None:
    article = add_article(conn, add_known_link(conn, "https://example.org/a"), article_of("A title", ""))
    conn.execute("UPDATE articles SET canonical_url = %(l)s, image_url = %(l)s, original_url = %(l)s, licence = %(l)s", {"l": link})
    found = client.get(f"/api/v1/articles/{article}").json()
    assert [found[name] for name in ("canonical_url", "image_url", "original_url", "licence")] == ["", "", "", ""]
    assert link not in client.get(f"/articles/{article}").text


def test_a_message_of_ours_is_escaped_like_all_else() -> None:
    template = templating._ENVIRONMENT.from_string('{% import "macros.html" as m %}{{ m.message(text) }}')
    shown = template.render(text="It <b>fails</b>. Run `newsmill up` or `a<b`.")
    assert shown == "<strong>It &lt;b&gt;fails&lt;/b&gt;.</strong> Run <code>newsmill up</code> or <code>a&lt;b</code>."
