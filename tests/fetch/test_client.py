from __future__ import annotations

import gzip
import socket
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.fetch.client import Client, Response, failure_of
from pipeline.hops import Hop
from pipeline.outcomes import MAX_RETRY_AFTER_S
from pipeline.settings import Fetch
from tests.fetch.conftest import LOOPBACK, failing
from tests.fetch.server import HTML, Script, answer, chunked, closing, page, redirect, serving, slowly

PAGE = b"<p>All the news that fits.</p>" * 100


@pytest.mark.parametrize(
    "script",
    [
        page(PAGE),
        chunked(PAGE),
        closing(HTML + b"\r\n" + PAGE),
        page(gzip.compress(PAGE, mtime=0), "Content-Encoding: gzip"),
        page(gzip.compress(PAGE, mtime=0)),
        page(zlib.compress(PAGE), "Content-Encoding: deflate"),
        chunked(gzip.compress(PAGE, mtime=0), "Content-Encoding: gzip"),
        answer(PAGE),
        answer(PAGE, "200 OK", "Content-Type: text"),
        answer(PAGE, "200 OK", "Content-Type: application/xhtml+xml; charset=utf-8"),
    ],
)
def test_a_page_arrives_whole_and_decoded(client: Client, script: Script) -> None:
    with serving({"/a?b=1": script}) as site:
        got = client.get(site.url("/a?b=1#part"), kind="page")
    assert (got.status, got.body, got.hops) == (200, PAGE, ())
    assert got.url.endswith("#part")
    assert got.final_url == site.url("/a?b=1")
    assert got.elapsed_s >= 0


def test_redirects_are_followed_and_recorded(client: Client) -> None:
    with serving({"/1": redirect("2"), "/3": page(PAGE)}) as site:
        site.script["/2"] = redirect(site.url("/3"), status="308 Permanent Redirect")
        got = client.get(site.url("/1"), kind="page")
    assert got.hops == (Hop(site.url("/1"), 302), Hop(site.url("/2"), 308))
    assert got.final_url == site.url("/3")
    assert got.url == site.url("/1")


def test_a_location_in_bare_utf8_is_read_as_utf8(client: Client) -> None:
    with serving({"/": redirect("/caf\u00e9"), "/caf%C3%A9": page(PAGE)}) as site:
        assert client.get(site.url("/"), kind="page").body == PAGE


@pytest.mark.parametrize(("hops", "kind", "ends"), [(10, "page", True), (11, "page", False), (5, "robots", True), (6, "robots", False)])
def test_a_chain_may_have_so_many_redirects(client: Client, hops: int, kind: str, ends: bool) -> None:
    script: dict[str, Script] = {f"/{n}": redirect(f"/{n + 1}") for n in range(hops)}
    with serving(script | {f"/{hops}": page(PAGE)}) as site:
        if ends:
            assert len(client.get(site.url("/0"), kind=kind).hops) == hops  # type: ignore[arg-type]
        else:
            assert failing(client, site.url("/0"), kind).code == "too_many_redirects"


def test_a_redirect_to_itself_that_sets_a_cookie_is_no_loop(client: Client) -> None:
    def gate(conn: socket.socket) -> None:
        let_in = "cookie" in site.requests[-1][1]
        conn.sendall(page(PAGE) if let_in else redirect("/", "Set-Cookie: seen=1"))

    with serving({"/": gate}) as site:
        assert client.get(site.url("/"), kind="page").body == PAGE
        assert client.get(site.url("/"), kind="page").body == PAGE
    cookies = [headers.get("cookie") for _, headers in site.requests]
    assert cookies == [None, "seen=1", None, "seen=1"]  # not kept from one fetch to the next


def test_a_cookie_does_not_cross_hosts(client: Client) -> None:
    with serving({"/story": page(PAGE)}) as other, serving({}) as site:
        site.script["/"] = redirect(other.url("/story", host="localhost"), "Set-Cookie: secret=1")
        client.get(site.url("/"), kind="page")
    assert "cookie" not in other.requests[0][1]


