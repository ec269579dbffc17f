"""A feed does not flood the line of a site for which it does not speak."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
import pytest

from pipeline.feeds.formats.model import Entry
from pipeline.feeds.identity import Listed
from pipeline.feeds.offsite_entries import ranks
from pipeline.fetch.politeness import Change, HostHealth, after
from pipeline.jobs import FetchJob
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Fetch, Poll, Retry, Settings
from pipeline.store.hosts import hosts
from pipeline.store.links import fetching, links
from pipeline.store.queue import claims
from tests.feeds.kept import Kept, kept
from tests.fetch.server import answer, serving
from workers import tasks

VICTIM = "http://victim.example"
MOST = 20


@pytest.fixture
def reader(settings: Settings) -> Iterator[Kept]:
    with kept(settings.model_copy(update={"poll": Poll(max_offsite_waiting=MOST)})) as found:
        yield found


def listing(*urls: str) -> bytes:
    items = [{"id": url, "url": url, "title": url} for url in urls]
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}
    return answer(json.dumps(body).encode(), "200 OK", "Content-Type: application/json")


def served(conn: psycopg.Connection, settings: Settings, count: int) -> list[str]:
    """The pages of the victim in the order in which they are fetched."""
    found = []
    for _ in range(count):
        conn.execute("UPDATE hosts SET next_slot_at = now(), link_due_at = least(link_due_at, now()) WHERE name = 'victim.example'")
        for job in claims.claim_fetches(conn, 10, settings):
            begun = fetching.start(conn, job.id, job.dispatch_id, settings, "w")
            assert isinstance(begun, FetchJob)
            fetching.unchanged(conn, begun, fetching.FetchStats(0.1), "x", [(begun.host.id, hosts.VisitResult(0.0, 0.1))], settings)
            found.append(job.url.removeprefix(VICTIM))
    return found


def test_a_sites_own_news_come_before_what_strangers_list_and_these_take_turns(reader: Kept, conn: psycopg.Connection) -> None:
    with serving({}) as one, serving({}) as two:
        one.script["/feed"] = listing(*(f"{VICTIM}/one/{n}" for n in range(6)))
        two.script["/feed"] = listing(*(f"{VICTIM}/two/{n}" for n in range(3)))
        for site in (one, two):
            reader.poll(reader.add(site.url("/feed")))
        own = reader.add(f"{VICTIM}/feed")
        conn.execute("INSERT INTO links (url, url_key, host_id, feed_id) SELECT %s, %s, host_id, id FROM feeds WHERE id = %s",
                     (f"{VICTIM}/own", parse(f"{VICTIM}/own").key, own))  # fmt: skip
        order = served(conn, reader.ctx.settings, 8)
    assert order[0] == "/own"
    assert [url[1:4] for url in order[1:7]] in (["one", "two"] * 3, ["two", "one"] * 3)
    assert order[7].startswith("/one")


def test_what_is_beyond_the_limit_is_taken_in_by_later_polls(reader: Kept, conn: psycopg.Connection) -> None:
    with serving({}) as site:
        site.script["/feed"] = listing(*(f"{VICTIM}/{n}" for n in range(2 * MOST + 5)))
        feed = reader.add(site.url("/feed"))
        assert len(reader.poll(feed)) == MOST
        assert conn.execute("SELECT next_poll_why LIKE %s, etag, body_hash FROM feeds", (f"%{MOST + 5} of its links%",)).fetchone() == (
            True,
            None,
            None,
        )
        assert reader.poll(feed) == [], "they wait still"
        served(conn, reader.ctx.settings, 5)
        assert len(reader.poll(feed)) == 5
        served(conn, reader.ctx.settings, MOST)
        assert len(reader.poll(feed)) == MOST
        served(conn, reader.ctx.settings, MOST)
        assert reader.poll(feed) == []
    assert conn.execute("SELECT count(*) FROM links").fetchone() == (2 * MOST + 5,), "nothing is lost"
    assert conn.execute("SELECT body_hash IS NULL FROM feeds").fetchone() == (False,)


def test_a_feed_is_not_limited_on_its_own_site_nor_where_it_is_trusted(reader: Kept, conn: psycopg.Connection) -> None:
    with serving({}) as site:
        site.script["/own"] = listing(*(site.url(f"/{n}") for n in range(MOST + 5)))
        site.script["/trusted"] = listing(*(f"{VICTIM}/{n}" for n in range(MOST + 5)))
        assert len(reader.poll(reader.add(site.url("/own")))) == MOST + 5
        trusted = reader.add(site.url("/trusted"))
        conn.execute("""UPDATE feeds SET options = '{"trusted": true}' WHERE id = %s""", (trusted,))
        assert len(reader.poll(trusted)) == MOST + 5


def test_a_link_that_the_sites_own_feed_or_a_person_lists_too_is_foreign_no_more(reader: Kept, conn: psycopg.Connection) -> None:
    with serving({}) as stranger, serving({}) as site:
        stranger.script["/feed"] = listing(site.url("/1"), site.url("/2"), site.url("/3"))
        site.script["/feed"] = listing(site.url("/1"))
        reader.poll(reader.add(stranger.url("/feed")))
        reader.poll(reader.add(site.url("/feed")))
        links.enqueue(conn, [parse(site.url("/2"))])
        rows = conn.execute("SELECT url, offsite_rank > 0 FROM links ORDER BY url").fetchall()
    assert [foreign for _, foreign in rows] == [False, False, True]


@pytest.mark.parametrize(("foreign", "failures"), [(True, 0), (False, 1)])
def test_a_refusal_of_what_strangers_list_says_nothing_of_the_host(
    reader: Kept, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, foreign: bool, failures: int
) -> None:
    monkeypatch.setattr(tasks, "context", lambda: reader.ctx)
    with serving({}) as stranger, serving({}) as site:
        site.script["/robots.txt"] = answer(b"", "404 Not Found")
        site.script["/1"] = answer(b"", "403 Forbidden")
        source = stranger if foreign else site
        source.script["/feed"] = listing(site.url("/1"))
        reader.poll(reader.add(source.url("/feed")))
        reader.ingest()
        name = parse(site.url("/")).host
        assert conn.execute("SELECT failures FROM hosts WHERE name = %s", (name,)).fetchone() == (failures,)


@pytest.mark.parametrize("code", ["http_403", "http_404", "http_410"])
def test_policy_of_refusals(code: str) -> None:
    assert after(HostHealth(failures=4), Failure(code), Fetch(), Retry(), 0.5, is_offsite=True) == Change(4, 0)


def test_a_feed_that_comes_later_joins_the_turns_where_they_are() -> None:
    entry = Entry("g", f"{VICTIM}/1", "t", None, None, "", "", (), ())
    items = [Listed(entry, parse(f"{VICTIM}/{n}"), trusted=n == 1) for n in range(3)]
    assert ranks(items, {}, {}) == [1, 0, 2]
    assert ranks(items, {"victim.example": 40}, {}) == [41, 0, 42]
    assert ranks(items, {"victim.example": 40}, {"victim.example": 50}) == [51, 0, 52]
