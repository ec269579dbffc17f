"""WebSub through the real processes: a hub is asked, verifies and sends, and what it sent is stored."""

from __future__ import annotations

import hashlib
import hmac
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import psycopg

from cli.local.up import environment
from pipeline.settings import Settings, WebSub
from pipeline.store.feeds import feeds, websub
from tests.feeds.reader import rss
from tests.fetch.server import Site, answer, page, serving
from tests.integration.site import article_html
from tests.integration.stack import stack, wait_until
from tests.paths import REPOSITORY
from tests.support.ports import free_port


def hub(site: Site, sent: bytes) -> None:
    """Let /hub of the site verify what it is asked for, and send the bytes once it is subscribed to."""

    def verify_and_send(asked: dict[str, str]) -> None:
        said = {name: asked[name] for name in ("hub.mode", "hub.topic", "hub.lease_seconds")} | {"hub.challenge": "xyz"}
        with urllib.request.urlopen(f"{asked['hub.callback']}?{urlencode(said)}", timeout=60) as answered:
            assert answered.read() == b"xyz"
        signed = hmac.new(asked["hub.secret"].encode(), sent, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": f"sha256={signed}"}
        with urllib.request.urlopen(urllib.request.Request(asked["hub.callback"], sent, headers), timeout=60) as answered:
            assert answered.status == 202

    def accept(conn: socket.socket) -> None:
        asked = {name: values[0] for name, values in parse_qs(site.posted[-1][1].decode()).items()}
        threading.Thread(target=verify_and_send, args=(asked,), daemon=True).start()
        conn.sendall(answer(b"", "202 Accepted"))

    site.script["/hub"] = accept


@contextmanager
def web(settings: Settings, logs: Path) -> Iterator[None]:
    with (logs / "web.log").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "web"], cwd=REPOSITORY, env=environment(settings), stdout=out, stderr=out)
    try:
        wait_until(lambda: _answers(f"{settings.websub.callback_url}/healthz"), 120, "the web process")
        yield
    finally:
        process.terminate()
        process.wait(120)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def test_what_a_hub_sends_is_stored_and_the_feed_was_polled_once(settings: Settings, conn: psycopg.Connection, tmp_path: Path) -> None:
    port = free_port()
    public = settings.model_copy(
        update={"websub": WebSub(callback_url=f"http://127.0.0.1:{port}"), "web": settings.web.model_copy(update={"port": port})}
    )
    with serving({}) as site, web(public, tmp_path):
        links = f"<link xmlns='http://www.w3.org/2005/Atom' rel='hub' href='{site.url('/hub')}'/>"
        told = {n: rss(n, channel=links).replace(f"http://news.example/{n}<".encode(), f"{site.url(f'/{n}')}<".encode()) for n in (1, 2)}
        site.script |= {"/f": answer(told[1], "200 OK", "Content-Type: application/rss+xml", 'ETag: "1"')}
        site.script |= {f"/{n}": page(article_html(str(n)).encode()) for n in (1, 2)}
        hub(site, told[2])
        feeds.add(conn, site.url("/f"))
        with stack(public, tmp_path / "logs") as running:
            wait_until(lambda: conn.execute("SELECT 1 FROM feeds WHERE hub <> ''").fetchone() is not None, 120, "a poll", running.tails)
            assert websub.keep_up(conn, public.websub.callback_url) == (1, 0)
            stored = "SELECT 1 FROM articles a JOIN links l ON l.id = a.link_id WHERE l.url LIKE '%/2'"
            wait_until(lambda: conn.execute(stored).fetchone() is not None, 120, "what the hub sent", running.tails)
        assert conn.execute("SELECT state, pushes FROM subscriptions").fetchone() == ("active", 1)
        assert conn.execute("SELECT count(*) FROM pushes").fetchone() == (0,)
        assert site.paths().count("/f") == 1
