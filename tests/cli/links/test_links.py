"""links, trace, failures and retry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from pipeline.normalise.urls import parse
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts
from pipeline.store.links import aliases, links
from tests.cli.conftest import Newsmill, ended, stored, waiting

A, B, C = "https://a.example/1", "https://a.example/2", "https://b.example/3"


def test_links_are_listed_newest_first(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, A)
    ended(conn, B, "failed", "http_404")
    said = stack("links")
    assert said.code == 0
    assert [line.split()[-1] for line in said.lines] == ["url", B, A]


def test_a_pipe_gets_whole_addresses_and_no_colours(stack: Newsmill, conn: psycopg.Connection) -> None:
    long = f"https://a.example/{'x' * 900}"
    waiting(conn, long)
    out = stack("links").out
    assert long in out
    assert "\x1b" not in out


def test_json_has_the_fields_that_programs_count_on(stack: Newsmill, conn: psycopg.Connection) -> None:
    feed, _ = feeds.add(conn, "https://a.example/feed")
    number = ended(conn, A, "failed", "http_404", "Gone “away”.")
    conn.execute("UPDATE links SET feed_id = %s WHERE id = %s", (feed, number))
    (link,) = stack("links", "--json").objects
    expected = ["url", "state", "code", "detail", "attempts", "host", "feed_url", "due_at", "created_at", "updated_at", "id"]
    expected += ["late", "waits_for", "waits_until"]
    assert list(link) == expected
    values = [link[name] for name in expected[:7]]
    assert values == [A, "failed", "http_404", "Gone “away”.", 1, "a.example", "https://a.example/feed"]
    assert all(datetime.fromisoformat(link[name]).tzinfo for name in ("due_at", "created_at", "updated_at"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--state", "failed"], [C, B]),
        (["--state", "stored"], [A]),
        (["--code", "http_404"], [B]),
        (["--host", "b.example"], [C]),
        (["--host", "HTTPS://B.example/else"], [C]),
        (["--host", "c.example"], []),
        (["--limit", "1"], [C]),
        (["--all"], [A, B, C]),
        (["--all", "--host", "a.example", "--state", "failed"], [B]),
    ],
)
def test_links_are_chosen(stack: Newsmill, conn: psycopg.Connection, options: list[str], expected: list[str]) -> None:
    stored(conn, A)
    ended(conn, B, "failed", "http_404")
    ended(conn, C, "failed", "timeout")
    assert [link["url"] for link in stack("links", "--json", *options).objects] == expected
    said = stack("links", *options)
    assert [url for url in expected if url not in said.out] == []
    assert said.code == 0


def test_links_of_a_feed_by_its_number_or_address(stack: Newsmill, conn: psycopg.Connection) -> None:
    feed, _ = feeds.add(conn, "https://a.example/feed")
    number = waiting(conn, A)
    waiting(conn, B)
    conn.execute("INSERT INTO sightings (feed_id, link_id) VALUES (%s, %s)", (feed, number))
    for which in (str(feed), "https://a.example/feed"):
        assert [link["url"] for link in stack("links", "--json", "--feed", which).objects] == [A]
    assert stack("links", "--feed", "77").err == "There is no feed 77; `newsmill feeds` lists all feeds.\n"


def test_what_the_web_wrote_cannot_drive_the_terminal(stack: Newsmill, conn: psycopg.Connection) -> None:
    ended(conn, A, "failed", "http_404", "red \x1b[31m alert\u202e")
    said = stack("failures", "--code", "http_404")
    assert "alert" in said.out
    assert not {"\x1b", "\u202e"} & set(said.out)


def test_tokens_in_addresses_are_hidden_from_people_and_kept_for_programs(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, "https://a.example/1?token=s3cret")
    assert "s3cret" not in stack("links").out
    assert stack("links", "--json").objects[0]["url"].endswith("s3cret")


def test_trace_tells_the_story(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = ended(conn, A, "failed", "http_404", "The server answered 404.")
    conn.execute(
        "INSERT INTO attempts (link_id, stage, number, elapsed_ms, outcome, code, detail, worker)"
        " VALUES (%s, 'fetch', 1, 35, 'failed', 'http_404', 'The server answered 404.', 'fetch@here')",
        (number,),
    )
    for which in (A, str(number)):
        said = stack("trace", which)
        assert said.code == 0
        assert "http_404: The server answered 404." in said.out
        assert "try 1" in said.out
    (story,) = stack("trace", A, "--json").objects
    assert story["url"] == A
    assert [event["what"] for event in story["events"]] == ["created", "fetch"]
    assert story["events"][1]["elapsed_ms"] == 35


def tried(conn: psycopg.Connection, number: int, **columns: Any) -> None:
    values = {
        "stage": "fetch",
        "number": 1,
        "elapsed_ms": 35,
        "outcome": "failed",
        "code": "http_404",
        "detail": "Gone.",
        "worker": "w",
    } | columns
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    conn.execute(f"INSERT INTO attempts (link_id, {names}) VALUES (%s, {marks})", (number, *values.values()))


def test_trace_tells_how_far_each_try_came(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = ended(conn, A, "failed", "http_404", "Gone.")
    hops = [{"url": A, "status": 301}, {"url": B, "status": 302}]
    tried(conn, number, status=404, bytes=12_345, hops=Jsonb(hops), final_url=f"{C}?token=s3cret")
    said = stack("trace", A)
    assert f"try 1, Gone., HTTP 404, 12,345 bytes, 301 at {A}, 302 at {B}, ended at {C}?token=***" in said.out
    assert "35 ms" in said.out
    (story,) = stack("trace", A, "--json").objects
    event = story["events"][1]
    expected = {"status": 404, "bytes": 12_345, "hops": hops, "final_url": f"{C}?token=s3cret", "detail": "Gone.", "elapsed_ms": 35}
    assert {name: event[name] for name in expected} == expected


def test_a_try_without_an_answer_has_no_status(stack: Newsmill, conn: psycopg.Connection) -> None:
    tried(conn, ended(conn, A, "failed", "dns", "No such host."), code="dns", detail="No such host.", final_url=A)
    assert stack("trace", A).lines[-1].endswith("try 1, No such host.")
    (story,) = stack("trace", A, "--json").objects
    assert (story["events"][1]["status"], story["events"][1]["bytes"], story["events"][1]["hops"]) == (None, None, [])


def test_a_refused_try_says_its_sentence_and_keeps_the_chain(stack: Newsmill, conn: psycopg.Connection) -> None:
    sentence, private = "The host is at an address that is not public.", "http://10.0.0.5/"
    number = ended(conn, A, "failed", "blocked_address", sentence)
    hops = [{"url": A, "status": 302}]
    tried(conn, number, code="blocked_address", detail=sentence, status=302, bytes=77, elapsed_ms=4321, hops=Jsonb(hops), final_url=private)
    said = stack("trace", A)
    assert said.lines[-1].endswith(f"try 1, {sentence}, 302 at {A}, ended at {private}")
    assert "4321" not in said.out
    (story,) = stack("trace", A, "--json").objects
    event = story["events"][1]
    assert (event["status"], event["bytes"], event["elapsed_ms"]) == (None, None, None)
    assert (event["hops"], event["final_url"]) == (hops, private)


def test_trace_lists_aliases_and_is_found_by_them(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = waiting(conn, A)
    aliases.note(conn, number, [(B, "hop"), (C, "canonical")])
    said = stack("trace", C)
    assert said.code == 0
    assert f"{B} (passed by a redirect)" in said.out
    assert f"{C} (canonical by its page)" in said.out
    (story,) = stack("trace", B, "--json").objects
    assert story["url"] == A
    assert {(alias["url"], alias["kind"]) for alias in story["aliases"]} == {(B, "hop"), (C, "canonical")}


def test_trace_says_which_host_a_redirect_waits_for(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = waiting(conn, A)
    conn.execute(
        "UPDATE links SET next_url = %s, origin_host_id = host_id, host_id = %s WHERE id = %s",
        (C, hosts.ensure(conn, ["b.example"])["b.example"], number),
    )
    assert f"a redirect led to {C}, which waits for the turn of b.example" in stack("trace", A).out
    assert stack("trace", A, "--json").objects[0]["next_url"] == C


def test_a_duplicate_names_the_link_that_stands_for_it(stack: Newsmill, conn: psycopg.Connection) -> None:
    detail = f"it redirects to the article of link 1, {A}"
    ended(conn, B, "skipped", "duplicate", detail)
    assert f"duplicate: {detail}" in stack("trace", B).out
    assert detail in stack("failures", "--code", "duplicate").out


def test_trace_of_an_unknown_address(stack: Newsmill) -> None:
    said = stack("trace", A)
    assert (said.code, said.err) == (1, f"newsmill does not know {A}; `newsmill enqueue` adds it.\n")


def test_trace_of_what_is_no_address(stack: Newsmill) -> None:
    said = stack("trace", "not an address")
    assert (said.code, len(said.err.splitlines())) == (1, 1)


def test_failures_are_counted_by_code(stack: Newsmill, conn: psycopg.Connection) -> None:
    assert stack("failures").out == "Nothing has failed.\n"
    ended(conn, A, "failed", "http_404")
    ended(conn, B, "failed", "http_404")
    ended(conn, C, "skipped", "robots_disallowed")
    said = stack("failures")
    assert said.lines[1].split()[:3] == ["2", "failed", "http_404"]
    assert "robots.txt disallows the URL" in said.out
    counts = stack("failures", "--json").objects
    assert [(c["state"], c["code"], c["count"]) for c in counts] == [("failed", "http_404", 2), ("skipped", "robots_disallowed", 1)]


def test_failures_of_one_code_are_listed(stack: Newsmill, conn: psycopg.Connection) -> None:
    ended(conn, A, "failed", "http_404")
    ended(conn, C, "skipped", "robots_disallowed")
    assert [link["url"] for link in stack("failures", "--code", "robots_disallowed", "--json").objects] == [C]
    assert stack("failures", "--code", "dns").out == "No link ended with dns.\n"


def states(conn: psycopg.Connection) -> dict[str, str]:
    return {link.url: link.state for link in links.listing(conn)}


def test_retry_refuses_without_a_condition(stack: Newsmill, conn: psycopg.Connection) -> None:
    ended(conn, A, "failed", "http_404")
    said = stack("retry")
    assert said.code == 2
    assert "--all" in said.err
    assert states(conn) == {A: "failed"}


@pytest.mark.parametrize(
    ("options", "again"),
    [
        (["--code", "http_404"], {A}),
        (["--host", "b.example"], {C}),
        (["--older-than", "2h"], {B}),
        (["--older-than", "0s"], {A, B, C}),
        (["--code", "robots_disallowed"], {"https://c.example/4"}),
        (["--state", "skipped"], {"https://c.example/4"}),
        (["--host", "a.example", "--code", "timeout"], {B}),
        (["--all"], {A, B, C}),
    ],
)
def test_retry_sends_again_what_is_chosen_and_nothing_else(
    stack: Newsmill, conn: psycopg.Connection, options: list[str], again: set[str]
) -> None:
    ended(conn, A, "failed", "http_404")
    old = ended(conn, B, "failed", "timeout")
    conn.execute("UPDATE links SET updated_at = now() - interval '3 hours' WHERE id = %s", (old,))
    ended(conn, C, "failed", "timeout")
    ended(conn, "https://c.example/4", "skipped", "robots_disallowed")
    stored(conn, "https://c.example/5")
    said = stack("retry", *options)
    assert said.code == 0
    assert said.out.startswith(f"{len(again)} link")
    assert {url for url, state in states(conn).items() if state == "waiting"} == again
    link = links.find(conn, sorted(again)[0])
    assert link is not None
    assert link.attempts == 0


def test_retry_of_a_feed(stack: Newsmill, conn: psycopg.Connection) -> None:
    feed, _ = feeds.add(conn, "https://a.example/feed")
    number = ended(conn, A, "failed", "timeout")
    ended(conn, B, "failed", "timeout")
    conn.execute("INSERT INTO sightings (feed_id, link_id) VALUES (%s, %s)", (feed, number))
    assert stack("retry", "--feed", str(feed)).out == "1 link sent again\n"
    assert states(conn) == {A: "waiting", B: "failed"}


def test_retry_takes_more_than_one_batch(stack: Newsmill, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.maintenance.retries.BATCH", 2)
    links.enqueue(conn, [parse(f"https://a.example/{n}") for n in range(5)])
    conn.execute("UPDATE links SET state = 'failed', code = 'timeout'")
    assert stack("retry", "--all").out == "5 links sent again\n"


def test_retry_that_finds_nothing_says_so(stack: Newsmill) -> None:
    said = stack("retry", "--all")
    assert (said.code, said.out) == (0, "no matching links; nothing was sent again\n")
