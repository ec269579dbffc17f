"""A proxy is used only where it is set, and the addresses of the target are checked all the same."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from pipeline.fetch import connect
from pipeline.fetch.client import Client
from pipeline.settings import Fetch
from tests.fetch.authority import Authority, speaking_tls
from tests.fetch.conftest import LOOPBACK, failing
from tests.fetch.resolver import resolving
from tests.fetch.server import page, redirect, serving


class Proxy:
    """Listens on loopback; answers every absolute-form request with a page and opens a tunnel to `tunnel_to` for CONNECT."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.tunnel_to = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.answer = page(b"through the proxy")

    def serve(self) -> None:
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(conn,), daemon=True).start()

    def talk(self, conn: socket.socket) -> None:
        while head := conn.recv(65536).decode("latin-1"):
            self.heads.append(head)
            if not head.startswith("CONNECT"):
                conn.sendall(self.answer)
            elif not self.tunnel_to:
                conn.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                break
            else:
                conn.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                far = socket.create_connection(("127.0.0.1", self.tunnel_to))
                threading.Thread(target=pump, args=(far, conn), daemon=True).start()
                pump(conn, far)
                break
        conn.close()


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        return


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    found = Proxy()
    threading.Thread(target=found.serve, daemon=True).start()
    yield found
    found.listener.close()


def through(proxy: Proxy, user: str = "", **options: object) -> Client:
    closed = {"allow_networks": [], "proxy": f"http://{user}{proxy.address}"}
    return Client(LOOPBACK.model_copy(update=closed | options))


def test_http_goes_through_the_proxy_and_the_name_is_judged_first(
    proxy: Proxy, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, "8.8.8.8")
    client = through(proxy, user="me:geheim@")
    for host in ("one.example", "two.example"):
        got = client.get(f"http://{host}/a?b=1", kind="page")
        assert (got.body, got.final_url) == (b"through the proxy", f"http://{host}/a?b=1")
    assert asked == ["one.example", "two.example"]
    assert dialled == ["127.0.0.1"]  # the proxy, though loopback is not opened
    assert [head.split()[1] for head in proxy.heads] == ["http://one.example/a?b=1", "http://two.example/a?b=1"]
    assert all("Proxy-Authorization: Basic" in head for head in proxy.heads)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"]])
def test_a_private_target_never_reaches_the_proxy(
    proxy: Proxy, dialled: list[str], monkeypatch: pytest.MonkeyPatch, scheme: str, addresses: list[str]
) -> None:
    resolving(monkeypatch, *addresses)
    assert failing(through(proxy), f"{scheme}://inside.example/").code == "blocked_address"
    assert not dialled


def test_a_redirect_is_judged_although_the_connection_is_kept(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8")
    proxy.answer = redirect("http://10.0.0.1/")
    assert failing(through(proxy), "http://news.example/").code == "blocked_address"
    assert len(proxy.heads) == 1


def test_no_contact_no_fetch_through_a_proxy_either(proxy: Proxy, dialled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8")
    assert failing(through(proxy, contact=""), "http://news.example/").code == "no_contact"
    assert not dialled


def test_https_goes_through_a_tunnel_and_the_certificate_counts(
    proxy: Proxy, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "DEFAULT_CA_BUNDLE_PATH", authority.bundle)
    asked = resolving(monkeypatch, "8.8.8.8")
    tls = speaking_tls(authority.certificate("news.example"))
    with serving({"/": page()}, wrap=tls) as site:
        proxy.tunnel_to = site.port
        monkeypatch.setattr(socket, "create_connection", lambda address: dial(address))
        client = through(proxy, user="me:geheim@")
        assert client.get("https://news.example/", kind="page").status == 200
        assert failing(client, "https://other.example/").code == "tls"
    assert asked == ["news.example", "other.example"]
    assert [head.split()[1] for head in proxy.heads] == ["news.example:443", "other.example:443"]
    assert "proxy-authorization" not in site.requests[0][1]


def dial(address: tuple[str, int]) -> socket.socket:
    """As create_connection does, without the resolver that the test has replaced."""
    found = socket.socket()
    found.connect(address)
    return found


def test_authorities_and_proxies_of_the_environment_do_not_count(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(authority.bundle))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    resolving(monkeypatch, "127.0.0.1")
    with serving({"/": page()}, wrap=speaking_tls(authority.certificate("news.example"))) as site:
        assert failing(Client(LOOPBACK), f"https://news.example:{site.port}/").code == "tls"
    assert site.connections == 1


def test_a_tunnel_that_is_refused_is_a_connect_failure(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8")
    assert failing(through(proxy), "https://news.example/").code == "connect"


def test_only_an_http_proxy_can_be_set() -> None:
    for text in ("socks5://127.0.0.1:1080", "127.0.0.1:3128", "http://127.0.0.1:3128\n"):
        with pytest.raises(ValueError, match="proxy"):
            Fetch(proxy=text)
