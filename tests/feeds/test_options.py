"""The settings of one feed: what they may be, how they are written down, and what they leave out."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds import options
from pipeline.feeds.options import Options, WrongOption, as_texts, bounded, changed, excluded, from_json, matches, to_json
from pipeline.settings import Poll
from tests.feeds.some_options import patterns, some_options


def test_what_is_given_is_set_and_the_rest_stays():
    first = changed(Options(), [("min_interval", "15m"), ("priority", "3"), ("exclude", "/sport/"), ("exclude", "*/video/*")])
    assert first == Options(min_interval_s=900, priority=3, exclude=("/sport/", "*/video/*"))
    second = changed(
        first, [("exclude", ""), ("language", "pt-BR"), ("articles", "feed"), ("header", "X-Key: a:b"), ("max_interval", "1d")]
    )
    assert second == Options(900, 86400, 3, "pt-BR", "", (("X-Key", "a:b"),), (), (), "feed")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("colour", "red", ["colour", "min_interval"]),
        ("min_interval", "soon", ["min_interval", "soon", "15m"]),
        ("min_interval", "5s", ["min_interval", "1m"]),
        ("max_interval", "90d", ["max_interval", "31d"]),
        ("priority", "10", ["priority", "-9 to 9"]),
        ("language", "German!", ["language", "de"]),
        ("user_agent", "a\nb", ["user_agent"]),
        ("header", "no colon here", ["Name: value"]),
        ("header", "Host: evil.example", ["Host", "A feed cannot set"]),
        ("header", "If-None-Match: x", ["If-None-Match"]),
        ("header", "X: a\r\nY: b", ["X"]),
        ("header", "Bad Name: b", ["Name: value"]),
        ("include", "a b", ["include", "spaces"]),
        ("exclude", "**", ["every address"]),
        ("exclude", "x" * 501, ["500 characters"]),
        ("articles", "both", ["fetch", "feed"]),
        ("trusted", "perhaps", ["trusted", "perhaps", "true"]),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(name, text, words):
    with pytest.raises(WrongOption) as refusal:
        changed(Options(), [(name, text)])
    assert all(word in str(refusal.value) for word in words), str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1


def test_a_secret_header_is_not_said_again_in_the_refusal():
    with pytest.raises(WrongOption) as refusal:
        changed(Options(), [("header", "Authorization: s3cret\x7f")])
    assert "s3cret" not in str(refusal.value)


def test_bounds_that_cross_are_refused_also_when_set_one_by_one():
    one = changed(Options(), [("min_interval", "2h")])
    with pytest.raises(WrongOption, match="longer than max_interval"):
        changed(one, [("max_interval", "1h")])


def test_one_value_is_not_given_twice():
    with pytest.raises(WrongOption, match="2 times"):
        changed(Options(), [("priority", "1"), ("priority", "2")])


@pytest.mark.parametrize(
    ("own", "low", "high"),
    [
        (Options(), 300, 86400),
        (Options(min_interval_s=60), 60, 86400),
        (Options(max_interval_s=120), 120, 120),
        (Options(min_interval_s=100_000), 100_000, 100_000),
        (Options(600, 1200), 600, 1200),
    ],
)
def test_bounds_of_a_feed_go_before_those_for_all(own, low, high):
    poll = bounded(Poll(), own)
    assert (poll.min_interval_s, poll.max_interval_s) == (low, high)


@pytest.mark.parametrize(
    ("pattern", "address", "found"),
    [
        ("/sport/", "https://a.example/sport/1", True),
        ("/Sport/", "https://a.example/SPORT/1", True),
        ("/sport/", "https://a.example/sports/1", False),
        ("a.example/*/video", "https://a.example/x/y/video-1", True),
        ("^https://a.example/", "https://a.example/1", True),
        ("^https://a.example/", "https://b.example/?u=https://a.example/", False),
        (".html$", "https://a.example/1.html", True),
        (".html$", "https://a.example/1.html?x=1", False),
        ("^https://*.html$", "https://a.example/1.html", True),
        ("^https://a.example/$", "https://a.example/", True),
        ("^https://a.example/$", "https://a.example/x", False),
        ("aba*aba$", "https://x/aba", False),  # the two do not share characters
        ("aba*aba$", "https://x/abaaba", True),
        ("a.*$", "https://a.b/", True),
        ("?page=", "https://a.example/?page=2", True),
        (".", "https://abc/", False),
        ("(a+)+$", "https://x/aaaa", False),
    ],
)
def test_patterns(pattern, address, found):
    assert matches(pattern, address.lower()) is found


def test_include_and_exclude_say_why():
    own = Options(include=("/politics/", "/world/"), exclude=("/live/",))
    assert excluded(own, "https://a.example/world/1") == ""
    assert "/live/" in excluded(own, "https://a.example/world/live/1")
    assert "include only /politics/, /world/" in excluded(own, "https://a.example/sport/1")


def test_no_pattern_runs_away():
    # A matcher that goes back to try again would take years for this.
    assert not matches("^" + "a*" * 250 + "c$", "a" * 200 + "b" * 8000)


@given(some_options)
def test_options_survive_the_database_and_text(some):
    assert from_json(json.loads(json.dumps(to_json(some)))) == some
    assert changed(Options(), [(name, text) for name, texts in as_texts(some).items() for text in texts]) == some


@given(patterns, st.text(max_size=50).map(str.lower))
def test_a_pattern_finds_what_a_regular_expression_of_the_same_meaning_finds(pattern, address):
    start, end = pattern.startswith("^"), pattern.endswith("$")
    inner = ".*".join(map(re.escape, pattern.lower().removeprefix("^").removesuffix("$").split("*")))
    wanted = re.search(("\\A" if start else "") + inner + ("\\Z" if end else ""), address, re.DOTALL)
    assert matches(pattern, address) is bool(wanted)


def test_options_of_another_version_are_left_out():
    assert from_json({"priority": 2, "colour": "red"}) == Options(priority=2)
    assert options.NAMES[0] == "min_interval"
