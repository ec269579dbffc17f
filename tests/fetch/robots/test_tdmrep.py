"""tdmrep.json counts behind what the page says itself."""

from __future__ import annotations

import json

import pytest

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.extract.rights.reservations import by_site
from pipeline.fetch.client import Client
from pipeline.fetch.robots import tdmrep
from pipeline.normalise.urls import Url, parse
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from tests.fetch.server import answer, redirect, serving

RULES = [
    {"location": "/", "tdm-reservation": 0},
    {"location": "/news/", "tdm-reservation": 1, "tdm-policy": "https://e.com/policy.json"},
    {"location": "/*.pdf$", "tdm-reservation": 1},
    {"location": "/news/free/", "tdm-reservation": "0"},
]
WORDS = "The council met on Tuesday to talk about the new bridge over the river and what it will cost the town. "


def nobody(target: Url) -> None:
    raise AssertionError("no redirect is followed here")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", (("tdm-reservation", "0"),)),
        ("/news/1", (("tdm-reservation", "1"), ("tdm-policy", "https://e.com/policy.json"))),
        ("/news/free/1", (("tdm-reservation", "0"),)),
        ("/a/b.pdf", (("tdm-reservation", "1"),)),
        ("/a/b.pdf?x=1", (("tdm-reservation", "0"),)),
    ],
)
def test_the_longest_location_of_tdmrep_json_decides(path: str, said: tuple[tuple[str, str], ...]) -> None:
    assert tdmrep.reservations(json.dumps(RULES), f"https://e.com{path}") == said


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>not here</html>",
        b"{}",
        b"[" * 60_000,
        b"[1, null, {}]",
        b'[{"location": 3, "tdm-reservation": 1}]',
        b'[{"location": "/", "tdm-reservation": 7}]',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_tdmrep_json_says_nothing(client: Client, body: bytes) -> None:
    with serving({tdmrep.PATH: answer(body)}) as site:
        assert tdmrep.fetch(client, parse(site.url("/story")), nobody) == ""
    assert tdmrep.reservations(body.decode("utf-8", "replace"), "https://e.com/") == ()


def test_tdmrep_json_is_kept_as_it_is_written(client: Client) -> None:
    text = json.dumps(RULES, indent=4)
    with serving({tdmrep.PATH: answer(b"\xef\xbb\xbf" + text.encode())}) as site:
        assert tdmrep.fetch(client, parse(site.url("/story")), nobody) == text
    with serving({tdmrep.PATH: redirect("http://10.0.0.1/")}) as site:
        assert tdmrep.fetch(client, parse(site.url("/story")), lambda _: None) == ""


def test_a_host_that_asks_for_a_pause_gets_it(client: Client) -> None:
    with serving({tdmrep.PATH: answer(b"", "429 Slow Down", "Retry-After: 60")}) as site, pytest.raises(Failure) as caught:
        tdmrep.fetch(client, parse(site.url("/story")), nobody)
    assert (caught.value.code, caught.value.retry_after_s) == ("http_429", 60.0)


@pytest.mark.parametrize(
    ("meta", "reserved", "source"),
    [("", True, "tdmrep.json"), ('<meta name="tdm-reservation" content="0">', False, "meta")],
)
def test_the_page_goes_before_tdmrep_json(meta: str, reserved: bool, source: str) -> None:
    html = f'<html lang="en"><head><title>A bridge</title>{meta}</head><body><article><h1>A bridge</h1><p>{WORDS * 8}</p></article></body></html>'
    article = extract(Page("https://e.com/news/1", html.encode(), "text/html"), Hints(), Extract())
    article = by_site(article, tdmrep.reservations(json.dumps(RULES), "https://e.com/news/1"))
    assert ("tdm_reserved" in article.flags) is reserved
    assert {r.source for r in article.reservations if r.name == "tdm-reservation"} == {source}
