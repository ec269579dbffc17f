from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from pipeline.fetch import connect
from pipeline.fetch.client import Client
from pipeline.outcomes import Failure
from pipeline.settings import Fetch
from tests.fetch.conftest import LOOPBACK
from tests.fetch.resolver import resolving
from tests.fetch.server import page, serving


def test_the_name_is_resolved_once_for_a_connection_and_the_host_header_keeps_it(
    client: Client, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, "127.0.0.1")
    with serving({"/": page()}) as site:
        client.get(site.url("/", host="news.example"), kind="page")
        client.get(site.url("/", host="news.example"), kind="page")
    assert asked == ["news.example"]
    assert dialled == ["127.0.0.1"]
    assert site.requests[0][1]["host"] == f"news.example:{site.port}"


def test_a_name_that_changes_its_address_is_judged_anew(client: Client, dialled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", (next(answers), port))])
    with serving({"/": page(b"x", "Connection: close")}) as site:
        client.get(site.url("/", host="rebind.example"), kind="page")
        with pytest.raises(Failure) as caught:
            client.get(site.url("/", host="rebind.example"), kind="page")
    assert caught.value.code == "blocked_address"
    assert dialled == ["127.0.0.1"]


def test_the_second_address_is_tried_when_the_first_is_dead(client: Client, dialled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.77", "127.0.0.1")
    with serving({"/": page()}) as site:
        assert client.get(site.url("/", host="two.example"), kind="page").status == 200
    assert dialled == ["127.0.0.77", "127.0.0.1"]


def test_an_unknown_name_is_a_dns_failure(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch)
    with pytest.raises(Failure) as caught:
        client.get("http://unknown.example/", kind="page")
    assert caught.value.code == "dns"


def test_a_resolver_that_hangs_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    wake = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [wake.wait(5)][:0])
    with pytest.raises(Failure) as caught:
        Client(LOOPBACK.model_copy(update={"deadline_s": 0.3})).get("http://slow.example/", kind="page")
    wake.set()
    assert caught.value.code == "timeout"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a self-signed certificate for news.example, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=news.example"]
    make += ["-addext", "subjectAltName=DNS:news.example", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(make, cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return both


@pytest.mark.parametrize(
    ("host", "trusted", "code"), [("news.example", True, ""), ("other.example", True, "tls"), ("news.example", False, "tls")]
)
def test_certificate_and_name_are_always_checked(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, host: str, trusted: bool, code: str
) -> None:
    resolving(monkeypatch, "127.0.0.1")
    if trusted:
        monkeypatch.setattr(connect, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    names: list[str] = []
    server.sni_callback = lambda sock, name, context: names.append(name)
    client = Client(LOOPBACK)
    with serving({"/": page()}, wrap=lambda conn: server.wrap_socket(conn, server_side=True)) as site:
        url = f"https://{host}:{site.port}/"
        if code:
            with pytest.raises(Failure) as caught:
                client.get(url, kind="page")
            assert caught.value.code == code
            assert not site.requests
        else:
            assert client.get(url, kind="page").status == 200
            assert client.get(url, kind="page").status == 200
            assert site.connections == 1
    assert set(names) == {host}


def test_the_deadline_also_holds_inside_tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(connect, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)

    def drip(conn: socket.socket) -> None:
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            conn.sendall(b"x")
            time.sleep(0.05)

    with serving({"/": drip}, wrap=lambda conn: server.wrap_socket(conn, server_side=True)) as site, pytest.raises(Failure) as caught:
        Client(LOOPBACK.model_copy(update={"deadline_s": 0.6})).get(f"https://news.example:{site.port}/", kind="page")
    assert caught.value.code == "timeout"


def test_a_handshake_that_never_ends_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = Client(LOOPBACK.model_copy(update={"deadline_s": 0.4}))
        with pytest.raises(Failure) as caught:
            client.get(f"https://127.0.0.1:{listener.getsockname()[1]}/", kind="page")
    assert caught.value.code == "timeout"


def test_plain_http_on_the_other_side_of_https_is_a_tls_failure(client: Client) -> None:
    with serving({"/": page()}) as site, pytest.raises(Failure) as caught:
        client.get(f"https://127.0.0.1:{site.port}/", kind="page")
    assert caught.value.code in ("tls", "timeout")


def test_a_fetch_leaves_no_thread_and_no_file_behind() -> None:
    client = Client(Fetch(allow_networks=["127.0.0.0/8"], deadline_s=30))
    with serving({"/": page()}) as site:
        client.get(site.url("/"), kind="page")
        before = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
        for _ in range(20):
            client.get(site.url("/"), kind="page")
        time.sleep(0.1)
        after = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    assert after[0] <= before[0]  # what earlier tests left may end meanwhile; more is a leak
    assert after[1] <= before[1]