def test_what_a_request_says(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(tmp_path))
    with open(f"{tmp_path}/.netrc", "w") as netrc:
        netrc.write("default login me password secret\n")
    client = Client(LOOPBACK.model_copy(update={"contact": "https://operator.example/bot; bot@operator.example"}))
    sent = {"If-None-Match": 'W/"a"', "If-Modified-Since": "yesterday", "X-Api-Key": "secret", "Authorization": "secret"}
    with serving({"/": page(PAGE)}) as site:
        client.get(site.url("/").replace("//", "//user:password@"), kind="feed", headers=sent)
    headers = site.requests[0][1]
    assert headers == {
        "host": f"127.0.0.1:{site.port}",
        "user-agent": "newsmill/0.1 (+https://operator.example/bot; bot@operator.example)",
        "accept": headers["accept"],
        "accept-encoding": "gzip, deflate",
        "if-none-match": 'W/"a"',
        "if-modified-since": "yesterday",
    }
    assert "rss" in headers["accept"]


def test_validators_that_would_break_the_request_are_left_out(client: Client) -> None:
    with serving({"/": page(PAGE)}) as site:
        client.get(site.url("/"), kind="feed", headers={"If-None-Match": '"a"\r\nX-Evil: 1', "If-Modified-Since": "caf\u00e9"})
    assert not {"x-evil", "if-none-match", "if-modified-since"} & set(site.requests[0][1])


@pytest.mark.parametrize("kind", ["feed", "robots"])
def test_feeds_and_robots_are_read_whatever_their_type(client: Client, kind: str) -> None:
    with serving({"/": answer(gzip.compress(PAGE, mtime=0), "200 OK", "Content-Type: application/gzip")}) as site:
        assert client.get(site.url("/"), kind=kind).body == PAGE  # type: ignore[arg-type]


def test_a_long_robots_txt_is_cut_and_not_refused(client: Client) -> None:
    with serving({"/": answer(b"x" * 10_000)}) as site:
        assert client.get(site.url("/"), kind="robots", max_bytes=1000).body == b"x" * 1000


def test_a_robots_txt_that_unpacks_to_nothing_has_a_limit_on_the_wire_too(client: Client) -> None:
    def pour(conn: socket.socket) -> None:
        conn.sendall(HTML + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"", mtime=0)[:10])
        while True:
            conn.sendall(b"\0\0\0\xff\xff" * 10_000)  # stored blocks of no bytes (RFC 1951 section 3.2.4)
            poured.append(50_000)

    poured: list[int] = []
    with serving({"/robots.txt": pour}) as site:
        assert failing(client, site.url("/robots.txt"), "robots").code == "too_large"
    assert sum(poured) < 20 * 2**20


@pytest.mark.parametrize("status", [304, 404, 410, 429, 500, 503])
def test_every_status_is_an_answer(client: Client, status: int) -> None:
    body = b"" if status == 304 else b"why"
    with serving({"/": answer(body, f"{status} Something", "ETag: x", "Content-Type: image/png")}) as site:
        got = client.get(site.url("/"), kind="page")
    assert (got.status, got.body, got.headers["etag"]) == (status, body, "x")


@pytest.mark.parametrize(
    "script",
    [
        answer(b"x" * 200_000, "503 Unavailable"),
        closing(answer(b"x" * 65_536, "404 Not Found", length=10**9)),
        page(b"x" * 65_536).replace(b"200 OK", b"404 Not Found", 1),
        answer(gzip.compress(b"x" * 10**7, mtime=0), "500 Oh", "Content-Encoding: gzip"),
    ],
)
def test_of_the_body_of_an_error_only_the_start_is_read(client: Client, script: Script) -> None:
    with serving({"/": script}) as site:
        assert client.get(site.url("/"), kind="page").body == b"x" * 65_536


def test_an_error_whose_body_is_broken_is_still_that_error(client: Client) -> None:
    with serving({"/": answer(b"nonsense", "404 Not Found", "Content-Encoding: gzip")}) as site:
        assert client.get(site.url("/"), kind="page").status == 404


def test_connections_are_kept_and_shared_by_threads(client: Client) -> None:
    with serving({"/": page(PAGE)}) as site, ThreadPoolExecutor(4) as threads:
        for _ in range(5):
            client.get(site.url("/"), kind="page")
        assert site.connections == 1
        bodies = list(threads.map(lambda _: client.get(site.url("/"), kind="page").body, range(40)))
    assert bodies == [PAGE] * 40
    assert site.connections <= 40


