from __future__ import annotations

import ipaddress
import json

import pytest

from pipeline.fetch import guard
from pipeline.fetch.client import Client
from pipeline.outcomes import Failure
from pipeline.settings import Fetch
from tests.fetch.resolver import resolving
from tests.paths import CONFORMANCE
from tests.support.tables import failing_rows

ADDRESSES = [json.loads(line) for line in (CONFORMANCE / "ssrf/addresses.jsonl").open()]
URLS = [json.loads(line) for line in (CONFORMANCE / "ssrf/urls.jsonl").open()]
NUMERIC = [json.loads(line) for line in (CONFORMANCE / "ssrf/numeric_hosts.jsonl").open()]
CLOSED = guard.rules(Fetch())
CLIENT = Client(Fetch(deadline_s=5, contact="bot@newsmill.test"))  # one for all: each loads the certificate authorities


def allowed(address: str, *networks: str) -> bool:
    try:
        guard.check_address(address, guard.rules(Fetch(allow_networks=list(networks))))
    except Failure as failure:
        return failure.code != "blocked_address"
    return True


def test_only_public_addresses_are_allowed() -> None:
    def check(row: dict) -> None:
        assert allowed(row["address"]) is row["allowed_by_default"]

    assert failing_rows((row for row in ADDRESSES if row["allowed_by_default"] is not None), check, lambda row: row["address"]) == {}


def test_as_literal_and_as_answer_nothing_but_an_allowed_address_is_dialled(dialled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def check(row: dict) -> None:
        resolving(monkeypatch, row["address"])
        host = f"[{row['address']}]" if ":" in row["address"] else row["address"]
        for url in (f"http://{host}/", "http://name.example/"):
            dialled.clear()
            with pytest.raises(Failure) as caught:
                CLIENT.get(url, kind="page")
            if allowed(row["address"]):
                assert caught.value.code == "connect"
                assert dialled
            else:
                assert caught.value.code == "blocked_address"
                assert not dialled

    assert failing_rows(ADDRESSES, check, lambda row: row["address"]) == {}


def test_hostile_urls_end_in_a_failure_and_no_connection(dialled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def check(row: dict) -> None:
        resolving(monkeypatch, "127.0.0.1")
        dialled.clear()
        with pytest.raises(Failure):
            CLIENT.get(row["url"], kind="page")
        assert not dialled

    assert failing_rows(URLS, check, lambda row: row["id"]) == {}


@pytest.mark.parametrize("row", [r for r in NUMERIC if r["ipv4"]], ids=lambda r: r["host"])
def test_an_odd_spelling_of_an_address_is_the_address(row: dict, dialled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch)
    with pytest.raises(Failure) as caught:
        CLIENT.get(f"http://{row['host']}/", kind="page")
    is_open = ipaddress.ip_address(row["ipv4"]).is_global
    assert caught.value.code == ("connect" if is_open else "blocked_address")
    assert dialled == ([row["ipv4"]] if is_open else [])


@pytest.mark.parametrize(
    ("address", "networks", "expected"),
    [
        ("127.0.0.1", ["127.0.0.0/8"], True),
        ("::ffff:127.0.0.1", ["127.0.0.0/8"], True),
        ("::127.0.0.1", ["127.0.0.0/8"], False),
        ("10.0.0.1", ["127.0.0.0/8"], False),
        ("::1", ["127.0.0.0/8"], False),
        ("::1", ["::1/128"], True),
        ("169.254.169.254", ["169.254.0.0/16"], False),
        ("169.254.169.254", ["169.254.169.254/32"], True),
        ("168.63.129.16", ["0.0.0.0/0"], False),
        ("fd00:ec2::254", ["fc00::/7"], False),
        ("fd00:ec2::254", ["fd00:ec2::254/128"], True),
        ("2002:a9fe:a9fe::1", ["2002::/16"], False),
        ("64:ff9b::808:808", [], True),
        ("64:ff9b::a00:1", [], False),
        ("fe80::1%eth0", [], False),
        ("nonsense", [], False),
    ],
)
def test_the_operator_opens_exactly_the_networks_named(address: str, networks: list[str], expected: bool) -> None:
    assert allowed(address, *networks) is expected


@pytest.mark.parametrize(
    ("address", "port", "ok"),
    [("8.8.8.8", 80, True), ("8.8.8.8", 8443, True), ("8.8.8.8", 22, False), ("8.8.8.8", 6379, False), ("8.8.8.8", 0, False)],
)
def test_ports_of_public_addresses_are_those_of_news_sites(address: str, port: int, ok: bool) -> None:
    if ok:
        guard.check_port(address, port, CLOSED)
    else:
        with pytest.raises(Failure) as caught:
            guard.check_port(address, port, CLOSED)
        assert caught.value.code == "blocked_port"
        assert str(port) in caught.value.detail


def test_any_port_of_an_opened_network_may_be_dialled() -> None:
    guard.check_port("127.0.0.1", 6379, guard.rules(Fetch(allow_networks=["127.0.0.0/8"])))


def test_a_name_with_a_public_and_a_private_address_is_refused_as_a_whole(dialled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(Failure) as caught:
        CLIENT.get("http://mixed.example/", kind="page")
    assert caught.value.code == "blocked_address"
    assert not dialled


def test_a_public_name_on_a_service_port_is_refused(dialled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8")
    with pytest.raises(Failure) as caught:
        CLIENT.get("http://name.example:25/", kind="page")
    assert caught.value.code == "blocked_port"
    assert not dialled
