"""A scripted hub over HTTP, a feed that names it, the real store, the real callback."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from fastapi.testclient import TestClient

from pipeline.outcomes import Failure
from pipeline.settings import Settings, WebSub
from pipeline.store.feeds import websub, websub_pushes
from tests.feeds.kept import Kept, kept
from tests.feeds.reader import rss
from tests.fetch.server import Site, answer, serving
from web.app import create_app
from workers.context import Context
from workers.steps import websub as hubs

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
        for job in websub_pushes.claim(self.conn, 50, 60):
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
