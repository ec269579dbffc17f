"""The fetch step: what is refused before a request, what redirects may end at, and looks for changes."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.extract.model import EXTRACTOR
from pipeline.fetch.client import Client, RedirectDeferred
from pipeline.fetch.politeness import HostHealth
from pipeline.hops import Hop
from pipeline.jobs import FetchJob, Host, StoredPage
from pipeline.normalise.urls import Url
from pipeline.outcomes import Failure
from pipeline.steps import fetching as fetch_step
from tests.fetch.server import Site, answer, page, redirect, serving

HOST = Host(1, "a.example", 0.0, False, HostHealth(), None, datetime.now(UTC))


def job(url: str, kept: StoredPage | None = None, before: tuple[Hop, ...] = ()) -> FetchJob:
    return FetchJob(1, uuid.uuid4(), url, b"", url, before, None, 1, HOST, "w", kept)


def code(client: Client, url: str) -> str:
    with pytest.raises(Failure) as caught:
        fetch_step.fetch(client, job(url), None)
    return caught.value.code


@pytest.mark.parametrize("path", ["rss/articles/CBMiabc", "articles/CBMiabc", "read/CBMiabc"])
def test_an_opaque_link_of_an_aggregator_is_not_asked_for(client: Client, dialled: list[str], path: str) -> None:
    assert code(client, f"https://news.google.com/{path}") == "unresolvable_aggregator"
    assert dialled == []


@pytest.mark.parametrize("to", ["/", "/en/", "/index.html", "/login?next=/story", "/account/signin", "/consent/", "/cookiewall/x"])
def test_a_redirect_to_the_front_page_or_a_door_is_a_soft_404(client: Client, to: str) -> None:
    with serving({"/story": redirect(to), to: page()}) as site:
        with pytest.raises(Failure) as caught:
            fetch_step.fetch(client, job(site.url("/story")), None)
        assert (caught.value.code, caught.value.hops) == ("soft_404", (Hop(site.url("/story"), 302),))
        assert caught.value.status == 200


@pytest.mark.parametrize(
    ("asked", "to"), [("/story", "/2026/story.html"), ("/", "/en/"), ("/old", "/blogin/story"), ("/old", "/login-problems-at-bank")]
)
def test_other_redirects_are_followed(client: Client, asked: str, to: str) -> None:
    with serving({asked: redirect(to), to: page()}) as site:
        assert fetch_step.fetch(client, job(site.url(asked)), None).page.final_url == site.url(to)


def test_a_look_for_changes_does_not_follow_a_link_that_leads_to_another_site_now(client: Client) -> None:
    with serving({"/story": page()}) as other, serving({"/moved": redirect("/story"), "/story": page()}) as site:
        kept = StoredPage("", "", None, site.url("/story"))
        site.script["/out"] = redirect(other.url("/story"))
        for url in (site.url("/out"), other.url("/story")):  # by a redirect that was changed, or by whoever had one to this site
            with pytest.raises(Failure) as caught:
                fetch_step.fetch(client, job(url, kept), None)
            assert caught.value.code == "soft_404"
        assert fetch_step.fetch(client, job(site.url("/moved"), kept), None).page.final_url == site.url("/story")


def test_a_look_for_changes_sends_both_validators_byte_for_byte(client: Client) -> None:
    with serving({"/story": answer(b"", "304 Not Modified")}) as site:
        found = fetch_step.fetch(client, job(site.url("/story"), StoredPage('W/"a b"', "Mon, 2 Nov 2026 01:02:03 GMT", None)), None)
    assert found.unchanged
    ((_, headers),) = site.requests
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('W/"a b"', "Mon, 2 Nov 2026 01:02:03 GMT")


def test_validators_go_to_the_address_whose_they_are_and_to_no_other(client: Client) -> None:
    with serving({"/old": redirect("/new"), "/new": page()}) as site:
        for url, told in ((site.url("/new"), [False, True]), (site.url("/old"), [True, False])):
            site.requests.clear()
            fetch_step.fetch(client, job(site.url("/old"), StoredPage('"a"', "", None, url)), None)
            assert ["if-none-match" in headers for _, headers in site.requests] == told


def test_a_later_extractor_asks_without_validators_and_reads_the_same_page_again(client: Client) -> None:
    with serving({"/story": page(b"<p>news</p>")}) as site:
        kept = StoredPage('"a"', "", hashlib.sha256(b"<p>news</p>").digest(), site.url("/story"), "newsmill-0/older")
        assert not fetch_step.fetch(client, job(site.url("/story"), kept), None).unchanged
        assert fetch_step.fetch(client, job(site.url("/story"), replace(kept, extractor=EXTRACTOR)), None).unchanged
    assert [headers.get("if-none-match") for _, headers in site.requests] == [None, '"a"']


@pytest.mark.parametrize(("kept", "same"), [(b"<p>news</p>", True), (b"<p>old</p>", False)])
def test_a_page_with_the_same_bytes_is_unchanged_whatever_its_validators(client: Client, kept: bytes, same: bool) -> None:
    with serving({"/story": page(b"<p>news</p>")}) as site:
        found = fetch_step.fetch(client, job(site.url("/story"), StoredPage("", "", hashlib.sha256(kept).digest())), None)
    assert found.unchanged is same


def test_a_304_to_a_plain_request_is_no_article(client: Client) -> None:
    with serving({"/story": answer(b"", "304 Not Modified")}) as site:
        assert code(client, site.url("/story")) == "protocol_error"


def test_before_another_host_is_asked_its_turn_is_and_the_chain_is_kept(client: Client) -> None:
    asked: list[str] = []

    def not_now(target: Url) -> None:
        if target.host == f"127.0.0.1:{site.port}":
            return
        asked.append(target.host)
        raise RedirectDeferred(target.text)

    with serving({"/story": page()}) as other, serving({}) as site:
        site.script = {"/a": redirect("/b"), "/b": redirect(other.url("/story"))}
        with pytest.raises(RedirectDeferred) as caught:
            fetch_step.fetch(client, job(site.url("/a")), not_now)
        assert asked == [f"127.0.0.1:{other.port}"]
        assert [hop.url for hop in caught.value.hops] == [site.url("/a"), site.url("/b")]
        assert other.requests == []
        onward = fetch_step.fetch(client, job(other.url("/story"), before=caught.value.hops), not_now)
    assert onward.page.hops == (Hop(site.url("/a"), 302), Hop(site.url("/b"), 302))


def test_the_head_of_an_answer_is_kept_for_the_archive(client: Client) -> None:
    with serving({"/story": page(b"<p>x</p>", "X-A: 1", "X-A: 2", "X-Robots-Tag: noarchive")}) as site:
        kept = fetch_step.fetch(client, job(site.url("/story")), None).page
    assert kept.reason == "OK"
    assert [value for name, value in kept.raw_headers if name == "X-A"] == ["1", "2"]
    assert kept.headers["x-robots-tag"] == "noarchive"
    assert isinstance(site, Site)