def test_a_kept_connection_that_went_stale_is_no_failure(client: Client) -> None:
    def once(conn: socket.socket) -> None:
        conn.sendall(page(PAGE))
        time.sleep(0.3)
        conn.recv(65536)  # the next request arrives, and the connection is closed without a word
        conn.close()

    with serving({"/": once}) as site:
        assert client.get(site.url("/"), kind="page").body == PAGE
        assert client.get(site.url("/"), kind="page").body == PAGE
    assert site.connections == 2


def test_a_new_connection_that_closes_is_tried_only_once(client: Client) -> None:
    with serving({"/": closing(b"")}) as site:
        assert failing(client, site.url("/")).code == "protocol_error"
    assert site.connections == 1


def test_the_deadline_also_holds_on_a_kept_connection(client: Client) -> None:
    with serving({"/": page(PAGE), "/slow": slowly(HTML, b"X")}) as site:
        client.get(site.url("/"), kind="page")
        assert failing(client, site.url("/slow")).code == "timeout"
    assert site.connections == 1


def test_the_deadline_counts_all_hops_together() -> None:
    client = Client(LOOPBACK.model_copy(update={"deadline_s": 0.6}))

    def late(conn: socket.socket) -> None:
        time.sleep(0.25)
        conn.sendall(redirect(f"/{len(site.requests)}"))

    with serving({f"/{n}": late for n in range(10)}) as site:
        assert failing(client, site.url("/0")).code == "timeout"


def test_a_fetch_that_ended_leaves_the_connection_alone_when_its_deadline_comes() -> None:
    hasty = LOOPBACK.model_copy(update={"deadline_s": 1.0})
    client = Client(hasty)
    with serving({"/": page(PAGE)}) as site:
        client.get(site.url("/"), kind="page")
        time.sleep(hasty.deadline_s + 0.2)
        client.get(site.url("/"), kind="page")
    assert site.connections == 1


def test_nobody_there_is_a_connect_failure(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert failing(client, f"http://127.0.0.1:{port}/").code == "connect"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "blocked_scheme"),
        ("nonsense", "bad_url"),
        ("http://127.0.0.1:0/", "blocked_port"),
        ("http://10.0.0.1/", "blocked_address"),
    ],
)
def test_what_is_refused_at_the_door(client: Client, dialled: list[str], url: str, code: str) -> None:
    assert failing(client, url).code == code
    assert not dialled


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("99999999999", MAX_RETRY_AFTER_S),
        ("9" * 400, MAX_RETRY_AFTER_S),
        ("Sun, 22 Nov 9999 12:01:00 GMT", MAX_RETRY_AFTER_S),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("abc", None),
        ("", None),
        ("\u0661", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    failure = failure_of(response(503, {"retry-after": value}), now=NOW)
    assert failure is not None
    assert (failure.code, failure.retry_after_s) == ("http_503", seconds)


def test_a_date_in_retry_after_counts_from_the_answers_own_date_whatever_our_clock_says() -> None:
    sent = {"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT", "date": "Sun, 22 Nov 2026 12:00:30 GMT"}
    failure = failure_of(response(503, sent), now=NOW + timedelta(days=2))
    assert failure is not None
    assert failure.retry_after_s == 30.0


@pytest.mark.parametrize(
    ("status", "code"), [(200, None), (204, None), (304, None), (300, "http_300"), (404, "http_404"), (429, "http_429"), (999, "http_999")]
)
def test_which_statuses_are_failures(status: int, code: str | None) -> None:
    failure = failure_of(response(status, {}))
    assert (failure.code if failure else None) == code


def response(status: int, headers: dict[str, str]) -> Response:
    return Response("http://e.com/", "http://e.com/", status, headers, b"", (), 0.1, 0.0)


def test_settings_close_everything_by_default(dialled: list[str]) -> None:
    with serving({"/": page(PAGE)}) as site:
        assert failing(Client(Fetch()), site.url("/")).code == "blocked_address"
    assert not dialled
    assert not site.requests
