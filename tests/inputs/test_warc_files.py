"""WARC files: which records become documents, how their bodies are undone, and that broken ones cost no others."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, datetime

import pytest

from pipeline.inputs import of
from pipeline.inputs.model import Item, Refused, Source
from pipeline.inputs.warc_files import read
from tests.inputs.archives import Archive, as_one, chunked, page

URL = "https://river.example/2019/ferry"
HTML = ("Content-Type", "text/html; charset=utf-8")


def found(body: bytes, at: int = 0, most: int = 100_000) -> list[Item | Refused]:
    return list(read(Source("crawl.warc.gz", io.BytesIO(body), most), at))


def items(body: bytes, at: int = 0) -> list[str]:
    return [one.text for one in found(body, at) if isinstance(one, Item)]


def refused(body: bytes, most: int = 100_000) -> list[tuple[str, int | None, bool]]:
    return [(one.code, one.place.number if one.place else None, one.counted) for one in found(body, 0, most) if isinstance(one, Refused)]


@pytest.mark.parametrize("name", ["crawl.warc", "CC-NEWS-20190514083000-00001.warc.gz"])
def test_files_are_known_by_their_names(name: str) -> None:
    reader = of(name)
    assert reader
    assert reader.read is read


@pytest.mark.parametrize("compressed", [True, False])
def test_an_answer_becomes_a_document_with_the_date_of_the_archive(compressed: bool) -> None:
    (one,) = found(Archive(compressed=compressed).add(URL, page(), headers=(HTML, ("ETag", '"1"'), ("Set-Cookie", "a=b"))).bytes)
    assert isinstance(one, Item)
    assert one.page
    assert (one.page.final_url, one.page.status, one.page.reason, one.page.body) == (URL, 200, "OK", page())
    assert one.page.fetched_at == datetime(2019, 5, 14, 8, 30, tzinfo=UTC)
    assert one.page.headers == {"content-type": HTML[1], "etag": '"1"'}
    assert ("Set-Cookie", "a=b") in one.page.raw_headers


@pytest.mark.parametrize("at", ["yesterday", "2999-01-01T00:00:00Z"])
def test_a_date_that_cannot_be_is_left_out(at: str) -> None:
    (one,) = found(Archive().add(URL, page(), at=at).bytes)
    assert isinstance(one, Item)
    assert one.page
    assert one.page.fetched_at is None


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((("Transfer-Encoding", "chunked"),), chunked(page())),
        ((("Content-Encoding", "gzip"),), gzip.compress(page(), mtime=0)),
        ((("Content-Encoding", "deflate"),), zlib.compress(page())),
        ((("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")), chunked(gzip.compress(page(), mtime=0), 100)),
        # Crawlers that undo the coding and keep the headers.
        ((("Transfer-Encoding", "chunked"),), page()),
        ((("Content-Encoding", "gzip"),), page()),
        ((("Content-Encoding", "br"),), page()),
        ((("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")), page()),
    ],
)
def test_chunks_and_codings_are_undone(headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    (one,) = found(Archive().add(URL, body, headers=(HTML, *headers)).bytes)
    assert isinstance(one, Item)
    assert one.page
    assert one.page.body == page()


def test_what_is_no_page_is_counted_or_passed_over() -> None:
    archive = Archive()
    archive.add(URL, kind="request", status="GET / HTTP/1.1")
    archive.add("https://river.example/robots.txt", b"User-agent: *", headers=(("Content-Type", "text/plain"),))
    archive.add("dns:river.example", b"river.example 1.2.3.4", kind="resource")
    archive.add(URL, kind="revisit", WARC_Refers_To_Target_URI=URL)
    archive.add("https://river.example/old", status="301 Moved", headers=(("Location", URL),))
    archive.add("https://river.example/gone", b"<p>no", status="404 Not Found")
    archive.add("https://river.example/a.jpg", b"\xff\xd8\xff", headers=(("Content-Type", "image/jpeg"),))
    archive.add("https://river.example/pdf", b"%PDF-1.7", headers=())
    archive.add("https://river.example/empty", b" ")
    archive.add(URL, page())
    assert items(archive.bytes) == [URL]
    codes = ["http_301", "http_404", "unsupported_type", "unsupported_type", "no_content"]
    assert refused(archive.bytes) == [(code, place, True) for code, place in zip(codes, archive.places[4:9], strict=True)]


def test_pages_that_are_too_large_or_cut_short_are_refused_and_the_next_is_read() -> None:
    archive = (
        Archive().add("https://river.example/1", b"<p>" + b"x" * 200_000).add("https://river.example/2", page(), WARC_Truncated="length")
    )
    archive.add("https://river.example/3", gzip.compress(page())[:-20], headers=(HTML, ("Content-Encoding", "gzip")))
    archive.add("https://[river/4", page()).add(URL, page())
    assert refused(archive.bytes) == [
        (code, place, False) for code, place in zip(["too_large", "truncated", "truncated", "bad_url"], archive.places, strict=False)
    ]
    assert items(archive.bytes) == [URL]


def three(*, compressed: bool = True) -> Archive:
    archive = Archive(compressed=compressed)
    for number in range(3):
        archive.add(f"{URL}/{number}", page(f"Number {number}"))
    return archive


@pytest.mark.parametrize("compressed", [True, False])
def test_reading_goes_on_behind_each_record(compressed: bool) -> None:
    archive = three(compressed=compressed)
    places = [one.after for one in found(archive.bytes)]
    assert places == [*archive.places[1:], len(archive.bytes)]
    assert [items(archive.bytes, at) for at in places] == [[f"{URL}/1", f"{URL}/2"], [f"{URL}/2"], []]


def test_a_file_in_one_gzip_member_is_read_too() -> None:
    body = as_one(three().bytes)
    assert items(body) == [f"{URL}/{number}" for number in range(3)]
    assert [one.after for one in found(body)] == [0, 0, len(body)]


@pytest.mark.parametrize("where", [0, 3, 12, 60, 200])
def test_a_record_with_damaged_bytes_is_told_and_the_others_are_read(where: int) -> None:
    archive = three()
    body = bytearray(archive.bytes)
    at = archive.places[1] + where
    body[at : at + 8] = bytes(255 - byte for byte in body[at : at + 8])
    assert items(bytes(body)) == [f"{URL}/0", f"{URL}/2"]
    assert refused(bytes(body)) == [("bad_record", archive.places[1], False)]


@pytest.mark.parametrize("compressed", [True, False])
def test_a_file_that_is_cut_off_gives_what_is_whole(compressed: bool) -> None:
    archive = three(compressed=compressed)
    body = archive.bytes[: archive.places[2] + 300]
    assert items(body) == [f"{URL}/0", f"{URL}/1"]
    assert refused(body) == [("bad_record", archive.places[2], False)]


@pytest.mark.parametrize(("wrong", "lost"), [(-100, []), (+100, [1])])
def test_a_wrong_length_in_a_plain_file_costs_no_more_than_the_next_record(wrong: int, lost: list[int]) -> None:
    archive = three(compressed=False)
    at = archive.bytes.index(b"Content-Length: ") + len(b"Content-Length: ")
    end = archive.bytes.index(b"\r\n", at)
    body = archive.bytes[:at] + str(int(archive.bytes[at:end]) + wrong).encode() + archive.bytes[end:]
    assert items(body)[1:] == [f"{URL}/{number}" for number in (1, 2) if number not in lost]
    assert [code for code, _, _ in refused(body)] == ["bad_record"]


@pytest.mark.parametrize(
    "body", [b"", b"\r\n\r\n", b"no archive\n" * 1000, b"\x1f\x8b\x08" * 1000, gzip.compress(b"text", mtime=0), b"WARC/1.0\r\n"]
)
def test_what_is_no_archive_gives_nothing(body: bytes) -> None:
    assert items(body) == []


def test_a_line_without_an_end_takes_no_memory() -> None:
    body = gzip.compress(b"WARC/1.0\r\n" + b"x" * 50_000_000)
    assert refused(body) == [("bad_record", 0, False)]
