"""What becomes of a chain of redirects, and what is told of it."""

from __future__ import annotations

import pytest

from pipeline.fetch import connect
from pipeline.fetch.client import Client, RedirectDeferred, failure_of
from pipeline.hops import Hop
from pipeline.normalise.urls import Url
from pipeline.outcomes import Failure
from tests.fetch.authority import Authority, speaking_tls
from tests.fetch.conftest import LOOPBACK, failing
from tests.fetch.resolver import resolving
from tests.fetch.server import answer, page, redirect, serving


@pytest.mark.parametrize(
    ("to", "code", "at"),
    [
        ("http://10.0.0.5/", "blocked_address", "http://10.0.0.5/"),
        ("http://169.254.169.254/latest/", "blocked_address", "http://169.254.169.254/latest/"),
        ("http://127.0.0.1:0/", "blocked_port", "http://127.0.0.1:0/"),
        ("file:///etc/passwd", "blocked_scheme", ""),
        ("javascript:alert(1)", "blocked_scheme", ""),
        ("http://[::1", "bad_redirect", ""),
    ],
)
def test_a_refused_hop_leaves_its_chain(client: Client, to: str, code: str, at: str) -> None:
    with serving({"/1": redirect("/2"), "/2": redirect(to, status="307 Temporary Redirect")}) as site:
        failure = failing(client, site.url("/1"))
    assert (failure.code, failure.status, failure.size) == (code, 307, 0)
    assert failure.hops == (Hop(site.url("/1"), 302), Hop(site.url("/2"), 307))
    assert failure.final_url == (at or site.url("/2"))


def test_before_a_redirect_is_followed_the_caller_is_asked(client: Client) -> None:
    asked: list[str] = []

    def admit(target: Url) -> None:
        assert not other.requests
        asked.append(target.text)

    with serving({"/3": page()}) as other, serving({"/1": redirect("/2")}) as site:
        site.script["/2"] = redirect(other.url("/3"))
        client.get(site.url("/1"), kind="page", admit=admit)
    assert asked == [site.url("/2"), other.url("/3")]
    assert other.requests


def test_a_host_that_is_not_admitted_gets_no_request(client: Client) -> None:
    def refuse(target: Url) -> None:
        raise Failure("robots_disallowed", "not you")

    with serving({"/": page()}) as other, serving({"/": redirect(other.url("/"))}) as site, pytest.raises(Failure) as caught:
        client.get(site.url("/"), kind="page", admit=refuse)
    assert (caught.value.code, caught.value.detail) == ("robots_disallowed", "not you")
    assert (caught.value.final_url, caught.value.status) == (other.url("/"), 302)
    assert caught.value.hops == (Hop(site.url("/"), 302),)
    assert not other.connections


def test_a_host_whose_turn_it_is_not_ends_the_visit_and_the_next_goes_on(client: Client) -> None:
    def later(target: Url) -> None:
        raise RedirectDeferred(target.text)

    with serving({"/story": page()}) as other, serving({"/": redirect(other.url("/story"))}) as site:
        with pytest.raises(RedirectDeferred) as caught:
            client.get(site.url("/"), kind="page", admit=later)
        assert not other.connections
        got = client.get(caught.value.url, kind="page", before=caught.value.hops)
    assert caught.value.hops == (Hop(site.url("/"), 302),)
    assert (got.hops, got.final_url) == (caught.value.hops, other.url("/story"))


def test_hops_of_earlier_visits_count(client: Client) -> None:
    before = tuple(Hop(f"http://e{n}.example/", 302) for n in range(10))
    with serving({"/": redirect("/2"), "/2": page()}) as site:
        assert client.get(site.url("/2"), kind="page", before=before).hops == before
        with pytest.raises(Failure) as caught:
            client.get(site.url("/"), kind="page", before=before)
    assert (caught.value.code, len(caught.value.hops)) == ("too_many_redirects", 11)


def test_a_redirect_back_to_an_earlier_visit_is_a_loop(client: Client) -> None:
    with serving({"/": page()}) as first, serving({"/": redirect(first.url("/"))}) as site, pytest.raises(Failure) as caught:
        client.get(site.url("/"), kind="page", before=(Hop(first.url("/"), 302),))
    assert caught.value.code == "too_many_redirects"
    assert not first.connections


def test_a_password_in_a_redirect_is_neither_sent_nor_told(client: Client) -> None:
    with serving({"/story": page()}) as site:
        site.script["/"] = redirect(site.url("/story").replace("//", "//user:geheim@"))
        site.script["/bad"] = redirect("http://user:geheim@exa mple/")
        got = client.get(site.url("/"), kind="page")
        failure = failing(client, site.url("/bad"))
    assert "authorization" not in site.requests[1][1]
    assert "geheim" not in got.final_url + str(failure) + repr(failure.hops)


def test_headers_are_the_same_few_on_every_hop(client: Client) -> None:
    with serving({"/": page()}) as other, serving({"/": redirect(other.url("/", host="localhost"))}) as site:
        client.get(site.url("/"), kind="page", headers={"X-Api-Key": "geheim", "Authorization": "geheim", "Cookie": "a=b"})
    for headers in (site.requests[0][1], other.requests[0][1]):
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding"}


def test_a_step_down_from_https_is_recorded(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(connect, "DEFAULT_CA_BUNDLE_PATH", authority.bundle)
    tls = speaking_tls(authority.certificate("news.example"))
    with serving({"/": page()}) as plain, serving({"/": redirect(plain.url("/"))}, wrap=tls) as site:
        client = Client(LOOPBACK)
        got = client.get(f"https://news.example:{site.port}/", kind="page")
        later = client.get(plain.url("/"), kind="page", before=got.hops)
        assert not client.get(plain.url("/"), kind="page").downgraded
    assert got.downgraded
    assert later.downgraded


@pytest.mark.parametrize("location", ["", "http://", "http://exa mple/", "http://[::1", "/" + "x" * 10_000, "http://a:99999/"])
def test_a_location_that_leads_nowhere_is_a_bad_redirect(client: Client, location: str) -> None:
    script = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location.encode("latin-1") + b"\r\n\r\n"
    with serving({"/": script}) as site:
        assert failing(client, site.url("/")).code == "bad_redirect"


def test_an_answer_tells_its_reason_and_headers_as_they_came(client: Client) -> None:
    with serving({"/": answer(b"gone", "410 Gone For Good", "X-Robots-Tag: noai", "ETag: x", "x-robots-tag: noindex")}) as site:
        got = client.get(site.url("/"), kind="page")
    assert got.reason == "Gone For Good"
    assert [value for name, value in got.raw_headers if name.lower() == "x-robots-tag"] == ["noai", "noindex"]
    failure = failure_of(got)
    assert failure is not None
    assert (failure.code, failure.status, failure.size, failure.hops) == ("http_410", 410, 4, ())


def test_a_failure_tells_how_much_was_read(client: Client) -> None:
    with serving({"/": redirect("/2"), "/2": lambda conn: conn.sendall(page(b"x" * 70, length=100))}) as site:
        failure = failing(client, site.url("/"))
    assert (failure.code, failure.size, failure.status) == ("truncated", 70, 200)
    assert failure.hops == (Hop(site.url("/"), 302),)
