"""What it costs to read a feed: newsmill, feedparser as it comes, and feedparser in raw mode, on the same documents.

    python benchmarks/feeds/feeds_parse.py [FOLDER] [--rounds N]

FOLDER holds feed files (.xml, .rss, .atom, .rdf, .feed); without one, 60 feeds are made in the sizes and manners of real ones. Each document is
read by one after the other, N times by each, and the best time counts: processor time, that of child processes included, so that a busy machine is unjust
to nobody. feedparser gets a BytesIO: handed bytes it first looks for a file of that name. Prints the milliseconds a feed (median, 90th percentile, largest), the megabytes a second, and how many
times faster than feedparser newsmill is at the median feed; then the feeds in which newsmill finds fewer entries.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.sax import SAXException
from xml.sax.expatreader import create_parser
from xml.sax.handler import ContentHandler, feature_external_ges, feature_external_pes

import feedparser

from pipeline.feeds.formats.parse import parse
from pipeline.outcomes import Failure

KINDS = {".xml", ".rss", ".atom", ".rdf", ".feed"}
WORDS = [
    "the",
    "council",
    "river",
    "bridge",
    "said",
    "on",
    "after",
    "town",
    "people",
    "who",
    "new",
    "year",
    "more",
    "than",
    "city",
    "government",
    "would",
    "could",
    "their",
    "market",
    "water",
    "plan",
]
PARAGRAPHS = 18  # of an article
URL = "http://feeds.example/all.xml"


@dataclass
class Timed:
    """A document, whether it is well-formed XML, and of each reader the best time in seconds and the number of entries it found."""

    name: str
    size: int
    well_formed: bool
    seconds: dict[str, float]
    entries: dict[str, int]


def newsmill(body: bytes) -> int:
    try:
        return len(parse(body, url=URL, max_entries=100_000).entries)
    except Failure:
        return 0


def feedparser_default(body: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(body)).entries)


def feedparser_raw(body: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries)


READERS: dict[str, Callable[[bytes], int]] = {
    "newsmill": newsmill,
    "feedparser": feedparser_default,
    "feedparser raw": feedparser_raw,
}


def timed(name: str, body: bytes, rounds: int) -> Timed:
    found = Timed(name, len(body), well_formed(body), dict.fromkeys(READERS, float("inf")), {})
    for reader, read in READERS.items():
        for _ in range(rounds):
            began = spent()
            found.entries[reader] = read(body)
            found.seconds[reader] = min(found.seconds[reader], spent() - began)
    return found


def spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def well_formed(body: bytes) -> bool:
    parser = create_parser()
    parser.setFeature(feature_external_ges, False)
    parser.setFeature(feature_external_pes, False)
    parser.setContentHandler(ContentHandler())
    try:
        parser.parse(io.BytesIO(body))
    except (SAXException, ValueError):
        return False
    return True


def report(documents: list[Timed], heading: str) -> None:
    if not documents:
        return
    size = sum(document.size for document in documents)
    print(f"\n{heading}: {len(documents)} feeds, {size / 1e6:.1f} MB, {sum(d.entries['newsmill'] for d in documents)} entries")
    print(f"{'':16}{'median ms':>10}{'p90':>9}{'max':>9}{'MB/s':>8}{'total s':>9}")
    for reader in READERS:
        ms = sorted(document.seconds[reader] * 1000 for document in documents)
        total = sum(ms) / 1000
        p90 = ms[min(len(ms) - 1, round(0.9 * len(ms)))]
        print(f"{reader:16}{statistics.median(ms):10.2f}{p90:9.1f}{ms[-1]:9.1f}{size / 1e6 / total:8.1f}{total:9.2f}")
    for reader in list(READERS)[1:]:
        ratios = [document.seconds[reader] / document.seconds["newsmill"] for document in documents]
        whole = sum(d.seconds[reader] for d in documents) / sum(d.seconds["newsmill"] for d in documents)
        medians = statistics.median(d.seconds[reader] for d in documents) / statistics.median(d.seconds["newsmill"] for d in documents)
        print(
            f"{reader} / newsmill: {statistics.median(ratios):.1f} times at the median feed (least {min(ratios):.1f}), "
            f"{medians:.1f} between the medians, {whole:.1f} over all"
        )


def folder(path: Path) -> list[tuple[str, bytes]]:
    return [(found.name, found.read_bytes()) for found in sorted(path.rglob("*")) if found.suffix.lower() in KINDS and found.is_file()]


def made(rand: random.Random, count: int = 60) -> list[tuple[str, bytes]]:
    """Feeds as news sites have them: RSS and Atom of 10 to 100 items; half with a teaser, half with the full text, as CDATA or escaped. They have
    200 kB on average, about as much as 200 real ones of 2026 had."""
    return [(f"made-{n:02}", _feed(rand, items=rand.choice((10, 20, 20, 30, 50, 100)), full=bool(n % 2), kind=n % 5)) for n in range(count)]


def _feed(rand: random.Random, items: int, full: bool, kind: int) -> bytes:
    if kind == 4:
        head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>River Gazette</title><link href="http://gazette.example/"/><id>urn:x</id>'
        return (head + "".join(_atom(rand, n, full) for n in range(items)) + "</feed>").encode()
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom">'
        "<channel><title>River Gazette</title><link>http://gazette.example/</link><ttl>30</ttl><language>en</language>"
    )
    return (head + "".join(_item(rand, n, full, cdata=kind % 2 == 0) for n in range(items)) + "</channel></rss>").encode()


def _item(rand: random.Random, n: int, full: bool, cdata: bool) -> str:
    def wrapped(html: str) -> str:
        return f"<![CDATA[{html}]]>" if cdata else escape(html)

    content = f"<content:encoded>{wrapped(_html(rand, PARAGRAPHS))}</content:encoded>" if full else ""
    tags = "".join(f"<category>{wrapped(_words(rand, 1))}</category>" for _ in range(rand.randint(0, 6)))
    return (
        f"<item><title>{wrapped(_words(rand, 9))}</title><link>http://gazette.example/2026/11/{n}-{_words(rand, 5).replace(' ', '-')}</link>"
        f'<guid isPermaLink="false">http://gazette.example/?p={n}</guid><pubDate>Mon, 02 Nov 2026 08:{n % 60:02}:00 +0100</pubDate>'
        f"<dc:creator>{wrapped(_words(rand, 2).title())}</dc:creator>{tags}<description>{wrapped(_html(rand, 1))}</description>{content}"
        f'<media:content url="http://gazette.example/{n}.jpg" medium="image"><media:title type="html">{_words(rand, 6)}</media:title></media:content></item>'
    )


def _atom(rand: random.Random, n: int, full: bool) -> str:
    content = f'<content type="html">{escape(_html(rand, PARAGRAPHS))}</content>' if full else ""
    return (
        f'<entry><title>{_words(rand, 9)}</title><link href="http://gazette.example/{n}"/><id>tag:gazette.example,2026:{n}</id>'
        f"<updated>2026-11-02T08:{n % 60:02}:00Z</updated><published>2026-11-02T08:00:00Z</published><author><name>{_words(rand, 2).title()}</name>"
        f'</author><summary type="html">{escape(_html(rand, 1))}</summary>{content}</entry>'
    )


def _html(rand: random.Random, paragraphs: int) -> str:
    """Text in the manner of a content management system: a photo with its sizes, and paragraphs with links and emphasis."""
    photo = f"http://gazette.example/wp-content/uploads/2026/11/{rand.randint(1, 9999)}"
    sizes = ", ".join(f"{photo}-{width}x{width * 2 // 3}.jpg {width}w" for width in (300, 768, 1024, 1536))
    image = (
        f'<p><img width="1024" height="683" src="{photo}.jpg" class="attachment-large size-large wp-post-image" alt="{_words(rand, 6)}" '
        f'decoding="async" srcset="{sizes}" sizes="(max-width: 1024px) 100vw, 1024px" /></p>\n'
    )
    return image + "".join(
        f"<p>{_words(rand, rand.randint(15, 45))} "
        f'<a href="/topic/{_words(rand, 1)}" target="_blank" rel="noopener"><em>{_words(rand, 3)}</em></a> {_words(rand, 10)}, '
        f"<strong>{_words(rand, 2)}</strong> {_words(rand, 8)}.&nbsp;{_words(rand, 5)}&#8217;s</p>\n"
        for _ in range(paragraphs)
    )


def _words(rand: random.Random, count: int) -> str:
    return " ".join(rand.choices(WORDS, k=count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of feed files")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    documents = folder(options.folder) if options.folder else made(random.Random(1))
    if not documents:
        parser.error(f"There are no feed files ({', '.join(sorted(KINDS))}) in {options.folder}.")
    found = [timed(name, body, options.rounds) for name, body in documents]
    report([one for one in found if one.well_formed], "well-formed")
    report([one for one in found if not one.well_formed], "not well-formed")
    for one in found:
        if one.entries["newsmill"] < one.entries["feedparser"]:
            print(f"{one.name}: newsmill finds {one.entries['newsmill']} entries, feedparser {one.entries['feedparser']}")


if __name__ == "__main__":
    main()
