"""What is refused before a request: addresses, schemes, ports, hosts, certificates, a missing contact."""

from __future__ import annotations

import json
import re
import socket

import pytest

from pipeline.fetch import connect, guard
from pipeline.fetch.client import Client
from pipeline.normalise import urls
from pipeline.outcomes import CODES, Failure
from pipeline.settings import Fetch
from tests.fetch.authority import Authority, speaking_tls
from tests.fetch.conftest import LOOPBACK, failing
from tests.fetch.resolver import resolving
from tests.fetch.server import page, redirect, serving
from tests.paths import CONFORMANCE
from tests.support.tables import failing_rows

PUBLIC = Fetch(deadline_s=5, contact="bot@newsmill.test")


@pytest.fixture(scope="module")
def outside() -> Client:
    """A client as an operator has it who opened no network."""
    return Client(PUBLIC)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.1", "127.1", "0", "127.0.0.1"])
def test_a_number_is_the_address_it_spells(outside: Client, dialled: list[str], host: str) -> None:
    assert failing(outside, f"http://{host}/").code == "blocked_address"
    assert not dialled


def test_a_number_reaches_the_address_it_spells_where_that_is_open(client: Client) -> None:
    with serving({"/": page()}) as site:
        assert client.get(site.url("/", host="0x7f.1"), kind="page").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1:0:0:80ff:fffe",
        "::ffff:a9fe:a9fe",
        "fe80::1",
        "ff02::1",
        "fec0::1",
        "::",
        "fd00:ec2::254",
        "fd20:ce::254",
    ],
)
def test_an_address_inside_another_is_refused(outside: Client, dialled: list[str], host: str) -> None:
    assert failing(outside, f"http://[{host}]/").code == "blocked_address"
    assert not dialled


def test_a_mapped_public_address_is_that_address(outside: Client, dialled: list[str]) -> None:
    assert failing(outside, "http://[::ffff:8.8.8.8]/").code == "connect"
    assert dialled


def test_an_address_with_a_zone_is_no_url(outside: Client, dialled: list[str]) -> None:
    assert failing(outside, "http://[fe80::1%25eth0]/").code in ("bad_url", "blocked_address")
    assert not dialled


@pytest.mark.parametrize("url", ["FILE:///etc/passwd", "http+unix://%2Ftmp%2Fs/", " \tgopher://e.com/", "ftp://e.com/", "data:,x"])
def test_only_http_is_fetched_and_the_scheme_is_named(client: Client, dialled: list[str], url: str) -> None:
    failure = failing(client, url)
    assert failure.code == "blocked_scheme"
    assert url.strip().partition(":")[0].lower() in failure.detail
    assert (failure.hops, failure.size, failure.status) == ((), 0, None)
    assert not dialled


def test_space_before_a_url_is_no_part_of_it(client: Client) -> None:
    with serving({"/": page()}) as site:
        assert client.get("\n\t " + site.url("/"), kind="page").final_url == site.url("/")


def test_the_adapter_knows_http_and_https_only(client: Client) -> None:
    assert set(client._adapter.poolmanager.pool_classes_by_scheme) == {"http", "https"}


@pytest.mark.parametrize("port", [22, 25, 6379, 5432, 0])
@pytest.mark.parametrize("host", ["name.example", "8.8.8.8"])
def test_other_ports_are_refused_by_name(
    outside: Client, dialled: list[str], monkeypatch: pytest.MonkeyPatch, host: str, port: int
) -> None:
    resolving(monkeypatch, "8.8.8.8")
    failure = failing(outside, f"http://{host}:{port}/")
    assert failure.code == "blocked_port"
    assert str(port) in failure.detail
    assert not dialled


def test_a_port_that_is_none_is_no_url(outside: Client) -> None:
    assert failing(outside, "http://e.com:65536/").code == "bad_url"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127.0.0.1\\@example.com/", "127.0.0.1"),
        ("http://example.com\\@127.0.0.1/", "example.com"),
        ("http://a#@b/", "a"),
        ("http://a:80@b/", "b"),
        ("http:127.0.0.1/", "127.0.0.1"),
        ("http://foo:\U0001f4a9@example.com/", "example.com"),
    ],
)
def test_the_host_judged_is_the_host_asked(outside: Client, monkeypatch: pytest.MonkeyPatch, url: str, host: str) -> None:
    asked = resolving(monkeypatch)
    failure = failing(outside, url)
    assert urls.hostname_of(urls.parse(url)) == host
    if guard.is_address(host):
        assert (failure.code, asked) == ("blocked_address", [])
    else:
        assert (failure.code, asked) == ("dns", [host])


def test_an_escaped_at_sign_makes_no_host(outside: Client) -> None:
    assert failing(outside, "http://a%40b/").code == "bad_url"


