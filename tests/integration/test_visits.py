"""Politeness, redirects, pauses and looks for changes through the real processes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store import links
from pipeline.store.trace import trace
from tests.integration.site import Web, article_html, web
from tests.integration.stack import stack, wait_until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
HTML = {"Content-Type": "text/html; charset=utf-8"}


def with_fetch(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update={"fetch": settings.fetch.model_copy(update=changes)})


def enqueue(conn: psycopg.Connection, *urls: str) -> None:
    links.enqueue(conn, [parse(url) for url in urls])


def state(conn: psycopg.Connection, url: str) -> str:
    link = links.find(conn, url)
    return link.state if link else ""


def gaps(site: Web, base: str) -> list[float]:
    return [later - earlier for earlier, later in pairwise(site.asked[base])]


def test_p18_s12_every_request_to_a_host_keeps_the_gap_redirects_from_elsewhere_too(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    polite = with_fetch(settings, min_gap_s=1.0)
    with web(hosts=3) as site:
        target, *shorteners = site.bases
        for base in shorteners:
            site.answers[f"{base}/go"] = lambda _, base=base: (302, {"Location": f"{target}/from-{base[-4:]}.html"}, b"")  # type: ignore[misc]
        enqueue(conn, *(f"{base}/go" for base in shorteners), f"{target}/1.html", f"{target}/2.html")
        with stack(polite, tmp_path / "logs", ("beat", "control", "fetch", "fetch2", "extract")) as running:
            wait_until(
                lambda: conn.execute("SELECT count(*) FROM links WHERE state = 'stored'").fetchone() == (4,),
                60,
                "4 articles",
                running.tails,
            )
        assert min(gaps(site, target)) >= 0.97, "robots.txt, pages, and what redirects bring: 5 requests, one gap between any two"
        assert len(site.asked[target]) == 5
        story = trace(conn, f"{shorteners[0]}/go")
        assert story
        assert story.link.host == parse(shorteners[0]).host
        assert conn.execute("SELECT count(*) FROM attempts WHERE outcome = 'moved'").fetchone() != (0,)
        assert conn.execute("SELECT count(*) FROM attempts WHERE number > 1").fetchone() == (0,), "waiting for a turn is no try"


def test_a_429_with_retry_after_pauses_its_host_for_all_workers_and_no_other(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    with web(hosts=2) as site:
        tired, fresh = site.bases
        once = iter([True])
        busy = lambda _: (429, {"Retry-After": "4"}, b"") if next(once, False) else (200, HTML, article_html(f"{tired}/0").encode())  # noqa: E731
        site.answers[f"{tired}/0.html"] = busy
        enqueue(conn, *(f"{tired}/{n}.html" for n in range(4)), *(f"{fresh}/{n}.html" for n in range(4)))
        with stack(settings, tmp_path / "logs", ("beat", "control", "fetch", "fetch2", "extract")) as running:
            wait_until(lambda: conn.execute("SELECT count(*) FROM articles").fetchone() == (7,), 60, "all others", running.tails)
        assert max(gaps(site, tired)) >= 3.9
        assert max(gaps(site, fresh)) < 3


def test_an_article_is_looked_at_again_and_what_changed_is_a_revision(settings: Settings, conn: psycopg.Connection, tmp_path: Path) -> None:
    watchful = with_fetch(settings, recheck_after_s=[1, 4])
    with web(hosts=1) as site:
        url = f"{site.bases[0]}/story.html"
        seen: list[str | None] = []
        versions = iter(["one", "two"])
        current = next(versions)

        def answer(headers: object) -> tuple[int, dict[str, str], bytes]:
            etag = headers.get("If-None-Match")  # type: ignore[attr-defined]
            seen.append(etag)
            if etag == f'"{current}"':
                return 304, {"ETag": etag}, b""
            return 200, HTML | {"ETag": f'"{current}"'}, article_html(url + current).encode()

        site.answers[url] = answer
        enqueue(conn, url)
        with stack(watchful, tmp_path / "logs", ("beat", "control", "fetch", "extract")) as running:
            wait_until(lambda: conn.execute("SELECT rechecks FROM articles").fetchone() == (1,), 60, "a first look", running.tails)
            assert conn.execute("SELECT count(*) FROM revisions").fetchone() == (0,)
            assert state(conn, url) == "stored"
            current = next(versions)
            wait_until(lambda: conn.execute("SELECT rechecks FROM articles").fetchone() == (2,), 60, "a second look", running.tails)
        assert seen == [None, '"one"', '"one"']
        assert state(conn, url) == "stored"
        assert conn.execute("SELECT count(*) FROM revisions").fetchone() == (1,)
        assert conn.execute("SELECT etag, recheck_at FROM articles").fetchone() == ('"two"', None)
