"""Documents made to exhaust their reader: each ends in time, within bounded memory, as a feed or with a code."""

from __future__ import annotations

import resource
import subprocess
import sys

import psutil
import pytest

from pipeline.feeds.discovery import page_links
from pipeline.feeds.formats.parse import parse
from pipeline.outcomes import Failure

URL = "http://a.example/feed"
MEBIBYTES = 900  # of address space, of which an interpreter with the parser's libraries takes about 300
SMALL, LARGE = 500_000, 10_000_000

HEAD, END = '<rss version="2.0"><channel><title>x</title>', "</channel></rss>"


def filled(piece: str, size: int) -> str:
    return piece * (size // len(piece))


def numbered(piece: str, length: int, size: int) -> str:
    return "".join(map(piece.format, range(size // length)))


DOCUMENTS = {
    "comment openers": lambda size: f"{HEAD}<item><description>{filled('&lt;!-- ', size)}</description></item>{END}",
    "ampersands": lambda size: f"{HEAD}<item><description>{filled('R & D is ', size)}</description></item>{END}",
    "references": lambda size: f"{HEAD}<item><description>{filled('&nbsp;', size)}</description></item>{END}",
    "controls": lambda size: f"{HEAD}<item><description>{filled(chr(1), size)}</description></item>{END}",
    "attributes": lambda size: HEAD + "<item " + numbered("a{}='' ", 11, size) + "/>" + END,
    "elements": lambda size: f"{HEAD}<item>{filled('<b>bold</b>', size)}</item>{END}",
    "marks on letters": lambda size: f"{HEAD}<item><title>{filled(chr(0x301), size // 2)}</title></item>{END}",
    "json": lambda size: '{"items": [' + filled('{"id":1,"tags":["a","b"]},', size) + '{"id": 2}]}',
    "json tags": lambda size: '{"items": [{"id":1,"tags":[' + numbered('"{}",', 10, size) + '"x"]}]}',
    "short tags": lambda size: filled("<a/>", size),
}


def code(body: bytes, limit_s: float = 20.0) -> str:
    try:
        return parse(body, url=URL, limit_s=limit_s).kind
    except Failure as failure:
        return failure.code


@pytest.mark.parametrize("name", DOCUMENTS)
def test_half_a_megabyte_of_anything_is_a_feed_or_a_failure(name: str) -> None:
    assert code(DOCUMENTS[name](SMALL).encode()) in ("rss", "json", "bad_feed", "not_a_feed")


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_ten_megabytes_of_anything_end_in_time_and_in_bounded_memory(name: str) -> None:
    """In a child, since only a process has limits; it exits with 0 where the document became a feed or a Failure."""
    ended = subprocess.run([sys.executable, "-m", __name__, name], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.strip() in ("rss", "json", "bad_feed", "not_a_feed")


def test_an_item_inside_an_item_is_a_part_of_it_and_not_read_twice() -> None:
    nested = f"{HEAD}{'<item><description><b>' * 200}{filled('rain ', 200_000)}{'</b></description></item>' * 200}{END}"
    feed = parse(nested.encode(), url=URL)
    assert len(feed.entries) == 1
    assert len(feed.entries[0].summary) < 2 * len(nested)


def test_reading_stops_between_two_entries_when_the_time_is_over() -> None:
    nested = "".join(f"<a xml:base='{'x' * 3000}{n}/'>" for n in range(300))
    body = f"<rss>{nested}{'<item><link>y</link></item>' * 30_000}{'</a>' * 300}</rss>".encode()
    with pytest.raises(Failure, match="longer to read than"):
        parse(body, url=URL, limit_s=0.5)


def test_the_lenient_reader_is_killed_when_the_time_is_over() -> None:
    before = set(psutil.Process().children())
    with pytest.raises(Failure, match="longer to read leniently"):
        parse(f"{HEAD}<item><description>{'<a x=' * 100_000}</description></item>{END}".encode(), url=URL, limit_s=1)
    assert set(psutil.Process().children()) <= before


def test_no_address_and_no_file_is_opened_by_the_lenient_reader(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given the text of a document, even where that is the name of a file; and its folder has modules with names of Python's own."""
    monkeypatch.chdir(tmp_path)
    feed = parse(f"{HEAD}<item><title>/etc/passwd<br></title><link>http://127.0.0.1:9/</link></item>{END}".encode(), url=URL)
    assert [(entry.title, entry.url) for entry in feed.entries] == [("/etc/passwd", "http://127.0.0.1:9/")]


def test_341_kb_of_comment_openers_are_text() -> None:
    """What feedparser's sanitiser takes a quarter of a minute for."""
    feed = parse(f"{HEAD}<item><description>{filled('&lt;!--', 341_000)}</description></item>{END}".encode(), url=URL, limit_s=10)
    assert feed.entries[0].summary == "<!--" * (341_000 // 7)


def test_a_page_with_a_million_attributes_is_looked_at_for_feeds_all_the_same() -> None:
    """libxml2 takes hours for them; the page comes where a feed was asked for."""
    page = '<html><link rel="alternate" type="application/rss+xml" href="/rss"><a ' + numbered("a{}=1 ", 9, LARGE) + ">"
    assert [link.url for link in page_links.find(page.encode(), URL)] == ["http://a.example/rss"]


if __name__ == "__main__":
    document = DOCUMENTS[sys.argv[1]](LARGE).encode()
    resource.setrlimit(resource.RLIMIT_AS, (MEBIBYTES * 2**20, MEBIBYTES * 2**20))
    print(code(document))