@pytest.mark.parametrize("host", ["a_b.example", "xn--bcher-kva.example", "e-1.example", "b\u00fccher.example", "\u24d4\u24e7.example"])
def test_the_name_asked_for_is_the_a_label(outside: Client, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    asked = resolving(monkeypatch)
    assert failing(outside, f"http://{host}/").code == "dns"
    assert asked == [urls.parse(f"http://{host}/").host]
    assert asked[0].isascii()


@pytest.mark.parametrize(
    ("name", "days", "signed"),
    [("news.example", -1, True), ("other.example", 2, True), ("news.example", 2, False)],
    ids=["expired", "wrong host", "self-signed"],
)
def test_a_certificate_fault_is_tls_and_nothing_is_sent(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, name: str, days: int, signed: bool
) -> None:
    resolving(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(connect, "DEFAULT_CA_BUNDLE_PATH", authority.bundle)
    tls = speaking_tls(authority.certificate(name, days=days, signed=signed))
    with serving({"/": page()}, wrap=tls) as site:
        assert failing(Client(LOOPBACK), f"https://news.example:{site.port}/").code == "tls"
    assert site.connections == 1  # neither without the check nor without TLS
    assert not site.requests


def test_the_authority_of_these_tests_makes_good_certificates_too(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(connect, "DEFAULT_CA_BUNDLE_PATH", authority.bundle)
    with serving({"/": page()}, wrap=speaking_tls(authority.certificate("news.example"))) as site:
        assert Client(LOOPBACK).get(f"https://news.example:{site.port}/", kind="page").status == 200


@pytest.mark.parametrize("value", ["localhost", "*", "127.0.0.1/99", "10.0.0.0/8, 127.0.0.0/8"])
def test_only_networks_can_be_opened(value: str) -> None:
    with pytest.raises(ValueError, match="allow_networks"):
        Fetch(allow_networks=[value])


def test_opened_networks_are_named_at_start() -> None:
    opened = " ".join(guard.warnings(Fetch(allow_networks=["127.0.0.0/8", "::1/128"], contact="bot@newsmill.test")))
    assert "127.0.0.0/8" in opened
    assert "::1/128" in opened
    assert guard.warnings(Fetch(contact="bot@newsmill.test")) == []


def test_every_request_is_a_get(client: Client) -> None:
    heard: list[bytes] = []

    def listen(conn: socket.socket) -> socket.socket:
        heard.append(conn.recv(4, socket.MSG_PEEK))
        return conn

    with serving({"/": redirect("/2", status="307 Temporary Redirect"), "/2": page(b"x", "Connection: close")}, wrap=listen) as site:
        client.get(site.url("/"), kind="page")
    assert set(heard) == {b"GET "}


def test_a_private_host_looks_the_same_whether_it_lives_or_not(dialled: list[str]) -> None:
    outside = Client(PUBLIC)
    with serving({"/": page()}) as site:
        alive = failing(outside, site.url("/"))
    dead = failing(outside, "http://10.0.0.1:81/")
    assert (alive.code, alive.detail) == (dead.code, dead.detail)
    assert alive.code == "blocked_address"
    assert CODES[alive.code].again == "no"
    assert not dialled


def test_a_kept_connection_serves_only_its_own_host(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.1")
    with serving({"/": page()}) as site:
        for host in ("a.example", "b.example", "a.example", "b.example"):
            client.get(site.url("/", host=host), kind="page")
    assert site.connections == 2


NO_CONTACT = Fetch(deadline_s=5)


@pytest.mark.parametrize("addresses", [["8.8.8.8"], ["8.8.8.8", "1.1.1.1"]])
def test_nobody_is_asked_without_a_contact(dialled: list[str], monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    resolving(monkeypatch, *addresses)
    failure = failing(Client(NO_CONTACT), "http://name.example/")
    assert failure.code == "no_contact"
    assert "fetch.contact" in failure.detail
    assert "newsmill set fetch.contact=ADDRESS" in failure.detail
    assert not dialled


def test_loopback_needs_no_contact_and_a_private_address_stays_blocked(dialled: list[str]) -> None:
    with serving({"/": page()}) as site:
        assert Client(LOOPBACK.model_copy(update={"contact": ""})).get(site.url("/"), kind="page").status == 200
    assert failing(Client(NO_CONTACT), "http://10.0.0.1/").code == "blocked_address"


WHATWG = [json.loads(line) for line in (CONFORMANCE / "urls/whatwg_http.jsonl").open()]


def test_the_host_that_is_asked_for_is_the_host_of_the_standard(outside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolving(monkeypatch)

    def check(row: dict) -> None:
        asked.clear()
        try:
            url = urls.parse(row["input"], row.get("base"))
        except Failure:
            return  # a host of dots or of punctuation; which these are is in test_urls.py
        assert failing(outside, url.text).code in ("dns", "blocked_address", "blocked_port", "connect")
        assert set(asked) <= {urls.hostname_of(url)}
        assert asked or guard.is_address(urls.hostname_of(url)) or urls.port_of(url) == 0
        assert re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", urls.hostname_of(url))

    assert failing_rows((row for row in WHATWG if row.get("href")), check, lambda row: row["id"]) == {}
