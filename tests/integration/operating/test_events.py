"""What Flower shows: every task by its name, its URL, and the state that it came to."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path

import psycopg

from pipeline.normalise.urls import parse
from pipeline.settings import Retry, Settings
from pipeline.store.feeds import feeds
from tests.integration.site import web
from tests.integration.stack import stack, wait_until
from workers import dispatch
from workers.broker import sender


class Watcher(threading.Thread):
    """Takes in events as Flower does: the shown arguments and the states of each task."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(daemon=True)
        self.settings, self.states, self.shown, self.done = settings, defaultdict[str, list[str]](list), dict[str, str](), False

    def run(self) -> None:
        app = sender(self.settings.redis_url)
        with app.connection_for_read() as connection:
            receiver = app.events.Receiver(connection, handlers={"*": self.take})
            while not self.done:
                try:
                    for _ in receiver.itercapture(limit=None, timeout=1, wakeup=False):
                        pass
                except TimeoutError:
                    pass

    def take(self, event: dict[str, str]) -> None:
        if event["type"] in ("task-received", "task-succeeded", "task-failed", "task-retried"):
            self.states[event["uuid"]].append(event["type"])
            if event["type"] == "task-received":
                self.shown[event["uuid"]] = f"{event['name']}{event['args']}"

    def story(self) -> dict[str, list[str]]:
        told: dict[str, list[str]] = defaultdict(list)
        for uuid, shown in list(self.shown.items()):
            told[shown] += [state.removeprefix("task-") for state in self.states[uuid]]
        return told


def test_flower_sees_success_retry_and_failure_by_url(conn: psycopg.Connection, settings: Settings, tmp_path: Path) -> None:
    fetch = settings.fetch.model_copy(update={"honour_robots": False})
    config = settings.model_copy(update={"retry": Retry(delays_s=[1], late_s=[]), "fetch": fetch})
    with web(hosts=1) as site, stack(config, tmp_path / "logs") as running:
        watcher = Watcher(settings)
        watcher.start()
        good, dead = site.bases[0] + "/a/1.html", "http://127.0.0.1:9/never"
        (feed,) = site.feeds("a", 1)
        feeds.add(conn, feed)
        dispatch.enqueue(conn, [parse(good), parse(dead)], config)
        wanted = {
            f"poll_feed({feed})": ["received", "succeeded"],
            f"fetch_page({good})": ["received", "succeeded"],
            f"extract_article({good})": ["received", "succeeded"],
            f"fetch_page({dead})": ["received", "retried", "received", "failed"],
        }
        wait_until(
            lambda: all(sorted(watcher.story().get(task, [])) == sorted(states) for task, states in wanted.items()),
            120,
            "the events",
            lambda: f"{watcher.story()}",
        )
        watcher.done = True
        watcher.join(120)
        assert not any(shown.startswith("dispatch") for shown in watcher.shown.values()), "ticks would crowd out everything else"
        assert "Traceback" not in running.tails()
        assert conn.execute("SELECT state, code FROM links WHERE url = %s", (dead,)).fetchone() == ("failed", "connect")
