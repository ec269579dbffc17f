"""robots.txt of each scheme, and redirects that lead where other rules hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from pipeline.fetch.client import Client, RedirectDeferred
from pipeline.fetch.robots.robots_txt import Robots, refresh
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.store.hosts import hosts, leases, site_rules
from pipeline.store.links import links
from pipeline.store.links.trace import trace
from pipeline.store.queue import claims
from tests.fetch.authority import Authority, new_authority, speaking_tls
from tests.fetch.resolver import resolving
from tests.fetch.server import answer, page, redirect, serving
from tests.held import FREE
from tests.workers.leases.visiting import SHUT, name_of, visiting
from workers import tasks
from workers.context import Context
from workers.steps.host_visits import Visits


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("authority"))


def test_each_scheme_has_a_copy_of_its_own_and_neither_is_asked_for_twice(conn: psycopg.Connection, ctx: Context) -> None:
    now = datetime.now(UTC)
    rules_of = {
        scheme: Robots(
            f"User-agent: *\nDisallow: /{scheme}\n", now, now + timedelta(hours=1), sitemaps=(f"{scheme}://e.example/s.xml",), scheme=scheme
        )
        for scheme in ("http", "https")
    }
    (host_id,) = hosts.ensure(conn, ["e.example"]).values()
    site_rules.keep(conn, host_id, rules_of["https"], 7.0)
    for number, scheme in enumerate(("http", "https", "http", "http", "https")):
        conn.execute(f"UPDATE hosts SET {FREE}, next_slot_at = now()")
        visits = visiting(conn, ctx, "e.example")
        if number == 0:
            assert visits._kept(scheme) is None
            site_rules.keep(conn, host_id, rules_of["http"], None)
        else:
            assert visits._kept(scheme) == rules_of[scheme]
        assert conn.execute("SELECT delay_s FROM hosts").fetchone() == (7.0 if scheme == "https" else None,)
    conn.execute(f"UPDATE hosts SET {FREE}, next_slot_at = now()")
    mine = visiting(conn, ctx, "mine.example").claim
    assert leases.acquire_if_free(conn, "e.example", mine, 0.0, robots_needed=True, scheme="http") is None, "the copy in force is of https"
    assert leases.acquire_if_free(conn, "e.example", mine, 0.0, robots_needed=True, scheme="https")


def test_a_redirect_to_the_other_scheme_is_judged_by_the_rules_for_that(conn: psycopg.Connection, ctx: Context) -> None:
    now = datetime.now(UTC)
    plain = Robots("User-agent: *\nDisallow:\n", now, now + timedelta(hours=1), scheme="http")
    (host_id,) = hosts.ensure(conn, ["e.example"]).values()
    site_rules.keep(conn, host_id, plain, None)
    target = parse("https://e.example/private/1")

    def going() -> Visits:
        conn.execute(f"UPDATE hosts SET {FREE}, next_slot_at = now()")
        visits = visiting(conn, ctx, "e.example")
        visits.robots = plain
        return visits

    with pytest.raises(RedirectDeferred):  # they have to be asked for first, in a visit of its own
        going().admit(target, None)
    site_rules.keep(conn, host_id, replace(plain, text=SHUT.decode(), scheme="https"), None)
    with pytest.raises(Failure, match="robots_disallowed"):
        going().admit(target, None)
    going().admit(parse("https://e.example/open/1"), None)
    both = going()
    both.robots = replace(plain, scheme="")
    both.admit(target, None)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["at home", "at another host"])
def test_a_redirect_to_what_robots_txt_disallows_is_not_followed(
    conn: psycopg.Connection, ctx: Context, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    monkeypatch.setattr(tasks, "context", lambda: ctx)
    with serving({"/robots.txt": answer(SHUT), "/private/1": page()}) as other, serving({"/robots.txt": answer(SHUT)}) as site:
        there = other if elsewhere else site
        there.script |= {"/open": redirect("/private/1"), "/private/1": page()}
        site.script["/story"] = redirect(there.url("/open"))
        for one in (site, other):
            (host_id,) = hosts.ensure(conn, [name_of(one)]).values()
            site_rules.keep(conn, host_id, refresh(ctx.client, parse(one.url("/")), None, datetime.now(UTC), ctx.settings.fetch), None)
            one.requests.clear()
        (link,) = links.enqueue(conn, [parse(site.url("/story"))])
        (claim,) = claims.claim_fetches(conn, 1, ctx.settings)
        tasks.fetch_page.apply(args=(claim.id, str(claim.dispatch_id)))
        assert site.paths() + other.paths() == ["/story", "/open"]
    (ended,) = links.by_ids(conn, [link.id])
    assert (ended.state, ended.code) == ("skipped", "robots_disallowed")


def test_a_step_down_from_https_stands_in_the_trace(
    conn: psycopg.Connection, ctx: Context, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setattr("pipeline.fetch.connect.DEFAULT_CA_BUNDLE_PATH", authority.bundle)
    resolving(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(tasks.dispatcher, "fill_extract", lambda *_: None)
    unruled = ctx.settings.model_copy(update={"fetch": ctx.settings.fetch.model_copy(update={"honour_robots": False})})
    monkeypatch.setattr(tasks, "context", lambda: replace(ctx, settings=unruled, client=Client(unruled.fetch)))
    tls = speaking_tls(authority.certificate("news.example"))
    with serving({"/story": page()}) as plain, serving({"/story": redirect(plain.url("/story"))}, wrap=tls) as site:
        hosts.ensure(conn, [name_of(plain)])
        (link,) = links.enqueue(conn, [parse(f"https://news.example:{site.port}/story")])
        (claim,) = claims.claim_fetches(conn, 1, unruled)
        tasks.fetch_page.apply(args=(claim.id, str(claim.dispatch_id)))
    story = trace(conn, str(link.id))
    assert story
    assert tasks.DOWNGRADED in story.events[-1].text
