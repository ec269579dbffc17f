"""The faults that real feeds have, and what has to be read all the same.

tests/feeds/formats/malformed/ holds the documents, written for this project: `08-naked-ampersands.xml` is one, and `08-naked-ampersands.json` says
what comes out. `entries`: all of them in order, each with the fields that matter here; `listed`: address and guid of the articles that a poll
would make of them; `failure`: the code; `problem`: words of a sentence that the poll's history has; `partial`: the document is cut off.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.feeds.formats.model import Entry, Feed
from pipeline.feeds.formats.parse import parse
from pipeline.feeds.scheduling.schedule import FeedState
from pipeline.fetch.client import Response
from pipeline.jobs import PollJob
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.steps.feed_answer import read_feed
from tests.feeds.reader import HOST, NOW
from tests.paths import MALFORMED

URL = "https://news.example/feeds/all.xml"
CASES = sorted(MALFORMED.glob("*.json"))


def document(case: Path) -> bytes:
    (path,) = (path for path in case.parent.glob(f"{case.stem}.*") if path != case)
    return path.read_bytes()


def read(case: Path, expected: dict[str, Any]) -> Feed:
    headers = {name: expected[name] for name in ("content_type", "content_location") if name in expected}
    return parse(document(case), url=URL, **headers)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.stem) for case in CASES])
def test_a_malformed_feed_is_read_as_it_is_meant(case: Path) -> None:
    expected = json.loads(case.read_text())
    if code := expected.get("failure"):
        with pytest.raises(Failure) as caught:
            read(case, expected)
        assert caught.value.code == code
        return
    feed = read(case, expected)
    if "entries" in expected:
        assert [said(entry, wanted) for entry, wanted in zip(feed.entries, expected["entries"], strict=False)] == expected["entries"]
        assert len(feed.entries) == len(expected["entries"])
    if "listed" in expected:
        assert listed(document(case)) == expected["listed"]
    assert feed.partial == expected.get("partial", False)
    assert expected.get("problem", "") in " ".join(feed.problems)
    assert "problems" not in expected or len(feed.problems) == expected["problems"]
    assert feed.title == expected.get("feed_title", feed.title)


def said(entry: Entry, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the entry says in the fields that are looked at, as JSON would write it."""
    return {name: _said(entry, name, value) for name, value in wanted.items()}


def _said(entry: Entry, name: str, value: Any) -> Any:
    if name == "summary_has":
        return value if value in entry.summary else entry.summary
    found = getattr(entry, name)
    if name == "enclosures":
        return [enclosure.url for enclosure in found]
    if isinstance(found, datetime):
        return "now" if timedelta() <= datetime.now(UTC) - found < timedelta(minutes=5) else found.isoformat()
    return list(found) if isinstance(found, tuple) else found


def listed(body: bytes) -> list[list[str]]:
    response = Response(URL, URL, 200, {}, body, (), 0.1, 0.0)
    job = PollJob(1, uuid.uuid4(), URL, FeedState(), HOST, "w", NOW, False)
    return [[one.url.text, one.entry.guid] for one in read_feed(response, job, Settings()).listed]


def test_of_a_huge_feed_the_newest_entries_are_kept_and_the_rest_is_counted() -> None:
    items = "".join(
        f"<item><title>{n}</title><link>https://news.example/{n}</link><pubDate>{1_700_000_000 + n}</pubDate>"
        f"<description>{'It rained. ' * 20}</description></item>"
        for n in range(5000)
    )
    feed = parse(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode(), url=URL, max_entries=300)
    assert [entry.title for entry in feed.entries] == [str(n) for n in range(4700, 5000)]
    assert feed.problems == ("The 4700 oldest of 5000 entries were cut.",)
