from __future__ import annotations

import gzip
import time
import zlib

import pytest

from pipeline.fetch.client import Client, Hop
from pipeline.outcomes import CODES
from pipeline.settings import Fetch
from tests.fetch.conftest import LOOPBACK, failing
from tests.fetch.server import HTML, Script, answer, chunked, closing, page, redirect, resetting, serving, slowly

PAGE = b"<p>All the news that fits.</p>" * 100

ROWS = {*(f"R{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 15)), "P22", "S11", "S26"}
HOSTILE: list[tuple[str, Script, str]] = [
    ("R07 body drip", slowly(HTML + b"Content-Length: 100000\r\n\r\n", b"x"), "timeout"),
    ("R07 chunk drip", slowly(HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), "timeout"),
    ("R07 chunk size drip", slowly(HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"0"), "timeout"),
    ("R07 trailer drip", slowly(HTML + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"), "timeout"),
    ("R07 drip until close", slowly(HTML + b"\r\n", b"x"), "timeout"),
    ("R07 gzip drip", slowly(HTML + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 60_000, 0, mtime=0)[:20], b"x"), "timeout"),
    ("R07 header drip", slowly(b"HTTP/1.1 200 OK\r\nX: ", b"x"), "timeout"),
    ("R07 status drip", slowly(b"H", b"T"), "timeout"),
    ("R07 100 for ever", slowly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
    ("R07 silence", slowly(b"", b""), "timeout"),
    ("R04 gzip cut, length right", page(gzip.compress(PAGE, mtime=0)[:40], "Content-Encoding: gzip"), "truncated"),
    ("R04 deflate cut", page(zlib.compress(PAGE)[:40], "Content-Encoding: deflate"), "truncated"),
    ("R06 length too long", closing(page(b"nine byte", length=100)), "truncated"),
    ("R06 last chunk missing", closing(chunked(PAGE)[:-5]), "truncated"),
    ("R06 chunk cut", closing(chunked(PAGE)[:200]), "truncated"),
    ("R01 bomb", page(gzip.compress(b"\0" * 20_000_000, mtime=0), "Content-Encoding: gzip"), "too_large"),
    (
        "R01 bomb in a bomb",
        page(gzip.compress(gzip.compress(b"\0" * 20_000_000, mtime=0), mtime=0), "Content-Encoding: gzip, gzip"),
        "too_large",
    ),
    ("R01 R05 bomb without a header", page(gzip.compress(b"\0" * 20_000_000, mtime=0)), "too_large"),
    ("R08 huge by its length", closing(page(b"", length=10**9)), "too_large"),
    ("R03 zstd", page(b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd"), "bad_encoding"),
    ("R02 50 codings", page(b"x", "Content-Encoding: " + ", ".join(["gzip"] * 50)), "bad_encoding"),
    ("R04 gzip that is none", page(PAGE, "Content-Encoding: gzip"), "bad_encoding"),
    ("P22 reset before the head", resetting(b""), "reset"),
    ("P22 reset in the head", resetting(b"HTTP/1.1 200 OK\r\nContent-T"), "reset"),
    ("P22 reset in the body", resetting(page(b"x", length=100)), "reset"),
    ("R12 empty reply", closing(b""), "protocol_error"),
    ("R12 garbage", closing(b"\x16\x03\x01 hello\r\n\r\n"), "protocol_error"),
    ("R12 HTTP/0.9", closing(b"<html>hello</html>"), "protocol_error"),
    ("R12 zero byte in a header", answer(b"x", "200 OK", "X: a\0b"), "protocol_error"),
    ("R11 200 headers", page(b"x", *[f"X-{n}: y" for n in range(200)]), "headers_too_large"),
    ("R11 99 large headers", page(b"x", *[f"X-{n}: {'y' * 60_000}" for n in range(95)]), "headers_too_large"),
    ("R11 a long header", page(b"x", "X: " + "y" * 70_000), "headers_too_large"),
    ("R14 image", answer(b"\xff\xd8", "200 OK", "Content-Type: image/jpeg"), "unsupported_type"),
    ("R14 pdf", answer(b"%PDF-1.7", "200 OK", "Content-Type: application/pdf"), "unsupported_type"),
    ("R15 gzip file", answer(gzip.compress(PAGE, mtime=0), "200 OK", "Content-Type: application/gzip"), "unsupported_type"),
    ("R14 binary without a type", answer(b"\x89PNG\r\n\x1a\n\0\0\0", "200 OK"), "unsupported_type"),
    ("S26 redirect without a place", answer(b"", "302 Found"), "bad_redirect"),
    ("S26 redirect to no URL", redirect("http://[::1"), "bad_redirect"),
    ("S26 redirect to a host with a space", redirect("http://exa mple/"), "bad_redirect"),
    ("S26 redirect to a long URL", redirect("/" + "x" * 10_000), "bad_redirect"),
    ("S11 redirect to metadata", redirect("http://169.254.169.254/latest/meta-data/"), "blocked_address"),
    ("S11 redirect to a private address", redirect("http://10.0.0.5/"), "blocked_address"),
    ("S11 redirect to a file", redirect("file:///etc/passwd"), "blocked_scheme"),
    ("S11 redirect to gopher", redirect("gopher://127.0.0.1/"), "blocked_scheme"),
    ("S11 redirect to ftp", redirect("ftp://127.0.0.1/"), "blocked_scheme"),
    ("S11 redirect to data", redirect("data:text/html,x"), "blocked_scheme"),
    ("S11 redirect to javascript", redirect("javascript:alert(1)"), "blocked_scheme"),
    ("R10 redirect to itself", redirect("/"), "too_many_redirects"),
]


def of(row: str) -> pytest.MarkDecorator:
    """The answers above that a row of the table speaks of."""
    chosen = [(name, script, code) for name, script, code in HOSTILE if row in name.split()]
    return pytest.mark.parametrize(("script", "code"), [case[1:] for case in chosen], ids=[case[0] for case in chosen])


@of("R01")
def test_r01_a_bomb_is_too_large(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


@of("R02")
def test_r02_a_body_coded_fifty_times_is_badly_encoded(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


@of("R03")
def test_r03_a_coding_that_was_not_asked_for_is_never_taken_for_text(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


@of("R04")
def test_r04_a_coded_body_that_is_cut_is_truncated_though_its_length_is_right(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)
    assert CODES["truncated"].again == "yes"


@of("R05")
def test_r05_a_bomb_that_is_not_declared_meets_the_same_limit(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


def test_r05_a_body_that_is_gzip_and_does_not_say_so_is_unpacked(client: Client) -> None:
    with serving({"/": page(gzip.compress(PAGE, mtime=0)), "/feed": answer(gzip.compress(PAGE, mtime=0))}) as site:
        assert client.get(site.url("/"), kind="page").body == PAGE
        assert client.get(site.url("/feed"), kind="feed").body == PAGE


@of("R06")
def test_r06_a_body_shorter_than_announced_is_truncated(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


@of("R07")
def test_r07_what_drips_for_ever_ends_at_the_deadline(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)
    assert Fetch().deadline_s == 30


@of("R08")
def test_r08_a_body_that_announces_too_much_is_not_read(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


@of("R10")
def test_r10_a_redirect_to_itself_is_a_loop(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)
    assert Fetch().max_redirects == 10


@of("R11")
def test_r11_headers_without_measure_are_too_large(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)
    assert Fetch().max_header_bytes == 64 * 1024


@of("R12")
def test_r12_what_is_no_http_is_a_protocol_error_and_tried_again(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)
    assert CODES["protocol_error"].again == "yes"


@of("R14")
def test_r14_what_is_no_page_is_refused_by_its_type_or_its_first_bytes(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


@of("R15")
def test_r15_a_packed_file_is_no_page(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


@of("P22")
def test_p22_a_reset_anywhere_is_a_reset_and_tried_again(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)
    assert CODES["reset"].again == "yes"


@of("S11")
def test_s11_a_redirect_to_where_nobody_may_go_is_refused(client: Client, dialled: list[str], script: Script, code: str) -> None:
    ends(client, script, code)
    assert set(dialled) == {"127.0.0.1"}


@of("S26")
def test_s26_a_redirect_to_no_address_is_a_bad_redirect(client: Client, script: Script, code: str) -> None:
    ends(client, script, code)


def test_every_hostile_answer_belongs_to_a_row() -> None:
    assert all(set(name.split()) & ROWS for name, _, _ in HOSTILE)


def ends(client: Client, script: Script, code: str) -> None:
    """The answer ends in its code and in time."""
    began = time.monotonic()
    with serving({"/": script}) as site:
        failure = failing(client, site.url("/"))
    assert failure.code == code
    assert failure.final_url
    assert time.monotonic() - began < LOOPBACK.deadline_s + 1


def test_r08_an_endless_body_is_cut_at_the_limit(client: Client) -> None:
    with serving({}) as site:
        site.script["/"] = site.endless(HTML + b"\r\n")
        assert failing(client, site.url("/")).code == "too_large"
    assert site.sent < 20 * 2**20


def test_r14_an_image_is_refused_before_its_body_is_read(client: Client) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"
    with serving({}) as site:
        site.script["/"] = site.endless(head)
        assert failing(client, site.url("/")).code == "unsupported_type"
    assert site.sent < 10 * 2**20


def test_r09_the_endless_body_of_a_redirect_is_not_read(client: Client) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /story\r\n\r\n"
    with serving({"/story": page(PAGE)}) as site:
        site.script["/"] = site.endless(head)
        got = client.get(site.url("/"), kind="page")
    assert got.body == PAGE
    assert got.hops == (Hop(site.url("/"), 302),)
    assert site.sent < 10 * 2**20  # what the buffers of the kernel took
