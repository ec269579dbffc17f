from __future__ import annotations

import json
import time

import pytest

from pipeline.fetch import robots_rules

from .conftest import CONFORMANCE

ROWS = [json.loads(line) for name in ("google_robotstxt", "google_spec_test") for line in (CONFORMANCE / f"robots/{name}.jsonl").open()]
# Google's answers that RFC 9309 gives otherwise or that cannot come up here.
OTHERWISE = {
    "g064": "the URL is not percent-encoded; ours always are",
    "g066": "the URL is not percent-encoded",
    "s111": "the URL is not percent-encoded",
    "s113": "the URL is not percent-encoded",
    "g067": "%62%61%7A matches baz, RFC 9309 section 2.2.2",
    "s114": "%62%61%7A matches baz",
    "s194": "/robots.txt itself is always allowed",
    "s200": "/robots.txt itself is always allowed",
    "s204": "/robots.txt itself is always allowed",
    "s345": "/robots.txt itself is always allowed",
    "g142": "a line over 16 KiB is read whole",
    "g145": "a line over 16 KiB is read whole",
}


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_decisions_agree_with_the_corpus(row: dict) -> None:
    text = robots_rules.decode(row["robots_txt"].encode("utf-8", "surrogateescape"))
    expected = row["allowed"] is not (row["id"] in OTHERWISE)
    assert robots_rules.permits(text, row["user_agent"], row["url"]) is expected


RULES = "User-agent: *\nDisallow: /private\n"


@pytest.mark.parametrize(
    "data",
    [
        RULES.encode(),
        RULES.encode("utf-8-sig"),
        RULES.encode("utf-16"),
        RULES.encode("utf-16-le"),
        b"\xfe\xff" + RULES.encode("utf-16-be"),
        RULES.replace("\n", "\r").encode(),
        RULES.replace("\n", "\r\n").encode(),
        b"\0" + RULES.encode() + b"\0",
        b"# caf\xe9\n" + RULES.encode(),
        b"User-agent: *\nLicense: https://e.com/l\nContent-Signal: ai-train=no\nDisallow: /private\n",
        b"User-agent: *\n\n\nDisallow: /private\n",
        b"User-agent: a\nUser-agent: *\nSitemap: /x.xml\nDisallow: /private",
        b"<html>\n" + RULES.encode(),
    ],
)
def test_rules_are_found_however_the_file_was_saved(data: bytes) -> None:
    text = robots_rules.decode(data)
    assert "\0" not in text
    assert not robots_rules.permits(text, "newsmill", "http://e.com/private/1")
    assert robots_rules.permits(text, "newsmill", "http://e.com/public")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: newsbot\nDisallow: /", False),
        ("User-agent: NEWSBOT\nDisallow: /", False),
        ("User-agent: newsbot/2.1\nDisallow: /", False),
        ("User-agent: newsbot\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: Newsbot\nDisallow: /story", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: newsbot\nAllow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: newsbot\nDisallow:", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: news\nDisallow: /\n\nUser-agent: newsbot-images\nDisallow: /", True),
        ("User-agent: *\nAllow: /story\nDisallow: /story", True),
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: *\nDisallow: /%73tory.html", False),
        ("User-agent: *\nDisallow: /story%2Ehtml", False),
        ("User-agent: *\nDisallow: /story%2Fhtml", True),
        ("User-agent: *\nCrawl-delay: 10\n\nUser-agent: GPTBot\nDisallow: /", True),
        ("Disallow: /", True),
        ("", True),
    ],
)
def test_which_rules_are_meant_for_newsbot(text: str, allowed: bool) -> None:
    assert robots_rules.permits(text, "newsbot", "http://e.com/story.html") is allowed


@pytest.mark.parametrize(
    ("value", "delay"),
    [("10", 10.0), ("0.5", 0.5), ("86400", 86400.0), ("inf", None), ("nan", None), ("-5", None), ("abc", None), ("", None)],
)
def test_crawl_delay_is_a_number_of_seconds(value: str, delay: float | None) -> None:
    assert robots_rules.crawl_delay_s(f"User-agent: *\nCrawl-delay: {value}\nDisallow: /x", "newsbot") == delay


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("newsmill/0.1", "newsmill"),
        ("NewsMill (+https://e.com)", "newsmill"),
        ("news-mill_x/1", "news-mill_x"),
        ("*", "*"),
        ("* x", "*"),
        ("7x", ""),
    ],
)
def test_the_product_token_is_what_robots_txt_names(user_agent: str, token: str) -> None:
    assert robots_rules.product_token(user_agent) == token


def test_a_hostile_pattern_is_quick() -> None:
    text = "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 40}b{n}\n" for n in range(100))
    robots_rules.permits(text, "x", "http://e.com/")
    began = time.perf_counter()
    assert robots_rules.permits(text, "x", "http://e.com/" + "a" * 2000)
    assert time.perf_counter() - began < 1
