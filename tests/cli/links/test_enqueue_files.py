"""enqueue with files: what is taken in, what is refused, and that a file is one article however often it comes."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.extract.model import EXTRACTOR
from pipeline.normalise.file_names import HOST, named
from pipeline.settings import Settings
from pipeline.steps import extraction as extract_step
from pipeline.store.articles import articles, pages
from pipeline.store.articles.fields import Stored
from pipeline.store.extraction import extracting
from pipeline.store.links import links, trace
from pipeline.store.queue import claims, extract_claims
from pipeline.warc import Writer
from tests.cli.conftest import Newsmill, stored
from tests.documents import pdfs, saved

PAGE = "<!-- saved from url=(0040)https://coast.example/2025/ferries.html -->\n<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"


def a_text(folder: Path, name: str = "ferries.txt") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(saved.text(), encoding="utf-8")
    return path


def a_page(folder: Path) -> Path:
    path = folder / "ferries.html"
    path.write_text(PAGE.format(title=saved.TITLE, body="".join(f"<p>{text}</p>" for text in saved.BODY)), encoding="utf-8")
    return path


def extracted(conn: psycopg.Connection, settings: Settings, link_id: int) -> Stored | None:
    """Do what a worker does with the message that was sent."""
    (claim,) = conn.execute("SELECT dispatch_id FROM links WHERE id = %s", (link_id,)).fetchone() or (None,)
    job = extracting.start(conn, link_id, claim, settings, "w")
    assert job
    found = extract_step.extract_page(job, settings)
    job = replace(job, page=found.page)
    extracting.stored(conn, job, found.article, found.identity, EXTRACTOR, 0.1, settings)
    link = links.find(conn, str(link_id))
    return articles.get(conn, link.article_id) if link and link.article_id else None


def test_a_text_becomes_an_article_under_a_name_made_of_its_content(
    stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path
) -> None:
    path = a_text(tmp_path)
    said = stack("enqueue", str(path))
    (link,) = links.listing(conn)
    name = named(path.read_bytes()).text
    assert (said.code, said.lines) == (0, [f"enqueued: {path} is link {link.id}"])
    assert (link.url, link.host, link.stage, link.state) == (name, HOST, "extract", "dispatched")
    found = extracted(conn, settings, link.id)
    assert found
    assert (found.title, found.authors, found.site_name, found.url) == (saved.TITLE, ["Marta Lindqvist"], "Coastal Review", name)
    assert found.text.split("\n") == list(saved.BODY)


@pytest.mark.parametrize("name", ["ferries.pdf", "ferries.eml"])
def test_printed_pages_and_messages_become_articles(
    stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path, name: str
) -> None:
    message = f"From: Marta Lindqvist <m@coast.example>\nSubject: {saved.TITLE}\nDate: Fri, 14 Mar 2025 10:15:00 +0100\n\n" + "\n\n".join(
        saved.BODY
    )
    (tmp_path / name).write_bytes(pdfs.set_in_type(pdfs.article()) if name.endswith("pdf") else message.encode())
    assert stack("enqueue", str(tmp_path / name)).code == 0
    found = extracted(conn, settings, links.listing(conn)[0].id)
    assert found
    assert (found.title, found.authors, found.text.split("\n")) == (saved.TITLE, ["Marta Lindqvist"], list(saved.BODY))
    assert found.published_at
    assert found.published_at.date().isoformat() == "2025-03-14"


def test_the_same_file_under_two_names_is_one_link(stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path) -> None:
    one, two = a_text(tmp_path), a_text(tmp_path, "copies/again.TXT")
    assert [item["what"] for item in stack("enqueue", str(one), str(two), "--json").objects] == ["new", "waiting"]
    extracted(conn, settings, links.listing(conn)[0].id)
    assert [(item["what"], item["file"]) for item in stack("enqueue", str(two), "--json").objects] == [("stored", str(two))]
    assert pages.count(conn) == 1


def test_a_saved_page_is_the_article_at_the_address_that_it_was_saved_from(
    stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path
) -> None:
    stack("enqueue", str(a_page(tmp_path)))
    found = extracted(conn, settings, links.listing(conn)[0].id)
    assert found
    assert found.final_url == "https://coast.example/2025/ferries.html"
    for which in (found.final_url, found.url):
        story = trace.trace(conn, which)
        assert story
        assert story.link.article_id == found.id
    assert "read from the file" in stack("trace", found.final_url).out


def test_a_saved_page_of_an_article_that_is_there_is_skipped(
    stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path
) -> None:
    first = stored(conn, "https://coast.example/2025/ferries.html")
    stack("enqueue", str(a_page(tmp_path)))
    link = links.listing(conn)[0]
    assert extracted(conn, settings, link.id) is None
    (ended,) = links.by_ids(conn, [link.id])
    assert (ended.state, ended.code) == ("skipped", "duplicate")
    assert articles.get(conn, first)


def test_a_file_is_never_fetched(stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path) -> None:
    stack("enqueue", str(a_text(tmp_path)))
    extracted(conn, settings, links.listing(conn)[0].id)
    assert conn.execute("SELECT recheck_at FROM articles").fetchone() == (None,)
    conn.execute("DELETE FROM articles")
    conn.execute("UPDATE links SET state = 'failed', code = 'no_content'")
    assert links.retry(conn, links.LinkFilter(state="failed")) == 1
    assert [(link.state, link.stage) for link in links.listing(conn)] == [("fetched", "extract")]
    assert claims.claim_fetches(conn, 10, settings) == []
    assert [job.stage for job in extract_claims.claim_extracts(conn, 10, settings)] == ["extract"]


def test_a_file_that_failed_starts_anew_when_it_comes_again(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    path = a_text(tmp_path)
    stack("enqueue", str(path))
    conn.execute("UPDATE links SET state = 'failed', code = 'no_content', dispatch_id = NULL, lease_until = NULL")
    assert stack("enqueue", str(path)).lines == [f"again: {path} is link {links.listing(conn)[0].id}"]
    assert [(link.state, link.stage) for link in links.listing(conn)] == [("dispatched", "extract")]


def test_folders_give_their_saved_articles_and_not_the_parts_of_a_page(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    a_page(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "b.txt").write_text("One text", encoding="utf-8")
    (tmp_path / "notes" / "c.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "ferries_files").mkdir()
    (tmp_path / "ferries_files" / "frame.html").write_text("<p>An advertisement", encoding="utf-8")
    said = stack("enqueue", str(tmp_path))
    assert said.code == 0
    assert [line.split()[1] for line in said.lines] == [str(tmp_path / "ferries.html"), str(tmp_path / "notes" / "b.txt")]


def test_files_and_urls_go_together_also_from_standard_input(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    said = stack("enqueue", "https://a.example/1", "-", given=f"{a_text(tmp_path)}\nhttps://a.example/2\n")
    assert said.code == 0
    assert {link.host for link in links.listing(conn)} == {"a.example", HOST}
    assert len(links.listing(conn)) == 3


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("a.docx", b"PK\x03\x04", "Only "),
        ("a.html", b"\x89PNG\r\n", "binary"),
        ("a.txt", b"text \x00\x01\x02", "binary"),
        ("a.txt", b" \n", "empty"),
        ("a.txt", b"x" * 2000, "larger than 1,000 bytes"),
        ("a.txt", None, "No such file"),
    ],
)
def test_what_is_no_saved_article_is_refused_with_its_reason_and_the_others_are_taken(
    stack: Newsmill, conn: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, body: bytes | None, why: str
) -> None:
    monkeypatch.setenv("NEWSMILL_FILES__MAX_BYTES", "1000")
    if body is not None:
        (tmp_path / name).write_bytes(body)
    said = stack("enqueue", str(tmp_path / name), "https://a.example/1")
    assert said.code == 1
    assert said.err.startswith(f"refused: {tmp_path / name}: ")
    assert why in said.err
    assert [link.url for link in links.listing(conn)] == ["https://a.example/1"]


def test_keys_of_files_stay_when_the_keys_are_made_anew(
    stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path
) -> None:
    stack("enqueue", str(a_text(tmp_path)))
    extracted(conn, settings, links.listing(conn)[0].id)
    assert stack("rekey").lines[-1].startswith("every key is right")
    (report,) = stack("rekey", "--json").objects
    assert {one["unusable"] for one in report["tables"]} == {0}


def test_a_file_is_exported_as_a_resource(stack: Newsmill, conn: psycopg.Connection, settings: Settings, tmp_path: Path) -> None:
    path = a_text(tmp_path)
    stack("enqueue", str(path))
    out = io.BytesIO()
    writer = Writer(out, settings.fetch, software="test")
    for exported in pages.export(conn):
        writer.write(exported)
    out.seek(0)
    _, record = [(record.rec_type, record.rec_headers, record.content_stream().read()) for record in ArchiveIterator(out)]
    kind, headers, body = record
    assert (kind, body) == ("resource", path.read_bytes())
    assert headers.get_header("WARC-Target-URI") == named(body).text
    assert headers.get_header("Content-Type") == "text/plain"


def test_a_folder_without_a_file_to_read_is_said_so(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.docx").write_bytes(b"x")
    said = stack("enqueue", str(tmp_path / "empty"))
    assert said.code == 1
    assert (
        said.err == f"refused: {tmp_path / 'empty'}: There are no .html, .txt, .pdf, .eml and .mhtml files in this folder. (empty_folder)\n"
    )
    assert links.listing(conn) == []
