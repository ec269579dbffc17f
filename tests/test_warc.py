"""The WARC files are read back with warcio, which checks digests, and with nothing but gzip where the form itself matters."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from pipeline.hops import Hop
from pipeline.jobs import Page
from pipeline.settings import Fetch
from pipeline.store.articles.pages import Exported
from pipeline.warc import Writer

URL = "https://a.example/2026/story?a=1&b=2"
AT = datetime(2026, 11, 20, 13, 4, 5, 678901, tzinfo=UTC)
BODY = "<p>Grüße".encode()
SETTINGS = Fetch(user_agent="newsmill/9", contact="ops@b.test")


class Read(NamedTuple):
    """One record as warcio reads it."""

    type: str
    fields: dict[str, str]
    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def names(self) -> list[str]:
        return [name.lower() for name, _ in self.headers]


def page(**fields: Any) -> Page:
    values: dict[str, Any] = {"url": URL, "final_url": URL, "status": 200, "headers": {}, "hops": (), "body": BODY, "fetched_at": AT}
    return Page(**(values | fields))


def written(*exported: Exported | Page, settings: Fetch = SETTINGS, name: str = "", compressed: bool = True) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, settings, software="newsmill/1", name=name, compressed=compressed)
    for one in exported:
        writer.write(one if isinstance(one, Exported) else Exported(one))
    return out.getvalue()


def read(data: bytes) -> list[Read]:
    """All records. Raises where a digest does not fit."""
    found = []
    for record in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        http = record.http_headers
        body = record.content_stream().read()
        assert record.rec_headers.protocol == "WARC/1.1"
        found.append(
            Read(record.rec_type, dict(record.rec_headers.headers), http.statusline if http else "", http.headers if http else [], body)
        )
    return found


def response(*args: Any, **fields: Any) -> Read:
    """The response record of one page."""
    (_, found, *_) = read(written(page(**fields), *args))
    return found


def test_the_file_says_who_made_it_how() -> None:
    info = read(written(name="pages.warc.gz"))[0]
    assert (info.type, info.fields["WARC-Filename"]) == ("warcinfo", "pages.warc.gz")
    lines = info.body.decode().splitlines()
    assert {"software: newsmill/1", "format: WARC File Format 1.1", "operator: ops@b.test", "robots: obey"} <= set(lines)
    assert "http-header-user-agent: newsmill/9 (+ops@b.test)" in lines
    careless = read(written(settings=Fetch(honour_robots=False)))[0].body.decode()
    assert "robots: ignore" in careless
    assert "operator" not in careless


def test_a_page_is_a_response_and_the_request_that_it_answers() -> None:
    head = (("Content-Type", "text/html"), ("Link", "<a>"), ("link", "<b>"), ("Content-Length", str(len(BODY))))
    _, answer, request = read(written(page(reason="Fine", raw_headers=head)))
    assert (answer.type, answer.status, answer.body) == ("response", "200 Fine", BODY)
    assert answer.headers[:3] == list(head[:3])
    assert answer.fields["WARC-Target-URI"] == URL
    assert answer.fields["WARC-Date"] == "2026-11-20T13:04:05.678901Z"
    assert answer.fields["WARC-Payload-Digest"].startswith("sha1:")
    assert answer.fields["WARC-Block-Digest"].startswith("sha1:")
    assert "WARC-IP-Address" not in answer.fields
    assert request.type == "request"
    assert request.status == "/2026/story?a=1&b=2 HTTP/1.1"
    assert request.headers == [("Host", "a.example"), ("User-Agent", "newsmill/9 (+ops@b.test)")]
    assert request.fields["WARC-Concurrent-To"] == answer.fields["WARC-Record-ID"]
    assert (request.fields["WARC-Target-URI"], request.fields["WARC-Date"]) == (URL, answer.fields["WARC-Date"])


def test_a_request_names_port_and_path_but_no_password() -> None:
    _, _, request = read(written(page(final_url="http://u:p@a.example:8080")))
    assert (request.status, request.headers[0]) == ("/ HTTP/1.1", ("Host", "a.example:8080"))


def test_headers_describe_the_body_as_it_is_kept() -> None:
    head = (("Content-Encoding", "gzip"), ("transfer-encoding", "chunked"), ("Content-Length", "17"), ("X", "y"))
    found = response(raw_headers=head)
    assert found.headers == [
        ("X-Orig-Content-Encoding", "gzip"),
        ("X-Orig-transfer-encoding", "chunked"),
        ("X-Orig-Content-Length", "17"),
        ("X", "y"),
        ("Content-Length", str(len(BODY))),
    ]
    assert found.body == BODY


def test_cookies_are_left_out() -> None:
    data = written(page(raw_headers=(("Set-Cookie", "id=secret"), ("SET-COOKIE2", "secret"), ("A", "b"))), compressed=False)
    assert b"secret" not in data
    assert read(data)[1].names == ["a", "content-length"]


def test_a_page_without_raw_headers_has_those_that_were_kept() -> None:
    assert response(headers={"content-type": "text/html"}).headers[0] == ("content-type", "text/html")


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (200, "", "200 OK"),
        (203, "As\r\nIf: so", "203 As If: so"),
        (299, "", "299"),
        (200, "Gr\xc3\xbc\xc3\x9fe", "200 Gr%C3%BC%C3%9Fe"),
    ],
)
def test_the_status_line_is_one_line_of_ascii(status: int, reason: str, expected: str) -> None:
    assert response(status=status, reason=reason).status == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\r\nSet-Cookie: b", "a Set-Cookie: b"),
        ("a\r\n\r\n<script>", "a <script>"),
        ("a\0b", "a b"),
        ("\xfc; a", "%FC; a"),
        ("☃; a", "%E2%98%83; a"),
        ("\udcff", "?"),
        ("100%", "100%"),
    ],
)
def test_a_bad_value_cannot_break_the_record(value: str, expected: str) -> None:
    found = response(raw_headers=(("X", value), ("Y", "z")))
    assert found.headers[:2] == [("X", expected), ("Y", "z")]
    assert found.body == BODY


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "ü", "a\0"])
def test_a_bad_name_is_left_out(name: str) -> None:
    assert response(raw_headers=((name, "x"), ("Y", "z"))).names == ["y", "content-length"]


@given(
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=5),
    st.text(max_size=20),
    st.binary(max_size=50),
    st.text(max_size=10),
)
def test_whatever_came_can_be_read_back(head: list[tuple[str, str]], reason: str, body: bytes, tail: str) -> None:
    one = page(raw_headers=tuple(head), reason=reason, body=body, hops=(Hop(URL + tail, 301),), final_url=URL + tail)
    found = read(written(one, page(body=b"next")))
    assert [record.type for record in found] == ["warcinfo", "response", "request", "metadata", "response", "request"]
    assert (found[1].body, found[4].body) == (body, b"next")
    assert found[1].fields["WARC-Target-URI"].isascii()


def test_redirects_stand_in_a_metadata_record_of_the_response() -> None:
    hops = (Hop("http://short.example/1", 301), Hop("https://a.example/ü", 302))
    _, answer, _, metadata = read(written(page(hops=hops)))
    assert (metadata.type, metadata.fields["Content-Type"]) == ("metadata", "application/warc-fields")
    assert metadata.fields["WARC-Refers-To"] == metadata.fields["WARC-Concurrent-To"] == answer.fields["WARC-Record-ID"]
    assert metadata.body.decode().splitlines() == [
        "via: https://a.example/%C3%BC",
        "hopsFromSeed: RR",
        "redirect: 301 http://short.example/1",
        "redirect: 302 https://a.example/%C3%BC",
    ]


def test_a_page_that_came_again_refers_to_the_first() -> None:
    again = Exported(page(fetched_at=AT.replace(day=21)), URL, AT)
    _, first, _, revisit, request = read(written(page(), again))
    assert (revisit.type, revisit.status, revisit.body) == ("revisit", "200 OK", b"")
    assert revisit.fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert revisit.fields["WARC-Refers-To-Target-URI"] == first.fields["WARC-Target-URI"]
    assert revisit.fields["WARC-Refers-To-Date"] == first.fields["WARC-Date"]
    assert revisit.fields["WARC-Payload-Digest"] == first.fields["WARC-Payload-Digest"]
    assert revisit.fields["WARC-Date"].startswith("2026-11-21")
    assert request.fields["WARC-Concurrent-To"] == revisit.fields["WARC-Record-ID"]


def test_each_record_is_a_gzip_member_of_its_own() -> None:
    data = written(page(), page())
    members = []
    while data:
        member = zlib.decompressobj(zlib.MAX_WBITS + 16)
        members.append(member.decompress(data))
        data = member.unused_data
    assert len(members) == len(read(b"".join(map(gzip.compress, members)))) == 5
    assert all(member.startswith(b"WARC/1.1\r\n") and member.endswith(b"\r\n\r\n") for member in members)


def test_a_file_need_not_be_compressed() -> None:
    data = written(page(), compressed=False)
    assert data.startswith(b"WARC/1.1\r\n")
    assert [one.type for one in read(data)] == ["warcinfo", "response", "request"]


def test_the_checker_of_warcio_finds_nothing_wrong_and_sees_what_is(tmp_path: Path) -> None:
    file = tmp_path / "a.warc"
    data = written(page(hops=(Hop(URL, 301),)), page(body=b""), Exported(page(), URL, AT), compressed=False)
    for content, expected in ((data, 0), (data.replace(BODY, BODY[::-1]), 1)):
        file.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-c", "from warcio.cli import main; main()", "check", str(file)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == expected, done.stdout + done.stderr
