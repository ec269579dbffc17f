"""feeds list, show, pause, resume, poll, remove."""

from __future__ import annotations

import re

import psycopg
import pytest

from pipeline.store.feeds import announcements, feeds
from tests.cli.conftest import Newsmill, stored

AGE = re.compile(r"\d+ \w+ ago")  # a busy machine takes a second between two commands
A, B = "https://a.example/feed", "https://b.example/feed"


@pytest.fixture
def two(conn: psycopg.Connection) -> tuple[int, int]:
    return feeds.add(conn, A, title="A first")[0], feeds.add(conn, B, title="Be second", tags=["x", "y"])[0]


def test_feeds_are_listed_with_and_without_the_word_list(stack: Newsmill, two: tuple[int, int]) -> None:
    assert AGE.sub("", stack("feeds").out) == AGE.sub("", stack("feeds", "list").out)
    assert [line.split()[1] for line in stack("feeds").lines] == ["feed", A, B]
    for command in (["feeds", "--json"], ["feeds", "list", "--json"]):
        assert [feed["url"] for feed in stack(*command).objects] == [A, B]


def test_no_feeds(stack: Newsmill) -> None:
    assert stack("feeds").out == "There are no feeds; `newsmill add URL` adds one.\n"
    assert stack("feeds", "--state", "paused").out == "No feed is paused.\n"
    assert stack("feeds", "--state", "asleep").code == 2


def test_feeds_by_state(stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]) -> None:
    feeds.pause(conn, two[0])
    conn.execute("UPDATE feeds SET failures = 3, code = 'http_503' WHERE id = %s", (two[1],))
    assert [feed["url"] for feed in stack("feeds", "list", "--state", "paused", "--json").objects] == [A]
    assert [feed["url"] for feed in stack("feeds", "--state", "failing", "--json").objects] == [B]
    assert "http_503 (3 in a row)" in stack("feeds").out


def test_one_feed_and_its_polls(stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]) -> None:
    assert "It has not been polled yet." in stack("feeds", "show", A).out
    conn.execute(
        "INSERT INTO polls (feed_id, started_at, elapsed_ms, status, code, detail, bytes, entries, new_links, next_poll_at)"
        " VALUES (%s, now(), 120, 503, 'http_503', 'The server answered 503.', 2048, 0, 0, now())",
        (two[1],),
    )
    said = stack("feeds", "show", str(two[1]))
    assert said.code == 0
    for expected in ("x; y", "http_503: The server answered 503.", "2 KiB", "120 ms"):
        assert expected in said.out
    (found,) = stack("feeds", "show", B, "--json").objects
    assert (found["url"], found["polls"][0]["status"]) == (B, 503)


def test_pause_resume_and_poll(stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]) -> None:
    def state() -> list[tuple[str, str]]:
        return [(feed.state, feed.next_poll_why) for feed in feeds.listing(conn)]

    assert stack("feeds", "pause", A, str(two[1])).lines == [f"paused: {A}", f"paused: {B}"]
    assert state() == [("paused", "paused by hand")] * 2
    assert "but it is paused" in stack("feeds", "poll", A).out
    assert stack("feeds", "resume", A).code == 0
    assert stack("feeds", "poll", A).out == f"due now: {A}\n"
    assert state()[0] == ("active", "asked for by hand")


def test_remove(stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]) -> None:
    assert stack("feeds", "remove", A, "--yes").lines[0] == f"removed: {A}"
    assert [feed.url for feed in feeds.listing(conn)] == [B]


def test_nothing_is_changed_when_one_of_several_is_not_there(stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]) -> None:
    said = stack("feeds", "remove", A, "https://c.example/feed", "--yes")
    assert (said.code, said.err) == (1, "There is no feed https://c.example/feed; `newsmill feeds` lists all feeds.\n")
    assert len(feeds.listing(conn)) == 2


def test_settings_of_a_feed_are_set_shown_and_taken_back(stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]) -> None:
    said = stack("feeds", "set", A, "min_interval=15m", "exclude=/sport/", "exclude=/live/", "header=X-Key: s3cret", "tags=one", "tags=two")
    assert (said.code, said.err) == (0, "")
    for text in (said.out, stack("feeds", "show", A).out):
        assert "min_interval=900, header=X-Key: ***, exclude=/sport/, exclude=/live/" in text
        assert "one; two" in text
    assert "s3cret" not in stack("feeds", "show", A, "--json").out + stack("feeds", "--json").out
    assert feeds.options_of(conn, two[0]).headers == (("X-Key", "s3cret"),)
    stack("feeds", "set", A, "exclude=", "min_interval=", "header=", "paused=yes", "title=Other")
    (found,) = stack("feeds", "show", A, "--json").objects
    assert (found["options"], found["state"], found["title"], found["tags"]) == ({}, "paused", "Other", ["one", "two"])
    stack("feeds", "set", A, "paused=no", "tags=")
    (found,) = stack("feeds", "show", A, "--json").objects
    assert (found["state"], found["tags"]) == ("active", [])


