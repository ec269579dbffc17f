"""What a poll sends."""

from __future__ import annotations

import gzip
import socket

import pytest

from pipeline.fetch.client import Client
from pipeline.settings import Fetch
from tests.feeds.reader import HOUR, SETTINGS, Reader, ok, rss, sent
from tests.fetch.server import Site, redirect, slowly


def test_a_poll_is_one_get_that_says_who_asks_and_for_what_and_nothing_else(client: Client, site: Site) -> None:
    site.script["/f?a=1"] = ok(b"", "ETag: x", "Set-Cookie: id=7", "Last-Modified: then")
    reader = Reader(client, site.url("/f?a=1#top"))
    for _ in range(3):
        reader.poll()
    assert site.lines == ["GET /f?a=1 HTTP/1.1"] * 3, "no HEAD, no query of ours, no fragment"
    agents = {headers["user-agent"] for _, headers in site.requests}
    assert agents == {f"{SETTINGS.fetch.user_agent} (+{SETTINGS.fetch.contact})"}
    usual = {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert set(sent(site, 0)) <= usual
    assert set(sent(site)) <= usual | {"if-none-match", "if-modified-since"}, "no cookie, no Referer"
    assert {"gzip", "deflate"} <= set(sent(site)["accept-encoding"].split(", "))
    for kind in ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/xml", "text/xml"):
        assert kind in sent(site)["accept"]


def test_a_body_over_the_cap_is_read_no_further(client: Client, site: Site) -> None:
    site.script["/f"] = site.endless(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n")
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert (reader.code, reader.wait_s >= HOUR) == ("too_large", True)
    assert site.sent < SETTINGS.poll.max_bytes + 8 * 2**20


@pytest.mark.parametrize("headers", [["Content-Encoding: gzip"], []], ids=["declared", "not declared"])
def test_a_bomb_ends_at_the_cap_of_decoded_bytes(client: Client, site: Site, headers: list[str]) -> None:
    site.script["/f"] = ok(gzip.compress(bytes(SETTINGS.poll.max_bytes + 2**20), mtime=0), *headers)
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert reader.code == "too_large"
    assert reader.polled
    assert reader.polled.poll.size <= SETTINGS.poll.max_bytes + 2**20


def test_brotli_is_neither_asked_for_nor_unpacked(client: Client, site: Site) -> None:
    site.script["/f"] = ok(b"\x5b\xff\xff\x9f" * 500, "Content-Encoding: br")
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert reader.code == "bad_encoding"
    assert "br" not in sent(site)["accept-encoding"]


def test_a_body_that_trickles_ends_at_the_total_deadline(site: Site) -> None:
    site.script["/f"] = slowly(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n", b"<", pause_s=0.02)
    hasty = Client(SETTINGS.fetch.model_copy(update={"deadline_s": 0.4}))
    reader = Reader(hasty, site.url("/f"))
    reader.poll()
    hasty.close()
    assert reader.code == "timeout"


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "[::1]", "0x7f000001", "2130706433"])
def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    public = Client(Fetch(contact="https://newsmill.test/bot"))
    reader = Reader(public, f"http://{host}/f")
    reader.poll()
    public.close()
    assert reader.code == "blocked_address"


@pytest.mark.parametrize("to", ["http://10.0.0.1/f", "http://[::ffff:10.0.0.1]/f", "http://192.168.1.1/f"])
def test_a_redirect_to_such_an_address_is_refused(client: Client, site: Site, to: str) -> None:
    site.script["/f"] = redirect(to)
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert reader.code == "blocked_address"


def test_a_name_is_judged_by_the_address_that_is_dialled_each_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that first leads to a public address and then to ours (rebinding): here, first to one we allow and then to a private one."""
    addresses = ["127.0.0.1"]
    usual = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: object, **more: object) -> object:
        if host != "rebinding.example":
            return usual(host, port, *rest, **more)  # type: ignore[call-overload]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    site.script["/f"] = ok(rss(1), "ETag: x", "Connection: close")
    client = Client(SETTINGS.fetch.model_copy(update={"allow_ports": [site.port]}))
    reader = Reader(client, site.url("/f", host="rebinding.example"))
    reader.poll()
    assert reader.code == ""
    addresses[:] = ["10.0.0.1"]
    fresh = Client(SETTINGS.fetch.model_copy(update={"allow_ports": [site.port]}))
    reader.client = fresh
    reader.poll()
    client.close()
    fresh.close()
    assert reader.code == "blocked_address"
