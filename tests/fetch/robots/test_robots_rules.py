from __future__ import annotations

import json

import pytest

from pipeline.fetch.robots import robots_rules
from pipeline.normalise.urls import parse
from tests.paths import CONFORMANCE
from tests.support.tables import failing_rows

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
    "s201": "a token with digits is a token: AB42bot obeys its own group",
    "s202": "a token with digits is a token",
    "s203": "and AB is not AB42bot, whose group is not for it",
    "g142": "a line over 16 KiB is read whole",
    "g145": "a line over 16 KiB is read whole",
}


def test_decisions_agree_with_the_corpus() -> None:
    def check(row: dict) -> None:
        text = robots_rules.decode(row["robots_txt"].encode("utf-8", "surrogateescape"))
        expected = row["allowed"] is not (row["id"] in OTHERWISE)
        assert robots_rules.permits(text, row["user_agent"], row["url"]) is expected

    assert failing_rows(ROWS, check, lambda row: row["id"]) == {}


RULES = "User-agent: *\nDisallow: /private\n"


SAVED = {
    "plain": RULES.encode(),
    "UTF-8 with a mark": RULES.encode("utf-8-sig"),
    "half a mark": b"\xef\xbb" + RULES.encode(),
    "UTF-16": RULES.encode("utf-16"),
    "UTF-16-LE": RULES.encode("utf-16-le"),
    "UTF-16-BE": b"\xfe\xff" + RULES.encode("utf-16-be"),
    "CR only": RULES.replace("\n", "\r").encode(),
    "CRLF": RULES.replace("\n", "\r\n").encode(),
    "mixed line ends": b"# a\r# b\n\r\nUser-agent: *\rDisallow: /private\r\n",
    "NUL": b"\0" + RULES.encode() + b"\0",
    "Latin-1": b"# caf\xe9\n" + RULES.encode(),
    "License and Content-Signal": b"User-agent: *\nLicense: https://e.com/l\nContent-Signal: ai-train=no\nDisallow: /private\n",
    "Content-Usage": b"User-agent: *\nContent-Usage: train-ai=n\n\nDisallow: /private\n",
    "between the agents": b"User-agent: *\nLicense: https://e.com/l\nUser-agent: x\nDisallow: /private\n",
    "what nobody knows": b"User-agent: *\nHost: e.com\nVisit-time: 0600-0845\nDisallow: /private\n",
    "blank lines in a group": b"User-agent: *\n\n\nDisallow: /private\n",
    "Sitemap between the agents": b"User-agent: a\nUser-agent: *\nSitemap: /x.xml\nDisallow: /private",
    "HTML before": b"<html>\n" + RULES.encode(),
}


