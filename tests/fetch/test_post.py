"""What is posted goes through the one guarded client too: judged like any request, and followed only where that means the same request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.fetch.client import Client, failure_of
from pipeline.outcomes import Failure
from pipeline.settings import Fetch
from tests.fetch.server import Site, answer, redirect, serving

FORM = {"hub.mode": "subscribe", "hub.topic": "http://a.example/feed?a=1&b=ü"}
SENT = b"hub.mode=subscribe&hub.topic=http%3A%2F%2Fa.example%2Ffeed%3Fa%3D1%26b%3D%C3%BC"


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(Fetch(allow_networks=["127.0.0.0/8"], deadline_s=5.0, max_bytes=1000))
    yield client
    client.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving({}) as running:
        yield running


def test_a_form_is_posted_with_our_name_and_its_length(client: Client, site: Site) -> None:
    site.script["/hub"] = answer(b"", "202 Accepted")
    assert client.post(site.url("/hub"), FORM).status == 202
    assert site.posted == [("/hub", SENT)]
    headers = site.requests[0][1]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["content-length"] == str(len(SENT))
    assert headers["user-agent"].startswith("newsmill/")
    assert "cookie" not in headers


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_that_asks_for_the_same_again_is_followed(client: Client, site: Site, status: str) -> None:
    site.script |= {"/hub": redirect("/other", status=status), "/other": answer(b"", "202 Accepted")}
    assert client.post(site.url("/hub"), FORM).status == 202
    assert site.posted == [("/hub", SENT), ("/other", SENT)]


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "303 See Other"])
def test_other_redirects_are_failures(client: Client, site: Site, status: str) -> None:
    site.script["/hub"] = redirect("/other", status=status)
    failure = failure_of(client.post(site.url("/hub"), FORM))
    assert failure
    assert failure.code == f"http_{status[:3]}"
    assert site.paths() == ["/hub"]


def test_of_a_long_answer_the_start_is_enough(client: Client, site: Site) -> None:
    site.script["/hub"] = answer(b"x" * 5000, "200 OK")
    assert len(client.post(site.url("/hub"), FORM).body) == 1000


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.1/hub", "blocked_address"),
        ("http://169.254.169.254/latest", "blocked_address"),
        ("file:///etc/passwd", "blocked_scheme"),
        ("http://[::ffff:10.0.0.1]/", "blocked_address"),
    ],
)
def test_what_must_not_be_fetched_is_not_posted_to(client: Client, url: str, code: str) -> None:
    with pytest.raises(Failure) as raised:
        client.post(url, FORM)
    assert raised.value.code == code


def test_nor_where_a_redirect_leads_there(client: Client, site: Site) -> None:
    site.script["/hub"] = redirect("http://10.0.0.1/hub", status="307 Temporary Redirect")
    with pytest.raises(Failure) as raised:
        client.post(site.url("/hub"), FORM)
    assert raised.value.code == "blocked_address"
