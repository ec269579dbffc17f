"""Politeness, redirects, pauses and looks for changes through the real processes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psycopg

from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.links import links
from pipeline.store.links.trace import trace
from tests.integration.site import LATE_S, Web, article_html, web
from tests.integration.stack import stack, wait_until

HTML = {"Content-Type": "text/html; charset=utf-8"}
Answer = tuple[int, dict[str, str], bytes]


def with_fetch(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update={"fetch": settings.fetch.model_copy(update=changes)})


def enqueue(conn: psycopg.Connection, *urls: str) -> None:
    links.enqueue(conn, [parse(url) for url in urls])


def state(conn: psycopg.Connection, url: str) -> str:
    link = links.find(conn, url)
    return link.state if link else ""


def gaps(site: Web, base: str) -> list[float]:
    return [later - earlier for earlier, later in pairwise(site.asked[base])]


def test_every_request_to_a_host_keeps_the_gap_redirects_from_elsewhere_too(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    polite = with_fetch(settings, min_gap_s=1.0, latency_factor=0.0)
    with web(hosts=3) as site:
        target, *shorteners = site.bases
        led_here = threading.Barrier(3)

        def lead(base: str) -> Answer:
            led_here.wait(120)
            return 302, {"Location": f"{target}/from-{base[-4:]}.html"}, b""

        for base in shorteners:
            site.answers[f"{base}/go"] = lambda _, base=base: lead(base)  # type: ignore[misc]
        # So both redirects come while the target is being asked or its gap runs.
        held = iter([led_here.wait])

        def page(url: str) -> Answer:
            if wait := next(held, None):
                wait(30)
            return 200, HTML, article_html(url).encode()

        for name in ("1", "2"):
            site.answers[f"{target}/{name}.html"] = lambda _, url=f"{target}/{name}.html": page(url)  # type: ignore[misc]
        enqueue(conn, *(f"{base}/go" for base in shorteners), f"{target}/1.html", f"{target}/2.html")
        with stack(polite, tmp_path / "logs", ("beat", "control", "fetch", "fetch2", "extract")) as running:
            wait_until(lambda: _stored(conn) == 4, 180, "4 articles", running.tails)
        assert min(gaps(site, target)) >= 1.0 - LATE_S, "robots.txt, pages, and what redirects bring: 5 requests, one gap between any two"
        assert len(site.asked[target]) == 5
        story = trace(conn, f"{shorteners[0]}/go")
        assert story
        assert story.link.host == parse(shorteners[0]).host
        assert conn.execute("SELECT count(*) FROM attempts WHERE outcome = 'moved'").fetchone() != (0,)
        assert conn.execute("SELECT count(*) FROM attempts WHERE number > 1").fetchone() == (0,), "waiting for a turn is no try"


def test_a_429_with_retry_after_pauses_its_host_for_all_workers_and_no_other(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    pause_s = 6.0
    with web(hosts=2) as site:
        tired, fresh = site.bases
        refused: list[str] = []
        paused = threading.Event()

        def busy_at_first(url: str) -> Callable[[object], Answer]:
            def answer(_: object) -> Answer:
                if refused:
                    return 200, HTML, article_html(url).encode()
                refused.append(url)
                paused.set()
                return 429, {"Retry-After": f"{pause_s:.0f}"}, b""

            return answer

        tired_pages, fresh_pages = ([f"{base}/{n}.html" for n in range(count)] for base, count in ((tired, 4), (fresh, 8)))
        site.answers |= {url: busy_at_first(url) for url in tired_pages}  # whichever comes first

        def once_paused(url: str) -> Callable[[object], Answer]:
            """The other host brings its pages while the first is left alone, however busy the machine is."""
            return lambda _: (200 if paused.wait(60) else 500, HTML, article_html(url).encode())

        site.answers |= {url: once_paused(url) for url in fresh_pages}
        enqueue(conn, *tired_pages, *fresh_pages)
        with stack(settings, tmp_path / "logs", ("beat", "control", "fetch", "fetch2", "extract")) as running:
            wait_until(lambda: _stored(conn) >= 11, 180, "all others", running.tails)
        _, asked, *later = site.asked[tired]  # robots.txt, the page that was refused, the three others
        assert min(later) - asked >= pause_s
        assert sum(asked < at < min(later) for at in site.asked[fresh]) >= 3, "the other host is visited all the while"
        assert conn.execute("SELECT code FROM attempts WHERE outcome = 'retry'").fetchall() == [("http_429",)]


def test_an_article_is_looked_at_again_and_what_changed_is_a_revision(settings: Settings, conn: psycopg.Connection, tmp_path: Path) -> None:
    watchful = with_fetch(settings, recheck_after_s=[1, 4])
    with web(hosts=1) as site:
        url = f"{site.bases[0]}/story.html"
        seen: list[str | None] = []

        def answer(headers: object) -> Answer:
            seen.append(headers.get("If-None-Match"))  # type: ignore[attr-defined]
            current = "one" if len(seen) < 3 else "two"
            if seen[-1] == f'"{current}"':
                return 304, {"ETag": seen[-1]}, b""
            return 200, HTML | {"ETag": f'"{current}"'}, article_html(url + current).encode()

        site.answers[url] = answer
        enqueue(conn, url)
        with stack(watchful, tmp_path / "logs", ("beat", "control", "fetch", "extract")) as running:
            wait_until(lambda: conn.execute("SELECT rechecks FROM articles").fetchone() == (2,), 180, "a second look", running.tails)
        assert seen == [None, '"one"', '"one"']
        assert state(conn, url) == "stored"
        assert conn.execute("SELECT status FROM attempts WHERE stage = 'fetch' ORDER BY id").fetchall() == [(200,), (304,), (200,)]
        (earlier,) = conn.execute("SELECT text FROM revisions").fetchall()
        assert _first_words(url + "one") in earlier[0]
        assert conn.execute("SELECT etag, recheck_at FROM articles").fetchone() == ('"two"', None)


def _stored(conn: psycopg.Connection) -> int:
    (count,) = conn.execute("SELECT count(*) FROM links WHERE state = 'stored'").fetchone() or (0,)
    return int(count)


def _first_words(url: str) -> str:
    html = article_html(url)
    return html[html.index("<p>") + 3 :][:60]
