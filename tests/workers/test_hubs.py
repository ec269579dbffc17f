"""WebSub, row I8, from the feed's first poll to the hub's last word: a scripted hub over HTTP, the real store, the real callback."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from fastapi.testclient import TestClient

from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.settings import Settings, WebSub
from pipeline.store import claims, feeds, hosts, pushes, websub
from tests.feeds.kept import Kept, kept
from tests.feeds.reader import rss
from tests.fetch.server import Site, answer, redirect, serving
from web.app import create_app
from workers import dispatch, hubs
from workers.app import app
from workers.context import Context

PUBLIC = "https://news.example"
OK, DENIED = answer(b"", "202 Accepted"), answer(b"no", "403 Forbidden")
DAY = 86400


@pytest.fixture
def config(settings: Settings) -> Settings:
    return settings.model_copy(update={"websub": WebSub(callback_url=PUBLIC)})


@pytest.fixture
def hub() -> Iterator[Site]:
    with serving({"/hub": OK}) as running:
        yield running


class Wired(Kept):
    """One feed, its hub, and our callback."""

    def __init__(self, ctx: Context, conn: psycopg.Connection, hub: Site, web: TestClient) -> None:
        super().__init__(ctx, conn)
        self.hub, self.web = hub, web
        self.topic = hub.url("/feed?topic")
        self.feed_id = self.add(hub.url("/feed"))
        self.publish(1)

    def publish(self, *numbers: int, hub: str = "/hub") -> None:
        links = f'<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{self.topic}"/>' if hub else ""
        body = rss(*numbers, channel=links).replace(b"xmlns:sy", b'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy')
        self.hub.script["/feed"] = answer(body, "200 OK", "Content-Type: application/rss+xml", f'ETag: "{numbers}"')

    def ask(self) -> list[str]:
        """Keep up and send what is due. Returns the modes that were asked for."""
        before = len(self.hub.posted)
        hubs.keep_up(self.ctx)
        self.rested()
        for job in websub.claim_requests(self.conn, 60):
            with contextlib.suppress(Failure):
                hubs.ask(self.ctx, job.id, job.dispatch_id)
        return [parse_qs(body.decode())["hub.mode"][0] for _, body in self.hub.posted[before:]]

    def rested(self) -> None:
        """Time goes by, so that hosts may be asked again."""
        self.conn.execute("UPDATE hosts SET next_slot_at = now()")

    def asked(self, number: int = -1) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.hub.posted[number][1].decode()).items()}

    @property
    def callback(self) -> str:
        return urlsplit(self.asked()["hub.callback"]).path

    def verify(self, mode: str = "subscribe", lease: int = 10 * DAY, **changed: str) -> Any:
        said = {"hub.mode": mode, "hub.topic": self.topic, "hub.challenge": "c<ha>llenge", "hub.lease_seconds": str(lease)} | changed
        return self.web.get(self.callback, params=said)

    def send(self, body: bytes, method: str = "sha256", secret: str | None = None, **headers: str) -> Any:
        key = secret if secret is not None else self.asked()["hub.secret"]
        signed = hmac.new(key.encode(), body, getattr(hashlib, method)).hexdigest()
        return self.web.post(
            self.callback, content=body, headers={"Content-Type": "application/rss+xml", "X-Hub-Signature": f"{method}={signed}", **headers}
        )

    def read(self) -> None:
        """What a worker does with what was pushed."""
        for job in pushes.claim(self.conn, 50, 60):
            hubs.read(self.ctx, job.id)

    def row(self, columns: str) -> tuple[Any, ...]:
        (found,) = self.rows(f"SELECT {columns} FROM subscriptions")
        return found

    def subscribe(self) -> None:
        self.poll(self.feed_id)
        assert self.ask() == ["subscribe"]
        assert self.verify().status_code == 200


@pytest.fixture
def wired(config: Settings, hub: Site) -> Iterator[Wired]:
    with TestClient(create_app(config), base_url=PUBLIC) as web, kept(config) as found:
        yield Wired(found.ctx, found.conn, hub, web)


def test_i8_where_a_hub_is_named_it_is_asked_for_what_is_new(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    assert wired.ask() == ["subscribe"]
    asked = wired.asked()
    assert asked["hub.topic"] == wired.topic
    assert asked["hub.lease_seconds"] == "864000"
    assert asked["hub.callback"].startswith(f"{PUBLIC}/websub/")
    assert len(wired.callback.removeprefix("/websub/")) == len(asked["hub.secret"]) == 43
    assert wired.row("state, pending, lease_until") == ("asked", "subscribe", None)
    assert wired.ask() == [], "the hub has time to verify"


def test_i8_without_a_public_address_nobody_is_asked(settings: Settings, hub: Site) -> None:
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as web, kept(settings) as found:
        wired = Wired(found.ctx, found.conn, hub, web)
        wired.poll(wired.feed_id)
        hubs.keep_up(wired.ctx)
        assert wired.rows("SELECT 1 FROM subscriptions") == []
        assert web.get(f"/websub/{'a' * 43}").status_code == 404
        assert web.post(f"/websub/{'a' * 43}", content=b"x").status_code == 410


def test_i8_the_challenge_comes_back_for_what_is_pending_only(wired: Wired) -> None:
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


def test_i8_a_hub_may_verify_before_it_answers(wired: Wired) -> None:
    def at_once(conn: socket.socket) -> None:
        wired.verify()
        conn.sendall(answer(b"", "204 No Content"))

    wired.hub.script["/hub"] = at_once
    wired.poll(wired.feed_id)
    wired.ask()
    assert wired.row("state, pending, dispatch_id") == ("active", None, None)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_i8_a_signed_push_is_ingested_as_a_poll_is(wired: Wired, method: str) -> None:
    wired.subscribe()
    assert wired.send(rss(2, 3), method).status_code == 202
    wired.read()
    assert wired.urls() == [f"http://news.example/{n}" for n in (1, 2, 3)]
    assert wired.rows("SELECT state, feed_id FROM links WHERE url LIKE '%%3'") == [("waiting", wired.feed_id)]
    assert wired.rows("SELECT title FROM sightings s JOIN links l ON l.id = s.link_id WHERE l.url LIKE '%%3'") == [("Story 3",)]
    assert wired.rows("SELECT link_due_at IS NOT NULL FROM hosts WHERE name = 'news.example'") == [(True,)]
    assert wired.row("pushes, missed") == (1, 0)
    assert wired.rows("SELECT 1 FROM pushes") == []


@pytest.mark.parametrize("signature", [None, "", "sha256=00", "md5=" + hashlib.md5(rss(2)).hexdigest()])
def test_i8_a_push_with_a_bad_signature_is_answered_well_and_ignored(wired: Wired, signature: str | None) -> None:
    wired.subscribe()
    headers = {} if signature is None else {"X-Hub-Signature": signature}
    assert wired.web.post(wired.callback, content=rss(2), headers=headers).status_code == 202
    assert wired.send(rss(2), secret="guessed").status_code == 202
    assert wired.rows("SELECT 1 FROM pushes") == []


def test_i8_settings_of_the_feed_hold_for_pushes(wired: Wired) -> None:
    wired.subscribe()
    wired.conn.execute("""UPDATE feeds SET options = '{"exclude": ["/3$"], "priority": 4}'""")
    wired.send(rss(2, 3))
    wired.read()
    assert wired.rows("SELECT state, code, priority FROM links ORDER BY id OFFSET 1") == [
        ("waiting", "", 4),
        ("skipped", "excluded_by_feed", 4),
    ]


def test_i8_what_was_pushed_twice_or_read_twice_is_there_once(wired: Wired) -> None:
    wired.subscribe()
    wired.send(rss(2))
    (job,) = pushes.claim(wired.conn, 50, 60)
    push = pushes.take(wired.conn, job.id)
    hubs.read(wired.ctx, job.id)
    hubs.read(wired.ctx, job.id)
    assert push
    wired.send(rss(2))
    wired.read()
    assert wired.urls() == ["http://news.example/1", "http://news.example/2"]
    assert wired.row("pushes") == (2,)
    assert pushes.claim(wired.conn, 50, 60) == []


def test_i8_a_push_that_no_worker_read_is_sent_again_and_in_the_end_polled_for(wired: Wired) -> None:
    wired.subscribe()
    wired.send(rss(2))
    assert len(pushes.claim(wired.conn, 50, 60)) == 1
    assert pushes.claim(wired.conn, 50, 60) == []
    wired.conn.execute("UPDATE pushes SET sent_at = sent_at - interval '61 s'")
    assert len(pushes.claim(wired.conn, 50, 60)) == 1
    wired.conn.execute("UPDATE pushes SET received_at = received_at - interval '2 h'")
    wired.conn.execute("UPDATE feeds SET last_polled_at = last_polled_at - interval '1 h'")
    hubs.keep_up(wired.ctx)
    assert wired.rows("SELECT 1 FROM pushes") == []
    assert wired.rows("SELECT next_poll_at <= now(), next_poll_why FROM feeds") == [(True, "what its hub sent could not be read")]


def test_i8_a_push_that_is_no_feed_has_the_feed_polled_but_not_too_often(wired: Wired) -> None:
    wired.subscribe()
    wired.send(b"<html>Hello")
    with pytest.raises(Failure, match="not_a_feed"):
        wired.read()
    ((wait_s, why),) = wired.rows("SELECT extract(epoch FROM next_poll_at - last_polled_at), next_poll_why FROM feeds")
    assert (wait_s, why) == (wired.ctx.settings.poll.min_interval_s, "its hub sent what cannot be read")


def test_i8_bodies_and_their_number_are_limited(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    wired.subscribe()
    monkeypatch.setattr(pushes, "MAX_UNREAD", 2)
    assert wired.send(b"x" * (wired.ctx.settings.poll.max_bytes + 1)).status_code == 413
    answers = [wired.send(rss(n)) for n in (2, 3, 4)]
    assert [one.status_code for one in answers] == [202, 202, 503]
    assert answers[2].headers["retry-after"] == "60"


def test_i8_a_lease_is_renewed_before_it_ends_and_the_feed_stays_subscribed_meanwhile(wired: Wired) -> None:
    wired.subscribe()
    assert wired.ask() == []
    wired.conn.execute("UPDATE subscriptions SET due_at = now()")
    assert wired.ask() == ["subscribe"]
    assert wired.row("state, pending") == ("active", "subscribe")
    assert wired.asked(0)["hub.callback"] == wired.asked(1)["hub.callback"]
    assert wired.send(rss(2)).status_code == 202
    assert wired.verify(lease=5 * DAY).status_code == 200
    assert wired.row("round(extract(epoch FROM lease_until - now()) / 86400)") == (5,)


def test_i8_a_lease_that_ended_is_asked_for_anew(wired: Wired) -> None:
    wired.subscribe()
    wired.conn.execute("UPDATE subscriptions SET lease_until = now() - interval '1 s'")
    assert wired.ask() == ["subscribe"]
    assert wired.row("state") == ("asked",)
    assert wired.web.post(wired.callback, content=rss(2)).status_code == 410


@pytest.mark.parametrize(
    "change", [feeds.pause, feeds.remove, lambda c, i: c.execute("UPDATE feeds SET state = 'stopped' WHERE id = %s", (i,))]
)
def test_i8_of_a_feed_that_is_paused_stopped_or_removed_nothing_more_is_wanted(wired: Wired, change: Any) -> None:
    wired.subscribe()
    change(wired.conn, wired.feed_id)
    assert wired.web.post(wired.callback, content=rss(2)).status_code == 410
    assert wired.ask() == ["unsubscribe"]
    assert wired.asked()["hub.topic"] == wired.topic
    assert wired.verify("subscribe").status_code == 404
    assert wired.verify("unsubscribe").text == "c<ha>llenge"
    assert wired.rows("SELECT 1 FROM subscriptions") == []


def test_i8_a_feed_that_names_another_hub_or_none_leaves_the_old_one(wired: Wired) -> None:
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


def test_i8_one_that_no_hub_knows_of_is_just_forgotten(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    hubs.keep_up(wired.ctx)
    feeds.pause(wired.conn, wired.feed_id)
    assert wired.ask() == []
    assert wired.rows("SELECT 1 FROM subscriptions") == []


def test_i8_a_hub_that_refuses_is_left_alone_for_a_day_and_the_feed_says_so(wired: Wired) -> None:
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


def test_i8_a_denial_ends_a_subscription_in_force(wired: Wired) -> None:
    wired.subscribe()
    assert wired.verify("denied", **{"hub.reason": "over\x00quota"}).status_code == 200
    assert wired.row("state, detail, lease_until") == ("refused", "the hub has refused the subscription: overquota", None)


def test_i8_while_the_hub_sends_what_is_new_the_feed_is_polled_seldom_but_polled(wired: Wired) -> None:
    wired.subscribe()
    wait = "extract(epoch FROM next_poll_at - last_polled_at)"
    wired.poll(wired.feed_id)
    assert wired.rows(f"SELECT {wait} < 6 * 3600 FROM feeds") == [(True,)], "nothing has come yet, so the hub is not relied on"
    wired.send(rss(2))
    wired.read()
    ((habit,),) = wired.rows("SELECT interval_s FROM feeds")
    wired.publish(1, 2)
    wired.poll(wired.feed_id)
    ((waits, why, interval),) = wired.rows(f"SELECT {wait}, next_poll_why, interval_s FROM feeds")
    assert 6 * 3600 <= waits < 7 * 3600
    assert why.endswith("its hub sends what is new, so it is polled only every 6 h")
    assert interval == habit, "what a poll finds says nothing of the habit now"


def test_i8_a_hub_that_loses_entries_is_relied_on_no_longer_until_it_mends(wired: Wired) -> None:
    wired.subscribe()
    wired.send(rss(2))
    wired.read()
    works = []
    for number in (3, 4):
        wired.publish(number)
        assert len(wired.poll(wired.feed_id)) == 1
        works.append(wired.row(websub.WORKS.replace("s.", "")))
    assert works == [(True,), (False,)]
    wired.publish(5)
    wired.poll(wired.feed_id)
    assert "hub" not in wired.feed(wired.feed_id).next_poll_why
    wired.send(rss(6))
    wired.read()
    wired.publish(5, 6)
    wired.poll(wired.feed_id)
    assert wired.row(websub.WORKS.replace("s.", "")) == (True,)


def test_i8_a_hub_is_visited_like_any_host(wired: Wired) -> None:
    wired.poll(wired.feed_id)
    other = wired.add(wired.hub.url("/other"))
    wired.conn.execute("UPDATE feeds SET hub = %s, topic = 'http://a.example/t' WHERE id = %s", (wired.hub.url("/hub"), other))
    hubs.keep_up(wired.ctx)
    wired.rested()
    (first,) = websub.claim_requests(wired.conn, 60)
    wired.conn.execute("UPDATE hosts SET visitor = gen_random_uuid()")
    hubs.ask(wired.ctx, first.id, first.dispatch_id)
    assert wired.hub.posted == [], "somebody else's turn"
    wired.conn.execute("UPDATE hosts SET visitor = NULL, next_slot_at = now(), paused_until = now() + interval '1 h'")
    assert websub.claim_requests(wired.conn, 60) == []
    wired.conn.execute("UPDATE hosts SET paused_until = NULL")
    wired.hub.script["/hub"] = answer(b"", "429 Too Many", "Retry-After: 600")
    (again,) = websub.claim_requests(wired.conn, 60)
    with pytest.raises(Failure):
        hubs.ask(wired.ctx, again.id, again.dispatch_id)
    assert wired.rows("SELECT visitor, paused_until > now() + interval '590 s' FROM hosts WHERE visited = 'fetch'") == [(None, True)]


def test_i8_where_a_hub_redirects_to_another_host_that_one_has_its_turn_too(wired: Wired) -> None:
    with serving({"/new": OK}) as there:
        wired.hub.script["/hub"] = redirect(there.url("/new"), status="307 Temporary Redirect")
        wired.poll(wired.feed_id)
        hosts.ensure(wired.conn, [parse(there.url("/")).host])
        taken = "UPDATE hosts SET visitor = CASE WHEN %s THEN gen_random_uuid() END WHERE name = %s"
        wired.conn.execute(taken, (True, parse(there.url("/")).host))
        assert wired.ask() == ["subscribe"]
        assert there.posted == [], "somebody else's turn"
        assert wired.row("pending, failures, dispatch_id, due_at > now() + interval '20 s'") == (None, 0, None, True)
        wired.conn.execute(taken, (False, parse(there.url("/")).host))
        wired.conn.execute("UPDATE subscriptions SET due_at = now()")
        wired.ask()
        assert len(there.posted) == 1
        assert wired.row("pending, failures") == ("subscribe", 1)
        assert wired.rows("SELECT DISTINCT visitor, visited FROM hosts WHERE visited = 'fetch'") == [(None, "fetch")]
        assert wired.rows("SELECT count(*) FROM hosts WHERE visited = 'fetch'") == [(2,)]


def test_i8_a_request_that_a_worker_took_with_it_is_sent_again_and_its_host_freed(wired: Wired) -> None:
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


def test_s31_a_hub_at_a_private_address_is_not_asked(wired: Wired) -> None:
    wired.publish(1, hub="http://10.0.0.1/hub")
    wired.poll(wired.feed_id)
    wired.ask()
    assert wired.row("state, detail") == ("refused", "The host is at an address that is not public.")


def test_i8_the_guard_lets_hubs_in_at_the_callback_alone(wired: Wired) -> None:
    wired.subscribe()
    strange = {"Origin": "https://hub.example", "Sec-Fetch-Site": "cross-site"}
    assert wired.send(rss(2), **strange).status_code == 202
    assert wired.web.get("/api/v1/status").json()["error"]["code"] == "unknown_host"
    assert wired.web.get(f"{wired.callback}/").json()["error"]["code"] == "unknown_host"
    assert wired.web.get(wired.callback, headers={"Host": "evil.example"}).json()["error"]["code"] == "unknown_host"


def test_i8_a_tick_sends_what_is_due_to_the_poll_workers(wired: Wired) -> None:
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


def test_i8_a_new_public_address_is_told_to_the_hub(wired: Wired) -> None:
    wired.subscribe()
    moved = wired.ctx.settings.model_copy(update={"websub": WebSub(callback_url="https://other.example/news/")})
    wired.ctx = Context(moved, wired.ctx.pool, wired.ctx.client)
    assert wired.ask() == ["subscribe"]
    assert wired.asked()["hub.callback"].startswith("https://other.example/news/websub/")
