"""The home page of a broken feed's site, looked at as any page is: in its host's turn, as robots.txt allows, once a week."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.settings import Settings
from pipeline.store.feeds import successors
from pipeline.store.hosts.hosts import VisitResult
from pipeline.store.queue.claims import give_back_expired
from tests.feeds.discovery.announcing import announced
from tests.feeds.kept import Kept, kept
from tests.feeds.reader import ok, rss
from tests.fetch.server import Site, answer, page, redirect, serving
from workers import dispatch
from workers.app import app
from workers.steps import successor_search as looks


@pytest.fixture
def site() -> Iterator[Site]:
    with serving({"/": page(announced("/new"))}) as running:
        yield running


@pytest.fixture
def reader(settings: Settings) -> Iterator[Kept]:
    with kept(settings) as found:
        yield found


def broken(reader: Kept, site: Site, times: int = 3, status: str = "404 Not Found") -> int:
    site.script["/f"] = answer(b"", status)
    feed = reader.add(site.url("/f"))
    for _ in range(times):
        reader.poll(feed)
    return feed


def look(reader: Kept) -> int:
    """Look where it is due. Returns how many looks began."""
    reader.conn.execute("UPDATE hosts SET next_slot_at = now(), paused_until = NULL")
    jobs = successors.claim(reader.conn, 60)
    for job in jobs:
        looks.look(reader.ctx, job.id, job.dispatch_id)
    assert reader.rows("SELECT 1 FROM feeds WHERE phase <> 'idle'") == []
    assert reader.rows("SELECT 1 FROM hosts WHERE lease_id IS NOT NULL") == []
    return len(jobs)


@pytest.mark.parametrize(("times", "status"), [(3, "404 Not Found"), (1, "410 Gone")])
def test_what_the_site_of_a_broken_feed_announces_is_offered_and_not_taken(reader: Kept, site: Site, times: int, status: str) -> None:
    feed = broken(reader, site, times, status)
    assert look(reader) == 1
    shown = reader.feed(feed)
    assert (shown.successor, shown.url) == (site.url("/new"), site.url("/f"))
    assert site.paths()[times:] == ["/robots.txt", "/"]
    assert look(reader) == 0, "once a week"
    reader.conn.execute("UPDATE feeds SET successor_looked_at = now() - interval '8 d'")
    assert look(reader) == 1


def test_a_feed_that_failed_twice_is_not_broken_yet(reader: Kept, site: Site) -> None:
    broken(reader, site, 2)
    assert look(reader) == 0


@pytest.mark.parametrize("status", ["503 Busy", "403 Forbidden", "429 Slow Down"])
def test_where_a_site_is_down_or_refuses_us_nothing_more_is_asked_of_it(reader: Kept, site: Site, status: str) -> None:
    broken(reader, site, 3, status)
    look(reader)
    assert set(site.paths()) == {"/f"}
    assert reader.rows("SELECT successor_looked_at < now() - interval '5 d' FROM feeds") == [(True,)], "tomorrow again"


def test_robots_txt_holds_for_the_look(reader: Kept, site: Site) -> None:
    site.script["/robots.txt"] = answer(b"User-agent: *\nDisallow: /", "200 OK", "Content-Type: text/plain")
    feed = broken(reader, site)
    look(reader)
    assert "/" not in site.paths()
    assert reader.feed(feed).successor == ""
    assert look(reader) == 0


def test_reading_robots_txt_takes_the_turn_where_there_is_a_gap(settings: Settings, site: Site) -> None:
    polite = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"min_gap_s": 5.0})})
    with kept(polite) as reader:
        feed = broken(reader, site)
        assert look(reader) == 1
        assert (site.paths()[3:], reader.feed(feed).successor) == (["/robots.txt"], "")
        assert look(reader) == 1
        assert (site.paths()[4:], reader.feed(feed).successor) == (["/"], site.url("/new"))


def test_a_host_that_is_taken_is_looked_at_later(reader: Kept, site: Site) -> None:
    broken(reader, site)
    reader.conn.execute("UPDATE hosts SET next_slot_at = now() + interval '1 h'")
    (job,) = successors.claim(reader.conn, 60)
    looks.look(reader.ctx, job.id, job.dispatch_id)
    assert "/" not in site.paths()
    assert look(reader) == 1


def test_a_look_that_a_worker_took_with_it_is_given_back_with_its_host(reader: Kept, site: Site) -> None:
    broken(reader, site)
    reader.conn.execute("UPDATE hosts SET next_slot_at = now()")
    (job,) = successors.claim(reader.conn, 60)
    assert successors.start(reader.conn, job.id, job.dispatch_id, reader.ctx.settings)
    assert successors.claim(reader.conn, 60) == []
    reader.conn.execute("UPDATE feeds SET lease_until = now() - interval '1 s'")
    give_back_expired(reader.conn, reader.ctx.settings)
    looks.look(reader.ctx, job.id, job.dispatch_id)
    assert "/" not in site.paths(), "the old message does nothing"
    assert look(reader) == 1


def test_a_home_page_on_another_host_is_not_followed_to_another_site(reader: Kept, site: Site) -> None:
    feed = broken(reader, site)
    with serving({"/": page(announced("/new"))}) as other:
        site.script["/"] = redirect(other.url("/", "localhost"))
        look(reader)
        assert reader.feed(feed).successor == ""
        assert reader.feed(feed).site_url == "", "another host is another site"


def test_a_feed_that_is_well_again_needs_no_successor(reader: Kept, site: Site) -> None:
    feed = broken(reader, site)
    look(reader)
    site.script["/f"] = ok(rss(1))
    reader.poll(feed)
    assert reader.feed(feed).successor == ""


def test_a_tick_begins_looks(reader: Kept, site: Site) -> None:
    broken(reader, site)
    sent: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "publish", lambda _, jobs, __: sent.extend(job.stage for job in jobs))
        dispatch.tick(app, reader.conn, reader.ctx.settings)
    assert sent == ["look"]
    assert app.conf.task_routes["look_for_successor"]["queue"] == "poll"


def test_a_home_page_that_has_moved_is_kept_as_the_new_home(reader: Kept, site: Site) -> None:
    feed = broken(reader, site)
    reader.conn.execute("UPDATE hosts SET next_slot_at = now()")
    (claimed,) = successors.claim(reader.conn, 60)
    job = successors.start(reader.conn, claimed.id, claimed.dispatch_id, reader.ctx.settings)
    assert job
    successors.finish(reader.conn, job, "", [(job.host.id, VisitResult(0))], moved_to="https://www.a.example/", again_soon=True)
    assert reader.feed(feed).site_url == "https://www.a.example/"
    assert reader.rows("SELECT successor_looked_at < now() - interval '5 d' FROM feeds") == [(True,)]
