"""hosts list, show, pause, resume, set-delay, ignore-robots."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from cli.commands.hosts.host_output import JSON_FIELDS
from cli.commands.hosts.show_host import MORE_FIELDS
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.store.feeds import feeds
from pipeline.store.hosts import hosts, site_rules
from tests.cli.conftest import Newsmill, ended, waiting
from tests.held import HELD

A, B = "a.example", "b.example"
NOW = datetime.now(UTC)


def robots(conn: psycopg.Connection, name: str, kept: Robots, delay_s: float | None = None) -> None:
    site_rules.keep(conn, hosts.ensure(conn, [name])[name], kept, delay_s)


def test_hosts_are_listed_with_and_without_the_word_list(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, f"https://{A}/1")
    waiting(conn, f"https://{A}/2")
    waiting(conn, f"https://{B}/1")
    said = stack("hosts")
    assert (said.code, said.out) == (0, stack("hosts", "list").out)
    assert [line.split()[0] for line in said.lines] == ["host", A, B]
    assert said.lines[1].split() == [A, "5", "s", "(fetch.min_gap_s)", "0", "2", "now", "none", "yet"]
    assert [host["name"] for host in stack("hosts", "--json", "--limit", "1").objects] == [A]


def test_no_hosts(stack: Newsmill) -> None:
    assert stack("hosts").out == "There are no hosts yet; they come with feeds and links.\n"
    assert stack("hosts", "--paused").out == "No matching hosts.\n"
    assert stack("hosts", "--limit", "0").code == 2


def test_the_fields_that_programs_count_on(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, f"https://{A}/1")
    stack("hosts", "pause", A)
    (listed,) = stack("hosts", "--json").objects
    assert tuple(listed) == JSON_FIELDS
    assert (listed["paused"], listed["paused_until"], listed["next_slot_at"], listed["waiting"]) == (True, None, None, 1)
    (shown,) = stack("hosts", "show", A, "--json").objects
    assert tuple(shown) == JSON_FIELDS + MORE_FIELDS
    assert (shown["links"], shown["pause_reason"]) == ({"waiting": 1}, "paused by hand")


def test_paused_and_failing_hosts(stack: Newsmill, conn: psycopg.Connection) -> None:
    for name in (A, B, "c.example"):
        waiting(conn, f"https://{name}/1")
    stack("hosts", "pause", A, "--for", "2h", "--reason", "They asked.")
    conn.execute("UPDATE hosts SET failures = 3, last_code = 'dns' WHERE name = %s", (B,))
    assert [line.split()[0] for line in stack("hosts", "--paused").lines] == ["host", A]
    assert re.search(r"for (2 h|1[12]\d min): They asked\.", stack("hosts", "--paused").out)
    assert [line.split()[0] for line in stack("hosts", "list", "--failing").lines] == ["host", B]
    assert "3 (dns)" in stack("hosts", "--failing").out


def test_one_host_in_full(stack: Newsmill, conn: psycopg.Connection) -> None:
    feeds.add(conn, f"https://{A}/feed")
    waiting(conn, f"https://{A}/1")
    ended(conn, f"https://{A}/2", "skipped", "robots_disallowed")
    ended(conn, f"https://{A}/3", "failed", "http_404")
    kept = Robots(
        "User-agent: *\nCrawl-delay: 10\n",
        NOW - timedelta(hours=3),
        NOW + timedelta(hours=5),
        failures=2,
        reachable=False,
        why="http_503: busy",
        notes="two groups for *",
        sitemaps=(f"https://{A}/s.xml", f"https://{A}/news.xml"),
        signals=(("Content-Signal", "ai-train=no"),),
    )
    robots(conn, A, kept, 10.0)
    conn.execute("UPDATE hosts SET latency_s = 1.5, slowdowns = 2, failures = 1, last_code = 'timeout'")
    said = stack("hosts", "show", f"https://{A}/any")
    assert said.code == 0
    for expected in (
        "10 s (Crawl-delay)",
        "took 1.5 s",
        "1 (timeout) in a row",
        "1 failed, 1 skipped, 1 waiting",
        "1 active",
        "unreachable, using a copy of 3 h ago",
        "http_503: busy (2 times in a row)",
        "two groups for *",
        f"https://{A}/news.xml",
        "Content-Signal: ai-train=no",
        f"1 link (`newsmill links --host {A} --code robots_disallowed`)",
        "3 h ago, again in 5 h",
    ):
        assert expected in said.out
    (shown,) = stack("hosts", "show", A, "--json").objects
    assert shown["signals"] == [{"name": "Content-Signal", "value": "ai-train=no"}]
    assert (shown["robots"], shown["disallowed"], shown["feeds"]) == ("unreachable", 1, {"active": 1})


def test_pause_and_resume(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, f"https://{A}/1")
    assert stack("hosts", "pause", A).out == f"{A} is paused until resumed: paused by hand\n"
    assert f"{A}" in stack("hosts", "--paused").out
    assert stack("hosts", "pause", A, "--for", "90m", "--reason", "two\nlines \x1b[31m").out.startswith(
        f"{A} is paused for 90 min: two lines"
    )
    said = stack("hosts", "resume", A)
    assert said.code == 0
    assert re.fullmatch(f"{A} is asked again (in [1-5] s|now); 1 link waiting\n", said.out)
    assert stack("hosts", "--paused").out == "No matching hosts.\n"


def test_a_request_that_is_under_way_still_ends(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, f"https://{A}/1")
    conn.execute(f"UPDATE hosts SET {HELD}, last_step = 'fetch'")
    conn.execute("UPDATE links SET state = 'running', dispatch_id = (SELECT lease_id FROM hosts), lease_until = now() + interval '1 min'")
    assert "held by link 1, running" in stack("hosts").out
    assert "link 1, running; its lease ends in" in stack("hosts", "show", A).out
    assert stack("hosts", "pause", A).lines[1] == "A running request still finishes."
    assert stack("hosts", "resume", A).out == f"{A} is asked again once the job that holds it has ended; 0 links waiting\n"


def test_a_host_that_no_job_holds_any_more_is_told_as_such(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, f"https://{A}/1")
    conn.execute(f"UPDATE hosts SET {HELD}, last_step = 'fetch'")
    assert "no job any more; its lease ends in" in stack("hosts", "show", A).out
    assert stack("hosts", "resume", A).out == f"{A} is asked again once the job that holds it has ended; 1 link waiting\n"


def test_manners_can_be_set_before_the_first_link(stack: Newsmill) -> None:
    assert stack("hosts", "pause", A).code == 0
    assert stack("hosts", "set-delay", B, "20").out == f"{B} is asked every 20 s (set by hand)\n"
    assert {host["name"] for host in stack("hosts", "--json").objects} == {A, B}


def test_set_delay_and_back(stack: Newsmill, conn: psycopg.Connection) -> None:
    waiting(conn, f"https://{A}/1")
    assert stack("hosts", "set-delay", A, "2m").out == f"{A} is asked every 120 s (set by hand)\n"
    assert stack("hosts", "--json").objects[0]["own_delay_s"] == 120
    assert stack("hosts", "set-delay", A, "default").out == f"{A} is asked every 5 s (fetch.min_gap_s)\n"


def test_a_longer_crawl_delay_holds_against_the_operator(stack: Newsmill, conn: psycopg.Connection) -> None:
    robots(conn, A, Robots("x", NOW, NOW), 10.0)
    assert stack("hosts", "set-delay", A, "2").lines == [
        f"{A} is asked every 10 s (Crawl-delay)",
        "Its robots.txt asks for more than 2 s, so that applies.",
    ]


def test_an_override_of_robots_is_logged_and_shown(stack: Newsmill, conn: psycopg.Connection) -> None:
    ended(conn, f"https://{A}/1", "skipped", "robots_disallowed")
    stack("hosts", "pause", A)
    said = stack("hosts", "ignore-robots", A, "on")
    assert said.code == 0
    assert said.lines == [
        f"the robots.txt of {A} is ignored",
        f"1 link that it disallowed can be retried: `newsmill retry --host {A} --code robots_disallowed`.",
        f"It is paused until resumed; `newsmill hosts resume {A}` ends that.",
    ]
    assert "robots_override" in said.err
    assert A in said.err
    assert "ignored by hand" in stack("hosts").out
    assert stack("retry", "--host", A, "--code", "robots_disallowed").out == "1 link sent again\n"
    off = stack("hosts", "ignore-robots", A, "off")
    assert off.out == f"the robots.txt of {A} is obeyed again\n"
    assert "robots_override" in off.err
    assert "ignored" not in stack("hosts").out


def test_robots_ignored_by_setting_are_shown_so(stack: Newsmill, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(conn, f"https://{A}/1")
    monkeypatch.setenv("NEWSMILL_FETCH__HONOUR_ROBOTS", "false")
    assert "ignored (fetch.honour_robots)" in stack("hosts").out


@pytest.mark.parametrize("command", [["show"], ["resume"], ["ignore-robots", "on"]])
def test_an_unknown_host(stack: Newsmill, command: list[str]) -> None:
    said = stack("hosts", command[0], A, *command[1:])
    assert (said.code, said.out, said.err) == (1, "", f"newsmill knows no host {A}; `newsmill hosts` lists all hosts.\n")
    assert stack("hosts", "--json").objects == []


@pytest.mark.parametrize(
    "command",
    [
        ["pause", "not a host"],
        ["pause", A, "--for", "0s"],
        ["pause", A, "--for", "soon"],
        ["set-delay", A, "often"],
        ["set-delay", A, "nan"],
        ["ignore-robots", A, "maybe"],
    ],
)
def test_wrong_usage_is_one_sentence_and_changes_nothing(stack: Newsmill, command: list[str]) -> None:
    said = stack("hosts", *command)
    assert (said.code, said.out, len(said.err.splitlines())) == (2, "", 1)
    assert stack("hosts", "--json").objects == []


def test_what_a_robots_txt_wrote_cannot_drive_the_terminal(stack: Newsmill, conn: psycopg.Connection) -> None:
    robots(conn, A, Robots("x", NOW, NOW, notes="n\x1b[31m", sitemaps=("https://a.example/\u202e",), signals=(("License", "\x1b[0m"),)))
    said = stack("hosts", "show", A)
    assert said.code == 0
    assert not {"\x1b", "\u202e"} & set(said.out)