@pytest.mark.parametrize("data", SAVED.values(), ids=SAVED)
def test_rules_are_found_however_the_file_was_saved(data: bytes) -> None:
    text = robots_rules.decode(data)
    assert "\0" not in text
    assert not robots_rules.permits(text, "newsmill", "http://e.com/private/1")
    assert robots_rules.permits(text, "newsmill", "http://e.com/public")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        pytest.param("User-agent: newsbot\nDisallow: /", False, id="our token"),
        pytest.param("User-agent: NEWSBOT\nDisallow: /", False, id="in capitals"),
        pytest.param("User-agent: newsbot/2.1\nDisallow: /", False, id="with a version"),
        pytest.param(
            "User-agent: newsbot\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: Newsbot\nDisallow: /story",
            False,
            id="two groups are one",
        ),
        pytest.param("User-agent: *\nDisallow: /\n\nUser-agent: newsbot\nAllow: /", True, id="* is only for the others"),
        pytest.param("User-agent: *\nDisallow: /\n\nUser-agent: newsbot\nDisallow:", True, id="an empty rule is ours"),
        pytest.param("User-agent: *\nDisallow: /", False, id="none but *"),
        pytest.param("User-agent: news\nDisallow: /\n\nUser-agent: newsbot-images\nDisallow: /", True, id="shorter and longer tokens"),
        pytest.param("User-agent: *\nAllow: /story\nDisallow: /story", True, id="allow wins a tie"),
        pytest.param("User-agent: *\nDisallow: /*.html$", False, id="* and $"),
        pytest.param("User-agent: *\nDisallow: /%73tory.html", False, id="%73 is s"),
        pytest.param("User-agent: *\nDisallow: /story%2Ehtml", False, id="%2E is a dot"),
        pytest.param("User-agent: *\nDisallow: /story%2Fhtml", True, id="%2F is no slash"),
        pytest.param("User-agent: *\nCrawl-delay: 10\n\nUser-agent: GPTBot\nDisallow: /", False, id="a Crawl-delay ends no group"),
        pytest.param("User-agent: newsbot\nNoindex: /x\nUser-agent: *\nDisallow: /", False, id="nor does a line that nobody knows"),
        pytest.param("User-agent: newsbot\nRequest-rate: 1/10\nVisit-time: 0600-0845\n\nDisallow: /story", False, id="nor several"),
        pytest.param("User-agent: *\nDisallow: /\n\nUser-agent: newsbot\nCrawl-delay: 5", True, id="a group of a delay only, the last"),
        pytest.param("User-agent: abot, newsbot, cbot\nDisallow: /", False, id="a list of agents"),
        pytest.param("User-agent: abot,newsbot/2.1\nDisallow: /\n\nUser-agent: *\nAllow: /", False, id="a list with versions"),
        pytest.param("User-agent: abot, *\nDisallow: /", False, id="a list with everybody"),
        pytest.param("User-agent: abot newsbot\nDisallow: /", True, id="a name of two words is no list"),
        pytest.param("User-agent: Mozilla/5.0 (like abot, newsbot)\nDisallow: /", True, id="nor is the comma of a whole user agent"),
        pytest.param("<p>\nUser-agent: newsbot<br>\nDisallow: /<br></p>", False, id="rules in a page"),
        pytest.param("User-agent: newsbot2\nDisallow: /", True, id="newsbot2 is another"),
        pytest.param("Disallow: /", True, id="rules without a group"),
        pytest.param("", True, id="none"),
        pytest.param("User-agent: *\nDisallow: /story.html%24", True, id="%24 is a dollar sign"),
        pytest.param("User-agent: *\nDisallow: /story\nAllow: /story.", True, id="the longest match"),
    ],
)
def test_which_rules_are_meant_for_newsbot(text: str, allowed: bool) -> None:
    assert robots_rules.permits(text, "newsbot", "http://e.com/story.html") is allowed


@pytest.mark.parametrize(
    ("value", "delay"),
    [
        ("10", 10.0),
        ("0.5", 0.5),
        ("86400", 86400.0),
        ("inf", None),
        ("nan", None),
        ("-5", None),
        ("abc", None),
        ("", None),
        ("1e999", None),
    ],
)
def test_crawl_delay_is_a_number_of_seconds(value: str, delay: float | None) -> None:
    assert robots_rules.crawl_delay_s(f"User-agent: *\nCrawl-delay: {value}\nDisallow: /x", "newsbot") == delay


@pytest.mark.parametrize(
    ("text", "delays"),
    [
        pytest.param("User-agent: a\nCrawl-delay: 1\nUser-agent: b\nCrawl-delay: 2\nUser-agent: *\nDisallow: /x", (1.0, 2.0, None), id="one each"),
        pytest.param("User-agent: a\nUser-agent: b\nCrawl-delay: 3\nDisallow: /x", (3.0, 3.0, None), id="of a group"),
        pytest.param("User-agent: a, b\nDisallow: /x\nCrawl-delay: 3", (3.0, 3.0, None), id="behind the rules"),
        pytest.param("User-agent: a\nCrawl-delay: 1\nUser-agent: b\nDisallow: /x", (1.0, None, None), id="not for whom it was not said"),
        pytest.param("User-agent: *\nCrawl-delay: 9\n\nUser-agent: a\nAllow: /\nUser-agent: *\nCrawl-delay: 4", (None, 9.0, 9.0), id="the longer of two"),
        pytest.param("User-agent: a\nCrawl-delay: soon\nCrawl-delay: 5\nUser-agent: *\nDisallow:", (5.0, None, None), id="one that can be read"),
        pytest.param("Crawl-delay: 5\nUser-agent: a\nDisallow:", (None, None, None), id="of no group"),
    ],
)  # fmt: skip
def test_a_crawl_delay_is_for_the_agents_that_it_was_said_to(text: str, delays: tuple[float | None, ...]) -> None:
    assert tuple(robots_rules.crawl_delay_s(text, agent) for agent in ("a", "b", "other")) == delays


