"""How a case of feeds is tried: what is made of its input, and what of that is not as the case says.

A case is a JSON object with a `kind`, an `expect` and what its kind needs; the input, where there is one, is a file beside it.
"""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import socket
from typing import Any

from pipeline.feeds import opml
from pipeline.feeds.discovery import feed_search, page_links
from pipeline.feeds.formats.parse import parse
from pipeline.feeds.options import NOTHING_SET
from pipeline.fetch.client import Client
from pipeline.normalise import urls
from pipeline.outcomes import Failure
from pipeline.settings import Fetch, Settings
from pipeline.steps.feed_answer import read_push
from tests.fetch.server import answer, serving

Case = dict[str, Any]
Said = tuple[str, Any, Any]  # what is looked at, what was found, what was expected


def faults(case: Case, folder: Path) -> list[str]:
    """A sentence for everything that is not as the case says."""
    body = (folder / case["input"]).read_bytes() if "input" in case else b""
    said = list(_KINDS[case["kind"]](case, body))
    untried = case["expect"].keys() - {what for what, _, _ in said}
    return [f"{what}: found {found!r}, expected {wanted!r}" for what, found, wanted in said if found != wanted] + [
        f"{what}: nobody looks at it" for what in sorted(untried)
    ]


def _parse(case: Case, body: bytes) -> Iterator[Said]:
    expect = case["expect"]
    try:
        feed = parse(body, url=case["url"], content_type=case.get("content_type", ""))
    except Failure as failure:
        yield "failure", failure.code, expect.get("failure", "")
        return
    entries = feed.entries
    found: dict[str, Callable[[], Any]] = {
        "entries": lambda: len(entries),
        "title": lambda: feed.title,
        "urls": lambda: [entry.url for entry in entries],
        "titles": lambda: [entry.title for entry in entries],
        "published": lambda: [entry.published and entry.published.isoformat() for entry in entries],
        "updated": lambda: [entry.updated and entry.updated.isoformat() for entry in entries],
        "titles_has": lambda: [[place, entries[place].title] for place, _ in expect["titles_has"] if place < len(entries)],
        "listed": lambda: len(read_push(body, case.get("content_type", ""), case["url"], 1, NOTHING_SET, Settings())),
    }
    for what, wanted in expect.items():
        if what == "sitemaps_at_least_or_said":
            yield what, wanted if len(feed.sitemaps) >= wanted or feed.problems else 0, wanted
        elif what == "keys_of":
            yield what, [urls.parse(entry.url).key_text for entry in entries], [urls.parse(url).key_text for url in wanted]
        elif what in found:
            yield what, found[what](), wanted


def _discover(case: Case, body: bytes) -> Iterator[Said]:
    found = [link.url for link in page_links.find(body, case["url"])]
    expect = case["expect"]
    yield from (
        (what, value, expect[what])
        for what, value in (("first", found[0] if found else ""), ("all", found), ("count", len(found)))
        if what in expect
    )


def _search(case: Case, body: bytes) -> Iterator[Said]:
    expect = case["expect"]
    with serving({}) as site:
        site.script.update({path: _in_order(answers, site.url("")) for path, answers in case["routes"].items()})
        settings = Settings(fetch=Fetch(allow_networks=["127.0.0.0/8"], min_gap_s=0, contact="https://newsmill.test/bot"))
        client = Client(settings.fetch)
        try:
            found = feed_search.search(client, site.url(case["path"]), settings).found
            works = bool(found) and bool(feed_search.read(client, found[0].url, settings).feed)
        except Failure as failure:
            yield "found", failure.detail, expect
            return
        finally:
            client.close()
        paths = [one.url.removeprefix(site.url("")) for one in found]
    for what, wanted in expect.items():
        if what == "found_include":
            yield what, wanted if wanted in paths else paths, wanted
        elif what == "first_works":
            yield what, works, wanted
        elif what == "found":
            yield what, paths, wanted
        elif what == "count":
            yield what, len(paths), wanted


def _in_order(answers: list[dict[str, Any]], base: str) -> Callable[[socket], None]:
    """Sends the answers one after the other, and the last from then on."""
    lock, count = threading.Lock(), itertools.count()

    def send(conn: socket) -> None:
        with lock:
            one = answers[min(next(count), len(answers) - 1)]
        headers = [f"{name}: {value.replace('{base}', base)}" for name, value in one["headers"]]
        body = base64.b64decode(one["body"]).replace(b"{base}", base.encode())
        conn.sendall(answer(body, one["status"], *headers, "Connection: close"))

    return send


def _opml(case: Case, body: bytes) -> Iterator[Said]:
    outlines, problems = opml.read(body)
    expect = case["expect"]
    found = [outline.url for outline in outlines]
    for what, wanted in expect.items():
        if what == "urls":
            yield what, found, wanted
        elif what == "urls_include":
            yield what, [url for url in wanted if url in found], wanted
        elif what == "urls_any":
            yield what, wanted if any(url in found for url in wanted) else found, wanted
        elif what == "tags":
            yield what, [list(outline.tags) for outline in outlines], wanted
        elif what == "problems":
            yield what, len(problems), wanted


def _keys(case: Case, body: bytes) -> Iterator[Said]:
    yield "distinct", len({urls.parse(url).key for url in case["urls"]}), case["expect"]["distinct"]


_KINDS: dict[str, Callable[[Case, bytes], Iterator[Said]]] = {
    "parse": _parse,
    "discover": _discover,
    "search": _search,
    "opml": _opml,
    "keys": _keys,
}
