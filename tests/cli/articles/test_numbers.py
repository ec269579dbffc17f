"""Articles and links have numbers of their own: what is meant is said, and what is taken is told."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.store.links import links
from tests.cli.conftest import Newsmill, ended, stored, waiting

A, B, C = "https://a.example/1", "https://b.example/2", "https://c.example/3"


@pytest.fixture
def mixed(stack: Newsmill, conn: psycopg.Connection) -> Newsmill:
    """Link 1 waits, link 2 is article 1, link 3 is article 2."""
    assert waiting(conn, A) == 1
    assert stored(conn, B, title="Of link 2") == 1
    assert stored(conn, C, title="Of link 3") == 2
    return stack


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (["article", "1"], "Of link 2"),
        (["article", "2"], "Of link 3"),
        (["link", "2"], "Of link 2"),
        (["3"], "Of link 3"),
        ([B], "Of link 2"),
    ],
)
def test_show_takes_an_article_a_link_or_a_url(mixed: Newsmill, words: list[str], title: str) -> None:
    said = mixed("show", *words)
    assert (said.code, said.err) == (0, "")
    assert f"title:     {title}" in said.lines
    assert said.lines[0].startswith("article:   ")
    assert said.lines[1].startswith("link:      ")


def test_a_number_that_is_both_is_not_guessed_silently(mixed: Newsmill) -> None:
    shown, traced = mixed("show", "2"), mixed("trace", "2")
    assert "Of link 3" in shown.out
    assert shown.err == f"2 is an article and a link. This is article 2; link 2 is {B}, `newsmill trace link 2`.\n"
    assert f"url:     {B}" in traced.lines
    assert traced.err == "2 is a link and an article. This is link 2; article 2 is that of link 3.\n"
    assert mixed("show", "1", "--json").objects[0]["title"] == "Of link 2", "standard output is for what was asked"


def test_a_number_that_is_one_and_the_same_is_not_worth_a_word(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, A)
    assert links.find(conn, str(number))
    assert (stack("show", str(number)).err, stack("trace", str(number)).err) == ("", "")


@pytest.mark.parametrize("words", [["article", "1"], ["link", "2"], [B]])
def test_trace_takes_an_article_a_link_or_a_url(mixed: Newsmill, words: list[str]) -> None:
    said = mixed("trace", *words)
    assert (said.code, said.err) == (0, "")
    assert f"url:     {B}" in said.lines


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["article", "77"], "There is no article 77; `newsmill articles` lists all articles."),
        (["link", "77"], "There is no link 77; `newsmill links` lists all links."),
        (["77"], "There is no article or link 77; `newsmill articles` and `newsmill links` list all."),
    ],
)
@pytest.mark.parametrize("command", ["show", "diff", "trace"])
def test_a_number_that_nobody_knows_is_not_offered_to_be_enqueued(stack: Newsmill, command: str, words: list[str], sentence: str) -> None:
    said = stack(command, *words)
    assert (said.code, said.err) == (1, sentence + "\n")


@pytest.mark.parametrize("words", [["²"], ["article"], ["article", "x"], ["link", "²"], ["page", "3"], ["1", "2"], ["9" * 30]])
def test_what_names_nothing_is_said_so_in_one_sentence(stack: Newsmill, words: list[str]) -> None:
    said = stack("show", *words)
    assert said.code in (1, 2)
    assert len(said.err.splitlines()) == 1
    assert "A fault in newsmill" not in said.err


def test_a_link_without_an_article_says_what_became_of_it(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = ended(conn, A, "failed", "http_404", "The server answered 404.")
    assert stack("show", "link", str(number)).err.startswith(f"There is no article of link {number}, {A}: it is failed (http_404: ")


def test_every_listing_shows_which_number_is_which(mixed: Newsmill, conn: psycopg.Connection) -> None:
    failed = ended(conn, "https://d.example/4", "failed", "dns")
    assert "link 3" in mixed("links").out
    assert "article 2" in mixed("links").out
    assert f"link {failed}" in mixed("failures", "--code", "dns").out
    assert "article 2  link 3" in mixed("articles").out
    assert mixed("links", "--all").lines[0].startswith("link 1\t")
