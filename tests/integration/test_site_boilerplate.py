"""A site with its boilerplate on every page, through the real processes: texts come out clean, and `reextract` cleans the first ones."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message
from pathlib import Path

import psycopg

from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.extraction import reextracting
from pipeline.store.links import links
from tests.extract.boilerplate import BOX, COPYRIGHT, DONATE, NEWSLETTER, SHARE, story
from tests.extract.pages import page
from tests.integration.site import web
from tests.integration.stack import stack, wait_until
from workers.processes.child_pool import extract_again

COUNT = 12
FIRST = 4  # the third article is the first that can be clean, and two processes work at once


def answer(number: int) -> Callable[[Message], tuple[int, dict[str, str], bytes]]:
    own = story(number)
    body = page((SHARE, *own[:3], NEWSLETTER, *own[3:], BOX, DONATE, COPYRIGHT), title=f"The {number}th story of the harbour").encode()
    return lambda _: (200, {"Content-Type": "text/html; charset=utf-8"}, body)


def test_texts_come_out_clean_and_whole(settings: Settings, conn: psycopg.Connection, tmp_path: Path) -> None:
    with web(hosts=1) as site, stack(settings, tmp_path / "logs", ("beat", "control", "fetch", "extract")) as running:
        urls = {f"{site.bases[0]}/story-{number}.html": number for number in range(COUNT)}
        site.answers.update({url: answer(number) for url, number in urls.items()})
        links.enqueue(conn, [parse(url) for url in urls])
        wait_until(lambda: conn.execute("SELECT count(*) FROM articles").fetchone() == (COUNT,), 180, "the articles", running.tails)
        texts = conn.execute("SELECT url, text FROM articles ORDER BY created_at").fetchall()
        assert all(text.split("\n") == story(urls[url]) for url, text in texts[FIRST:])
        assert any(BOX in text for _, text in texts[:FIRST]), "else the extraction does it by itself, and this test says nothing"
        found = list(extract_again(reextracting.link_ids(conn, reextracting.Scope()), settings, apply=True, processes=2))
        assert {outcome.what for outcome in found} == {"same", "changed"}
        texts = conn.execute("SELECT url, text FROM articles").fetchall()
        assert [url for url, text in texts if text.split("\n") != story(urls[url])] == []
        assert conn.execute("SELECT count(*) FROM site_paragraphs").fetchone() == (COUNT,)
        assert set(running.stop().values()) == {0}, "no worker was disturbed"
