"""WebSub: from the feed's first poll to the hub's last word."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Settings, WebSub
from pipeline.store.feeds import feeds, websub
from pipeline.store.hosts import hosts
from pipeline.store.queue import claims
from tests.feeds.kept import kept
from tests.feeds.reader import rss
from tests.fetch.server import Site, answer, redirect, serving
from tests.held import FREE, HELD
from tests.workers.hubs.conftest import DAY, DENIED, OK, PUBLIC, Wired
from web.app import create_app
from workers import dispatch
from workers.app import app
from workers.context import Context
from workers.steps import websub as hubs


def test_where_a_hub_is_named_it_is_asked_for_what_is_new(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    assert wired.ask() == ["subscribe"]
    asked = wired.asked()
    assert asked["hub.topic"] == wired.topic
    assert asked["hub.lease_seconds"] == "864000"
    assert asked["hub.callback"].startswith(f"{PUBLIC}/websub/")
    assert len(wired.callback.removeprefix("/websub/")) == len(asked["hub.secret"]) == 43
    assert wired.row("state, pending, lease_until") == ("asked", "subscribe", None)
    assert wired.ask() == [], "the hub has time to verify"


def test_without_a_public_address_nobody_is_asked(settings: Settings, hub: Site) -> None:
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as web, kept(settings) as found:
        wired = Wired(found.ctx, found.conn, hub, web)
        wired.poll(wired.feed_id)
        hubs.keep_up(wired.ctx)
        assert wired.rows("SELECT 1 FROM subscriptions") == []
        assert web.get(f"/websub/{'a' * 43}").status_code == 404
        assert web.post(f"/websub/{'a' * 43}", content=b"x").status_code == 410


def test_the_challenge_comes_back_for_what_is_pending_only(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    wired.ask()
    refused = [
        wired.verify("unsubscribe"),
        wired.verify(**{"hub.topic": "http://a.example/other"}),
        wired.web.get(f"/websub/{'a' * 43}", params={"hub.mode": "subscribe", "hub.topic": wired.topic, "hub.challenge": "x"}),
    ]
    assert [one.status_code for one in refused] == [404] * 3
    assert not any("llenge" in one.text for one in refused)
    assert wired.row("state") == ("asked",)
    good = wired.verify()
    assert (good.status_code, good.text) == (200, "c<ha>llenge")
    assert good.headers["content-type"].startswith("text/plain")
    state, pending, lease_s, due_s = wired.row(
        "state, pending, extract(epoch FROM lease_until - now()), extract(epoch FROM due_at - now())"
    )
    assert (state, pending) == ("active", None)
    assert lease_s == pytest.approx(10 * DAY, abs=60)
    assert due_s == pytest.approx(8 * DAY, abs=60)
    assert wired.verify().status_code == 404, "once is enough"


def test_a_hub_may_verify_before_it_answers(wired: Wired) -> None:
    def at_once(conn: socket.socket) -> None:
        wired.verify()
        conn.sendall(answer(b"", "204 No Content"))

    wired.hub.script["/hub"] = at_once
    wired.poll(wired.feed_id)
    wired.ask()
    assert wired.row("state, pending, dispatch_id") == ("active", None, None)


def test_a_lease_is_renewed_before_it_ends_and_the_feed_stays_subscribed_meanwhile(wired: Wired) -> None:
    wired.subscribe()
    assert wired.ask() == []
    wired.conn.execute("UPDATE subscriptions SET due_at = now()")
    assert wired.ask() == ["subscribe"]
    assert wired.row("state, pending") == ("active", "subscribe")
    assert wired.asked(0)["hub.callback"] == wired.asked(1)["hub.callback"]
    assert wired.send(rss(2)).status_code == 202
    assert wired.verify(lease=5 * DAY).status_code == 200
    assert wired.row("round(extract(epoch FROM lease_until - now()) / 86400)") == (5,)


def test_a_lease_that_ended_is_asked_for_anew(wired: Wired) -> None:
    wired.subscribe()
    wired.conn.execute("UPDATE subscriptions SET lease_until = now() - interval '1 s'")
    assert wired.ask() == ["subscribe"]
    assert wired.row("state") == ("asked",)
    assert wired.web.post(wired.callback, content=rss(2)).status_code == 410


@pytest.mark.parametrize(
    "change", [feeds.pause, feeds.remove, lambda c, i: c.execute("UPDATE feeds SET state = 'stopped' WHERE id = %s", (i,))]
)
def test_of_a_feed_that_is_paused_stopped_or_removed_nothing_more_is_wanted(wired: Wired, change: Any) -> None:
    wired.subscribe()
    change(wired.conn, wired.feed_id)
    assert wired.web.post(wired.callback, content=rss(2)).status_code == 410
    assert wired.ask() == ["unsubscribe"]
    assert wired.asked()["hub.topic"] == wired.topic
    assert wired.verify("subscribe").status_code == 404
    assert wired.verify("unsubscribe").text == "c<ha>llenge"
    assert wired.rows("SELECT 1 FROM subscriptions") == []


def test_a_feed_that_names_another_hub_or_none_leaves_the_old_one(wired: Wired) -> None:
    wired.subscribe()
    wired.hub.script["/second"] = OK
    wired.publish(2, hub="/second")
    wired.poll(wired.feed_id)
    assert sorted(wired.ask() + wired.ask()) == ["subscribe", "unsubscribe"]
    assert {path for path, _ in wired.hub.posted[1:]} == {"/hub", "/second"}
    wired.publish(3, hub="")
    wired.poll(wired.feed_id)
    hubs.keep_up(wired.ctx)
    assert set(wired.rows("SELECT state FROM subscriptions")) == {("leaving",)}


def test_one_that_no_hub_knows_of_is_just_forgotten(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    hubs.keep_up(wired.ctx)
    feeds.pause(wired.conn, wired.feed_id)
    assert wired.ask() == []
    assert wired.rows("SELECT 1 FROM subscriptions") == []


def test_a_hub_that_refuses_is_left_alone_for_a_day_and_the_feed_says_so(wired: Wired) -> None:
    wired.hub.script["/hub"] = DENIED
    wired.poll(wired.feed_id)
    wired.ask()
    shown = websub.of_feed(wired.conn, wired.feed_id)
    assert shown
    assert (shown.state, shown.detail, shown.works) == ("refused", "The server answered 403.", False)
    assert wired.ask() == []
    wired.hub.script["/hub"] = OK
    wired.conn.execute("UPDATE subscriptions SET due_at = now()")
    assert wired.ask() == ["subscribe"]


def test_a_denial_ends_a_subscription_in_force(wired: Wired) -> None:
    wired.subscribe()
    assert wired.verify("denied", **{"hub.reason": "over\x00quota"}).status_code == 200
    assert wired.row("state, detail, lease_until") == ("refused", "the hub has refused the subscription: overquota", None)


def test_a_hub_is_visited_like_any_host(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    other = wired.add(wired.hub.url("/other"))
    wired.conn.execute("UPDATE feeds SET hub = %s, topic = 'http://a.example/t' WHERE id = %s", (wired.hub.url("/hub"), other))
    hubs.keep_up(wired.ctx)
    wired.rested()
    (first,) = websub.claim_requests(wired.conn, 60)
    wired.conn.execute(f"UPDATE hosts SET {HELD}")
    hubs.ask(wired.ctx, first.id, first.dispatch_id)
    assert wired.hub.posted == [], "somebody else's turn"
    wired.conn.execute(f"UPDATE hosts SET {FREE}, next_slot_at = now(), paused_until = now() + interval '1 h'")
    assert websub.claim_requests(wired.conn, 60) == []
    wired.conn.execute("UPDATE hosts SET paused_until = NULL")
    wired.hub.script["/hub"] = answer(b"", "429 Too Many", "Retry-After: 600")
    (again,) = websub.claim_requests(wired.conn, 60)
    with pytest.raises(Failure):
        hubs.ask(wired.ctx, again.id, again.dispatch_id)
    assert wired.rows("SELECT lease_id, paused_until > now() + interval '590 s' FROM hosts WHERE last_step = 'fetch'") == [(None, True)]


def test_where_a_hub_redirects_to_another_host_that_one_has_its_turn_too(wired: Wired) -> None:
    with serving({"/new": OK}) as there:
        wired.hub.script["/hub"] = redirect(there.url("/new"), status="307 Temporary Redirect")
        wired.poll(wired.feed_id)
        hosts.ensure(wired.conn, [parse(there.url("/")).host])
        wired.conn.execute(f"UPDATE hosts SET {HELD} WHERE name = %s", (parse(there.url("/")).host,))
        assert wired.ask() == ["subscribe"]
        assert there.posted == [], "somebody else's turn"
        assert wired.row("pending, failures, dispatch_id, due_at > now() + interval '20 s'") == (None, 0, None, True)
        wired.conn.execute(f"UPDATE hosts SET {FREE} WHERE name = %s", (parse(there.url("/")).host,))
        wired.conn.execute("UPDATE subscriptions SET due_at = now()")
        wired.ask()
        assert len(there.posted) == 1
        assert wired.row("pending, failures") == ("subscribe", 1)
        assert wired.rows("SELECT DISTINCT lease_id, last_step FROM hosts WHERE last_step = 'fetch'") == [(None, "fetch")]
        assert wired.rows("SELECT count(*) FROM hosts WHERE last_step = 'fetch'") == [(2,)]


def test_a_request_that_a_worker_took_with_it_is_sent_again_and_its_host_freed(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    hubs.keep_up(wired.ctx)
    wired.rested()
    (job,) = websub.claim_requests(wired.conn, 60)
    assert websub.start(wired.conn, job.id, job.dispatch_id, wired.ctx.settings)
    assert websub.claim_requests(wired.conn, 60) == []
    wired.conn.execute("UPDATE subscriptions SET claimed_until = now() - interval '1 s'")
    websub.give_back_expired(wired.conn)
    (again,) = websub.claim_requests(wired.conn, 60)
    hubs.ask(wired.ctx, job.id, job.dispatch_id)
    assert wired.hub.posted == [], "the old message does nothing"
    hubs.ask(wired.ctx, again.id, again.dispatch_id)
    assert len(wired.hub.posted) == 1


def test_a_hub_at_a_private_address_is_not_asked(wired: Wired) -> None:
    wired.publish(1, hub="http://10.0.0.1/hub")
    wired.poll(wired.feed_id)
    wired.ask()
    assert wired.row("state, detail") == ("refused", "The host is at an address that is not public.")


def test_the_guard_lets_hubs_in_at_the_callback_alone(wired: Wired) -> None:
    wired.subscribe()
    strange = {"Origin": "https://hub.example", "Sec-Fetch-Site": "cross-site"}
    assert wired.send(rss(2), **strange).status_code == 202
    assert wired.web.get("/api/v1/status").json()["error"]["code"] == "unknown_host"
    assert wired.web.get(f"{wired.callback}/").json()["error"]["code"] == "unknown_host"
    assert wired.web.get(wired.callback, headers={"Host": "evil.example"}).json()["error"]["code"] == "unknown_host"


def test_a_tick_sends_what_is_due_to_the_poll_workers(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    hubs.keep_up(wired.ctx)
    wired.rested()
    sent: list[claims.Job] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "publish", lambda _, jobs, __: sent.extend(jobs))
        dispatch.tick(app, wired.conn, wired.ctx.settings)
        wired.conn.execute("INSERT INTO pushes (feed_id, content_type, body, sent_at) VALUES (%s, '', '', '-infinity')", (wired.feed_id,))
        dispatch.tick(app, wired.conn, wired.ctx.settings)
    assert [job.stage for job in sent if job.stage in ("hub", "push")] == ["hub", "push"]
    assert {app.conf.task_routes[dispatch.TASKS[job.stage]]["queue"] for job in sent if job.stage in ("hub", "push")} == {"poll"}


def test_a_new_public_address_is_told_to_the_hub(wired: Wired) -> None:
    wired.subscribe()
    moved = wired.ctx.settings.model_copy(update={"websub": WebSub(callback_url="https://other.example/news/")})
    wired.ctx = Context(moved, wired.ctx.pool, wired.ctx.client)
    assert wired.ask() == ["subscribe"]
    assert wired.asked()["hub.callback"].startswith("https://other.example/news/websub/")