def test_agents_that_share_rules_have_each_their_own_delay() -> None:
    """As a parser by RFC 9309 has it: the Crawl-delay does not end the group, and the rules are for all of its agents."""
    text = "User-agent: mybot\nCrawl-delay: 10\nUser-agent: yourbot\nDisallow: /private/\n\nUser-agent: yourbot\nDisallow: /login/"
    for agent, delay, login in (("mybot", 10.0, True), ("yourbot", None, False)):
        assert robots_rules.crawl_delay_s(text, agent) == delay
        assert not robots_rules.permits(text, agent, "http://e.com/private/1")
        assert robots_rules.permits(text, agent, "http://e.com/login/1") is login


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("newsmill/0.1", "newsmill"),
        ("NewsMill (+https://e.com)", "newsmill"),
        ("news-mill_x/1", "news-mill_x"),
        ("*", "*"),
        ("* x", "*"),
        ("7x", "7x"),
        ("MJ12bot/v1.4", "mj12bot"),
        ("2bot", "2bot"),
        ("J\u00e4vla-Foobot", "j\u00e4vla-foobot"),
        ("(x)", ""),
    ],
)
def test_the_product_token_is_what_robots_txt_names(user_agent: str, token: str) -> None:
    assert robots_rules.product_token(user_agent) == token


@pytest.mark.parametrize(
    ("rule", "url", "allowed"),
    [
        pytest.param("/caf\u00e9", "http://e.com/caf\u00e9/1", False, id="both in UTF-8"),
        pytest.param("/caf%c3%a9", "http://e.com/caf\u00e9", False, id="the rule percent-encoded, in small letters"),
        pytest.param("/caf\u00e9", "http://e.com/caf%C3%A9", False, id="the URL percent-encoded"),
        pytest.param("/find?q=\u00e4", "http://e.com/find?q=%C3%A4&n=2", False, id="in the query"),
        pytest.param("/%e4", "http://e.com/%E4", False, id="not UTF-8"),
        pytest.param("/%e4", "http://e.com/\u00e4", True, id="another byte"),
        pytest.param("/a%2Fb", "http://e.com/a/b", True, id="%2F is no slash"),
        pytest.param("/a/b", "http://e.com/a%2fb", True, id="a slash is no %2F"),
        pytest.param("/a%2fb", "http://e.com/a%2Fb", False, id="%2f is %2F"),
        pytest.param("/", "http://e.com/robots.txt", True, id="robots.txt itself"),
    ],
)
def test_paths_match_whatever_their_spelling(rule: str, url: str, allowed: bool) -> None:
    assert robots_rules.permits(f"User-agent: *\nDisallow: {rule}", "newsbot", parse(url).text) is allowed


def test_hostile_patterns_come_to_an_end() -> None:
    """With backtracking they would not within the lifetime of the test."""
    text = "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 40}b{n}\n" for n in range(100))
    robots_rules.permits(text, "x", "http://e.com/")
    assert robots_rules.permits(text, "x", "http://e.com/" + "a" * 2000)


def test_rules_of_many_hosts_do_not_fill_the_memory() -> None:
    for n in range(200):
        robots_rules.permits(f"User-agent: *\nDisallow: /{n}\n", "x", "http://e.com/")
        robots_rules.permits(f"User-agent: *\nDisallow: /{n}{'x' * 16_384}\n", "x", "http://e.com/")
    assert robots_rules._small.cache_info().currsize <= 128
    assert robots_rules._large.cache_info().currsize <= 4
