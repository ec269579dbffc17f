"""WebSub: what a hub sends, and how far it is relied on."""

from __future__ import annotations

import hashlib

import pytest

from pipeline.outcomes import Failure
from pipeline.store.feeds import websub, websub_pushes
from tests.feeds.reader import rss
from tests.workers.hubs.conftest import Wired
from workers.steps import websub as hubs


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_is_ingested_as_a_poll_is(wired: Wired, method: str) -> None:
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
def test_a_push_with_a_bad_signature_is_answered_well_and_ignored(wired: Wired, signature: str | None) -> None:
    wired.subscribe()
    headers = {} if signature is None else {"X-Hub-Signature": signature}
    assert wired.web.post(wired.callback, content=rss(2), headers=headers).status_code == 202
    assert wired.send(rss(2), secret="guessed").status_code == 202
    assert wired.rows("SELECT 1 FROM pushes") == []


def test_settings_of_the_feed_hold_for_pushes(wired: Wired) -> None:
    wired.subscribe()
    wired.conn.execute("""UPDATE feeds SET options = '{"exclude": ["/3$"], "priority": 4}'""")
    wired.send(rss(2, 3))
    wired.read()
    assert wired.rows("SELECT state, code, priority FROM links ORDER BY id OFFSET 1") == [
        ("waiting", "", 4),
        ("skipped", "excluded_by_feed", 4),
    ]


def test_what_was_pushed_twice_or_read_twice_is_there_once(wired: Wired) -> None:
    wired.subscribe()
    wired.send(rss(2))
    (job,) = websub_pushes.claim(wired.conn, 50, 60)
    push = websub_pushes.take(wired.conn, job.id)
    hubs.read(wired.ctx, job.id)
    hubs.read(wired.ctx, job.id)
    assert push
    wired.send(rss(2))
    wired.read()
    assert wired.urls() == ["http://news.example/1", "http://news.example/2"]
    assert wired.row("pushes") == (2,)
    assert websub_pushes.claim(wired.conn, 50, 60) == []


def test_a_push_that_no_worker_read_is_sent_again_and_in_the_end_polled_for(wired: Wired) -> None:
    wired.subscribe()
    wired.send(rss(2))
    assert len(websub_pushes.claim(wired.conn, 50, 60)) == 1
    assert websub_pushes.claim(wired.conn, 50, 60) == []
    wired.conn.execute("UPDATE pushes SET sent_at = sent_at - interval '61 s'")
    assert len(websub_pushes.claim(wired.conn, 50, 60)) == 1
    wired.conn.execute("UPDATE pushes SET received_at = received_at - interval '2 h'")
    wired.conn.execute("UPDATE feeds SET last_polled_at = last_polled_at - interval '1 h'")
    hubs.keep_up(wired.ctx)
    assert wired.rows("SELECT 1 FROM pushes") == []
    assert wired.rows("SELECT next_poll_at <= now(), next_poll_why FROM feeds") == [(True, "no worker could read what its hub sent")]


def test_a_push_that_is_no_feed_has_the_feed_polled_but_not_too_often(wired: Wired) -> None:
    wired.subscribe()
    wired.send(b"<html>Hello")
    with pytest.raises(Failure, match="not_a_feed"):
        wired.read()
    ((wait_s, why),) = wired.rows("SELECT extract(epoch FROM next_poll_at - last_polled_at), next_poll_why FROM feeds")
    assert (wait_s, why) == (wired.ctx.settings.poll.min_interval_s, "its hub sent something unreadable")


def test_bodies_and_their_number_are_limited(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    wired.subscribe()
    monkeypatch.setattr(websub_pushes, "MAX_UNREAD", 2)
    assert wired.send(b"x" * (wired.ctx.settings.poll.max_bytes + 1)).status_code == 413
    answers = [wired.send(rss(n)) for n in (2, 3, 4)]
    assert [one.status_code for one in answers] == [202, 202, 503]
    assert answers[2].headers["retry-after"] == "60"


def test_while_the_hub_sends_what_is_new_the_feed_is_polled_seldom_but_polled(wired: Wired) -> None:
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


def test_a_hub_that_loses_entries_is_relied_on_no_longer_until_it_mends(wired: Wired) -> None:
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
