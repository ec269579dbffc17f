"""No host is stranded, whatever happens in whatever order: claims, starts, ends, pauses, deaths, lost and doubled messages, time."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pipeline.settings import Settings, WebSub
from pipeline.store.db.pool import connect
from pipeline.store.hosts import leases
from pipeline.store.queue import claims
from tests.workers.leases.newsroom_machine import HOSTS, Hand, Newsroom, together
from workers import dispatch

NAMES = st.sampled_from(HOSTS)
STAGES: tuple[claims.TaskKind, ...] = ("fetch", "poll", "hub", "look")


@pytest.fixture
def newsroom(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """Two dispatchers and three workers, each with a connection of its own."""
    fetch = settings.fetch.model_copy(update={"min_gap_s": 1.0})
    settings = settings.model_copy(update={"fetch": fetch, "websub": WebSub(callback_url="http://127.0.0.1")})
    monkeypatch.setattr(dispatch, "publish", lambda app, jobs, _: app.publish(jobs))
    connections = [connect(settings) for _ in range(6)]
    yield Newsroom(connections[0], settings, connections[1:3], [Hand(conn) for conn in connections[3:]])
    for conn in connections:
        conn.close()


@pytest.mark.parametrize("examples", [10, pytest.param(60, marks=pytest.mark.slow)])
def test_no_host_is_stranded_and_nothing_is_in_two_hands_whatever_happens_in_whatever_order(newsroom: Newsroom, examples: int) -> None:
    class Machine(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            newsroom.clear()
            for host in HOSTS:
                newsroom.add_link(host)

        @rule(stage=st.sampled_from(STAGES), host=NAMES)
        def something_comes_in(self, stage: claims.TaskKind, host: str) -> None:
            newsroom.bring(stage, host)

        @rule(which=st.integers(0, 1), both=st.booleans())
        def dispatchers_tick(self, which: int, both: bool) -> None:
            ticks = [lambda conn=conn: newsroom.tick(conn) for conn in newsroom.dispatchers]  # type: ignore[misc]
            together(*(ticks if both else ticks[which : which + 1]))

        @rule(
            stage=st.sampled_from(STAGES), host=NAMES, twice=st.booleans(), again=st.booleans(), then=st.sampled_from(("pause", "slow", ""))
        )
        def a_message_comes(self, stage: claims.TaskKind, host: str, twice: bool, again: bool, then: str) -> None:
            """To one worker or to two at once, and perhaps again later; before it comes, somebody may change its host."""
            if not newsroom.waiting(stage):
                newsroom.bring(stage, host)
                newsroom.skip(1)
                newsroom.tick(newsroom.dispatchers[0])
            idle = [hand for hand in newsroom.hands if hand.job is None]
            if not newsroom.waiting(stage) or not idle:
                return
            job = newsroom.waiting(stage)[-1]
            if then and (name := newsroom.holds(job)):
                newsroom.change_host(name, then)
            together(*(lambda hand=hand: newsroom.start(hand, job) for hand in (idle[:2] if twice else idle[:1])))  # type: ignore[misc]
            if not again:
                newsroom.messages.remove(job)

        @rule(which=st.integers(0, 2), host=NAMES, after_s=st.sampled_from((0.0, 2.0, 200.0)))
        def a_redirect_leads_to_another_host(self, which: int, host: str, after_s: float) -> None:
            """At once, when the gap of that host is over, or when the job is somebody else's already."""
            newsroom.skip(after_s)
            newsroom.tick(newsroom.dispatchers[0])
            if busy := newsroom.busy():
                newsroom.acquire_if_free(busy[which % len(busy)], host)

        @rule(
            which=st.integers(0, 2),
            how=st.sampled_from(("fetched", "retry_in_redis", "later", "failed", "put back", "moved", "the worker is killed")),
            pause_s=st.sampled_from((0.0, 0.0, 60.0)),
            tick=st.booleans(),
        )
        def a_job_ends(self, which: int, how: str, pause_s: float, tick: bool) -> None:
            """Perhaps while a dispatcher ticks."""
            if busy := newsroom.busy():
                hand = busy[which % len(busy)]
                ticks = [lambda: newsroom.tick(newsroom.dispatchers[1])] if tick else []
                together(lambda: newsroom.end(hand, how, pause_s), *ticks)

        @rule(host=NAMES, what=st.sampled_from(("pause", "pause a minute", "resume", "resume", "resume", "slow", "fast")))
        def somebody_changes_a_host(self, host: str, what: str) -> None:
            newsroom.change_host(host, what)

        @rule(what=st.sampled_from(("pause", "resume", "move", "poll", "remove", "ask for links", "ask and stop", "empty Redis")))
        def somebody_does_something_else(self, what: str) -> None:
            if what.startswith("ask"):
                newsroom.fetch_now(sent=what == "ask for links")
            elif what == "empty Redis":
                newsroom.messages.clear()
            else:
                newsroom.change_feed(what)

        @rule(seconds=st.sampled_from((0.5, 1.0, 2.0, 10.0, 100.0, 200.0)))
        def time_goes_by(self, seconds: float) -> None:
            newsroom.skip(seconds)

        @invariant()
        def every_host_lease_has_a_job(self) -> None:
            assert leases.without_job(newsroom.conn) == 0

        @invariant()
        def no_two_jobs_hold_one_host(self) -> None:
            for hand in newsroom.live():
                held = newsroom.conn.execute("SELECT id FROM hosts WHERE lease_id = %s", (hand.job.dispatch_id,)).fetchall()
                assert {host.id for host in hand.hosts} == {host_id for (host_id,) in held}

        @invariant()
        def no_link_is_in_two_hands(self) -> None:
            at = [hand.job.link_id for hand in newsroom.live() if hand.stage == "fetch"]
            assert len(at) == len(set(at))

        @invariant()
        def a_due_link_of_a_free_host_is_claimed_within_two_ticks(self) -> None:
            messages = list(newsroom.messages)
            with newsroom.conn.transaction(force_rollback=True):
                before = newsroom.free_with_due_links()
                newsroom.tick(newsroom.conn)
                newsroom.tick(newsroom.conn)
                assert not before & newsroom.free_with_due_links()
            newsroom.messages[:] = messages

        def teardown(self) -> None:
            """Whatever was under way is lost, and an hour later every host with something due is at work again."""
            newsroom.skip(3600)
            for host in HOSTS:
                newsroom.change_host(host, "resume")
            newsroom.skip(10)
            newsroom.tick(newsroom.conn)
            newsroom.tick(newsroom.conn)
            assert not newsroom.free_with_due_links()

    run_state_machine_as_test(Machine, settings=hypothesis.settings(max_examples=examples, stateful_step_count=25, deadline=None))