def test_the_sites_that_announce_a_feed_are_shown(stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]) -> None:
    for page in ("https://www.paper.test/", "https://blog.other.test/about"):
        announcements.note(conn, [two[0]], page)
    conn.execute("UPDATE announcements SET seen_at = now() - interval '1 day' WHERE site = 'other.test'")
    assert "paper.test, other.test" in stack("feeds", "show", A).out
    assert stack("feeds", "show", A, "--json").objects[0]["announced_by"] == ["paper.test", "other.test"]
    conn.execute("UPDATE announcements SET seen_at = now() - interval '1 year'")
    assert "announced by" not in stack("feeds", "show", A).out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("colour=red", "'colour' is not a setting of a feed; the settings are min_interval"),
        ("exclude", "'exclude' is not a setting; write it as KEY=VALUE"),
        ("priority=100", "priority cannot be '100'"),
        ("paused=maybe", "paused cannot be 'maybe'; write yes or no."),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence_and_nothing_changes(
    stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int], given: str, words: str
) -> None:
    said = stack("feeds", "set", A, "language=de", given)
    assert (said.code, len(said.err.splitlines())) == (2, 1)
    assert words in said.err
    assert feeds.find(conn, A).options == {}  # type: ignore[union-attr]


def test_settings_that_change_what_is_taken_make_the_next_poll_read_the_whole_feed(
    stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]
) -> None:
    conn.execute("UPDATE feeds SET etag = 'e', last_modified = 'm', body_hash = 'h'")
    stack("feeds", "set", A, "title=Only the title")
    assert conn.execute("SELECT etag, last_modified FROM feeds WHERE url = %s", (A,)).fetchone() == ("e", "m")
    stack("feeds", "set", A, "exclude=/sport/")
    assert conn.execute("SELECT etag, last_modified, body_hash FROM feeds WHERE url = %s", (A,)).fetchone() == (None, None, None)


def test_the_offer_is_shown_and_taken_by_hand(stack: Newsmill, conn: psycopg.Connection) -> None:
    feed, _ = feeds.add(conn, "http://a.example/f")
    other, _ = feeds.add(conn, "http://b.example/f")
    conn.execute("UPDATE feeds SET state = 'stopped', failures = 1, successor = 'http://a.example/new' WHERE id = %s", (feed,))
    assert f"http://a.example/new, announced by its site; `newsmill feeds move {feed}` uses it" in stack("feeds", "show", str(feed)).out
    assert stack("feeds", "show", str(feed), "--json").objects[0]["successor"] == "http://a.example/new"
    assert stack("feeds", "move", "--no-check", str(feed)).out == f"moved: feed {feed} is http://a.example/new\n"
    moved = feeds.find(conn, "http://a.example/f")
    assert moved
    assert (moved.id, moved.url, moved.state, moved.failures, moved.successor) == (feed, "http://a.example/new", "active", 0, "")
    assert stack("feeds", "move", str(feed)).code == 2
    refused = stack("feeds", "move", str(feed), "http://b.example/f")
    assert (refused.code, refused.err) == (
        1,
        f"http://b.example/f is feed {other} already; `newsmill feeds remove {feed}` removes this one.\n",
    )
    assert stack("feeds", "move", str(feed), "ftp://b.example/f").code == 1


def test_all_feeds_or_those_with_a_tag_are_paused_resumed_and_polled(
    stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]
) -> None:
    def states() -> list[str]:
        return [feed.state for feed in feeds.listing(conn)]

    assert stack("feeds", "pause", "--tag", "x").out == "paused: 1 feed\n"
    assert states() == ["active", "paused"]
    assert stack("feeds", "poll", "--all").out == "due now: 1 feed\n"
    assert stack("feeds", "pause", "--all").out == "paused: 1 feed\n"
    assert stack("feeds", "resume", "--tag", "nobody has it").out == "resumed: 0 feeds\n"
    conn.execute("UPDATE feeds SET state = 'stopped' WHERE id = %s", (two[0],))
    assert stack("feeds", "resume", "--all").out == "resumed: 1 feed\n"
    assert states() == ["stopped", "active"], "what has stopped by itself is resumed by name"
    conn.execute("UPDATE feeds SET last_polled_at = now(), next_poll_at = now() + interval '1 hour'")
    assert stack("feeds", "poll", "--tag", "y").out == "due now: 0 feeds; 1 later: just polled, or the site asks to wait\n"


@pytest.mark.parametrize("arguments", [[], [A, "--all"], ["--all", "--tag", "x"]])
@pytest.mark.parametrize("command", ["pause", "resume", "poll"])
def test_which_feeds_is_said_in_one_way(stack: Newsmill, two: tuple[int, int], command: str, arguments: list[str]) -> None:
    said = stack("feeds", command, *arguments)
    assert (said.code, said.err) == (2, "Say which feeds: give numbers or URLs, --tag, or --all.\n")


def test_remove_says_what_goes_and_what_stays_and_asks_where_somebody_can_answer(
    stack: Newsmill, conn: psycopg.Connection, two: tuple[int, int]
) -> None:
    number = stored(conn, "https://a.example/1")
    conn.execute("INSERT INTO sightings (feed_id, link_id) SELECT %s, link_id FROM articles", (two[0],))
    said = stack("feeds", "remove", A)
    about = f"Of feed {two[0]} ({A}), the settings and tags, 0 past polls and sightings of 1 entry are deleted; 1 link and 1 article stay."
    assert (said.code, said.err) == (2, f"{about} Nobody can be asked here; use --yes to remove them.\n")
    assert len(feeds.listing(conn)) == 2
    assert stack("feeds", "remove", A, "--yes").lines == [f"removed: {A}", about]
    assert stack("show", "article", str(number)).code == 0
