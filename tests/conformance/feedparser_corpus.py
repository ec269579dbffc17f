"""Our reader against feedparser's, on feedparser's own test files: the same entries with the same links and titles.

    python -m tests.conformance.feedparser_corpus PATH

PATH is the `tests` folder of a checkout of feedparser (feedparser_corpus.sh fetches one and runs this). Each file is read from its bytes by
both, with the HTTP headers that stand in its comment. Titles are compared as plain text, links with scheme and host in one spelling. What
differs has to be listed below with the reason; anything else, or more than 2 %, is a failure.
"""

from __future__ import annotations

import html
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import ada_url
import feedparser

from pipeline.feeds.formats.parse import parse
from pipeline.outcomes import Failure

FOLDERS = ("wellformed", "illformed", "encoding", "entities", "json")
SHARE = 0.02  # of the files that may differ
URL = "http://corpus.example/feed.xml"

_GUESSED = "names no encoding; feedparser without chardet reads it as cp1252, we ask a detector"
_ID = "feedparser takes any id for a link, resolved or not; we only one that is a web address, since an opaque id is never fetched"
_ABOUT = "feedparser gives no link; RSS 1.0 has it in rdf:about"
_NO_ALTERNATE = "feedparser 6.0.14 gives the enclosure; the file itself expects the alternate link, as we give"
ARGUED = {
    "illformed/chardet/eucjp.xml": _GUESSED,
    "illformed/chardet/euckr.xml": _GUESSED,
    "illformed/chardet/gb2312.xml": _GUESSED,
    "illformed/chardet/koi8r.xml": _GUESSED,
    "illformed/chardet/shiftjis.xml": _GUESSED,
    "illformed/rdf_channel_empty_textinput.xml": _ABOUT,
    "wellformed/rdf/rdf_item_description.xml": _ABOUT,
    "wellformed/rdf/rdf_item_rdf_about.xml": _ABOUT,
    "wellformed/rdf/rdf_item_title.xml": _ABOUT,
    "wellformed/atom/entry_link_no_href_link_priority.xml": _NO_ALTERNATE,
    "wellformed/atom/entry_link_rel_enclosure_no_href.xml": _NO_ALTERNATE,
    "wellformed/atom10/entry_link_no_href_link_priority.xml": _NO_ALTERNATE,
    "wellformed/atom10/entry_link_rel_enclosure_no_href.xml": _NO_ALTERNATE,
    "wellformed/atom10/entry_id_with_attributes.xml": _ID,
    "wellformed/base/http_entry_id_base_content_location.xml": _ID,
    "wellformed/base/http_entry_id_base_docuri.xml": _ID,
    "wellformed/lang/http_content_language_entry_title_inherit_2.xml": _ID,
    "wellformed/node_precedence/atom10_id.xml": _ID,
    "wellformed/atom10/entry_content_src.xml": "feedparser gives no link; the content's src is where RFC 4287 says that the content is",
    "wellformed/base/cdf_item_abstract_xml_base.xml": "the BASE attribute of CDF, which no feed of today is written in",
    "wellformed/rss/item_category_image.xml": "feedparser takes the title of an image inside a category for the item's",
    "wellformed/rss/item_guid_isPermaLink_ValueError.xml": "a permalink that is no address: feedparser drops it, our poll refuses it",
    "wellformed/sanitize/entry_title_crazy.xml": "a script that never ends well: both leave it out, and differ in where it ends",
}

_HEADER = re.compile(rb"^Header:\s*([^:\s]+):(.*)$", re.MULTILINE)
_TAG = re.compile(r"<[^>]*>")

Pairs = list[tuple[str, str]]


def compared(root: Path) -> Iterator[tuple[str, Pairs, Pairs | str]]:
    """(file, feedparser's titles and links, ours or why there are none) of each file in which feedparser finds entries."""
    for path in sorted(path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file()):
        body = path.read_bytes()
        headers = {name.decode().lower(): value.decode("latin-1").strip() for name, value in _HEADER.findall(body)}
        theirs = feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL, **headers}).entries
        if theirs:
            yield (
                path.relative_to(root).as_posix(),
                [(_plain(entry.get("title")), _address(entry.get("link"))) for entry in theirs],
                _ours(body, headers),
            )


def _ours(body: bytes, headers: dict[str, str]) -> Pairs | str:
    try:
        feed = parse(body, url=URL, content_type=headers.get("content-type", ""), content_location=headers.get("content-location", ""))
    except Failure as failure:
        return str(failure)
    return [(_plain(entry.title), _address(entry.url)) for entry in feed.entries]


def _plain(title: str | None) -> str:
    text = html.unescape(html.unescape(title or ""))
    return " ".join(_TAG.sub(" ", text).split())


def _address(link: str | None) -> str:
    try:
        return str(ada_url.normalize_url(link or ""))
    except ValueError:
        return link or ""


def main(root: Path) -> int:
    found = list(compared(root))
    different = [(name, theirs, ours) for name, theirs, ours in found if theirs != ours]
    new = [one for one in different if one[0] not in ARGUED]
    for name, theirs, ours in new:
        print(f"{name}\n  feedparser {str(theirs)[:300]}\n  newsmill   {str(ours)[:300]}")
    share = len(different) / max(len(found), 1)
    print(
        f"{len(found)} files with entries by feedparser {feedparser.__version__}; {len(different)} differ ({share:.2%}), "
        f"of which {len(different) - len(new)} are argued."
    )
    return 0 if found and not new and share <= SHARE else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
