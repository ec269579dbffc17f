"""stories, and what show and export say of them."""

from __future__ import annotations

import psycopg

from tests.cli.conftest import Newsmill, stored
from tests.web.rows import add_story


def test_stories_are_listed_and_their_copies_shown(stack: Newsmill, conn: psycopg.Connection) -> None:
    assert stack("stories").out == "No two articles are copies of one text.\n"
    one, two, three = (stored(conn, f"https://{host}.example/a", title=f"Told by {host}") for host in "abc")
    story = add_story(conn, two, one)
    header, line = stack("stories").lines
    assert header.split() == ["story", "articles", "sites", "first", "original", "title"]
    assert line.split()[:4] == ["story", str(story), "2", "2"]
    assert line.endswith("https://b.example/a  Told by b")
    assert [row.split()[:2] for row in stack("stories", str(story)).lines[1:3]] == [["article", str(two)], ["article", str(one)]]
    (found,) = stack("stories", "--json").objects
    assert (found["id"], found["original_id"], found["articles"]) == (story, two, 2)
    assert [item["duplicate_of"] for item in stack("stories", str(story), "--json").objects] == [None, two]
    assert [(item["id"], item["story_id"], item["duplicate_of"]) for item in stack("export").objects] == [
        (one, story, two),
        (two, story, None),
        (three, None, None),
    ]
    assert f"story:     {story}, a copy of article {two}; `newsmill stories {story}` lists all" in stack("show", str(one)).lines
    assert "story:" not in stack("show", str(three)).out
    assert stack("stories", "--articles", "3", "--json").objects == stack("stories", "--since", "2999-01-01", "--json").objects == []


def test_a_story_that_is_not_there(stack: Newsmill, conn: psycopg.Connection) -> None:
    said = stack("stories", "7")
    assert (said.code, said.err) == (1, "There is no story 7; `newsmill stories` lists all stories.\n")
    assert stack("stories", "x").code == 2
