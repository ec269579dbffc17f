"""Fuzzing of the feed parser with atheris, guided by the code that an input reaches.

    pip install atheris                       not in the locks: only this program needs it
    python -m tests.fuzz.feeds FOLDER [-max_total_time=600] [-rss_limit_mb=2048] [other options of libFuzzer]

FOLDER keeps the inputs that reached something new; it is filled with the malformed feeds of the tests where it is empty, and is better outside
the repository. Whatever the bytes, `parse` has to give a Feed whose texts Postgres can hold, or raise Failure not_a_feed or bad_feed. The
lenient reader runs in this process instead of a child of its own, and only for one input in sixteen, since it is a hundred times slower than
what is looked at here; what feedparser itself raises counts as the bad_feed that the child's death would be. An input that takes more than `-timeout` (10 s here) is a finding too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import atheris

from tests.paths import MALFORMED

with atheris.instrument_imports(include=["pipeline.feeds", "pipeline.normalise"]):
    from pipeline.feeds.formats import fallback, fallback_child
    from pipeline.feeds.formats.model import Entry, Feed, Origin
    from pipeline.feeds.formats.parse import parse
    from pipeline.outcomes import Failure

SEEDS = MALFORMED
DICTIONARY = Path(__file__).with_name("feeds.dict")
TYPES = (
    "",
    "text/xml",
    "application/rss+xml; charset=utf-8",
    "text/html; charset=iso-8859-1",
    "text/xml; charset=utf-16",
    "a; charset=gb2312",
)
MAX_BYTES = 8192
LENIENT_URL = "https://fuzz.example/lenient.xml"


LENIENT = 0xF0  # from this first byte on the lenient reader is asked


def leniently(text: str, origin: Origin) -> dict[str, Any]:
    if origin.url != LENIENT_URL:
        raise Failure("bad_feed", "The lenient reader is not asked.")
    try:
        found = fallback_child._read(text.encode("utf-8", "replace"), origin.url)
    except Exception as error:  # in its child it would be the child's end
        raise Failure("bad_feed", f"The feed is too broken to read ({type(error).__name__}).") from None
    result: dict[str, Any] = json.loads(json.dumps(found))
    return result


def one_input(data: bytes) -> None:
    """The first byte chooses the content type and whether the lenient reader may be asked, the rest is the body."""
    if not data:
        return
    url = LENIENT_URL if data[0] >= LENIENT else "https://fuzz.example/feeds/all.xml"
    found: Feed | Failure
    try:
        found = parse(data[1:], url=url, content_type=TYPES[data[0] % len(TYPES)], max_entries=50)
    except Failure as failure:
        found = failure
    if isinstance(found, Failure):
        assert found.code in ("not_a_feed", "bad_feed"), found
        assert found.detail.endswith("."), found
    else:
        check(found)


def check(feed: Feed) -> None:
    assert feed.kind in ("rss", "atom", "rdf", "json", "sitemap")
    assert len(feed.entries) <= 50
    assert feed.ttl_s is None or feed.ttl_s > 0
    assert feed.update_s is None or feed.update_s > 0
    assert feed.skip_hours <= set(range(24))
    assert feed.skip_days <= set(range(7))
    for text in (feed.title, feed.site_url, feed.language, feed.next_url, *feed.hubs, *feed.problems):
        storable(text)
    for entry in feed.entries:
        checked(entry)


def checked(entry: Entry) -> None:
    for text in (entry.guid, entry.url, entry.title, entry.summary, entry.content, entry.original_url, *entry.authors, *entry.tags):
        storable(text)
    assert "\n" not in entry.title
    for moment in (entry.published, entry.updated):
        assert moment is None or moment.utcoffset() is not None
    assert entry.published is None or entry.date_source
    for file in entry.enclosures:
        storable(file.url + file.type)
        assert file.length is None or 0 <= file.length < 2**63


def storable(text: str) -> None:
    assert "\x00" not in text
    text.encode()  # no half of a surrogate pair


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        for seed in SEEDS.iterdir():
            if seed.suffix != ".json":
                for first in (0, LENIENT):
                    (folder / f"{first:02x}-{seed.name}").write_bytes(bytes([first]) + seed.read_bytes()[: MAX_BYTES - 1])
    fallback._found = leniently  # type: ignore[assignment]
    atheris.Setup([*sys.argv, f"-max_len={MAX_BYTES}", "-timeout=10", f"-dict={DICTIONARY}", f"-artifact_prefix={folder}/"], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
