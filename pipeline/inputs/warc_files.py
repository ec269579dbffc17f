"""WARC files, including Common Crawl's news: each page in them is a document with the archive's date.

Responses of status 200 with text are read. Requests, metadata, robots.txt and revisits (whose content is in an earlier record) are
skipped.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from pipeline.fetch import body as bodies
from pipeline.fetch.content_types import check_type, checked
from pipeline.inputs.model import Input, Item, Place, Refused, Source
from pipeline.jobs import KEPT_HEADERS, Page
from pipeline.normalise.urls import Url, parse
from pipeline.outcomes import Failure
from pipeline.text import clean

BROKEN = "bad_record"  # the code of a record that cannot be read
# What an archive contains in masses besides pages.
COUNTED = frozenset({"unsupported_type", "no_content"})
_MARKUP = (b"<", b"\xef\xbb\xbf<")


def read(source: Source, at: int) -> Iterator[Item | Refused]:
    """Yield the pages of a WARC file from byte `at` on. Each unreadable record is refused separately."""
    from pipeline.inputs.warc_records import Broken, records  # loads warcio, which other inputs do not need

    for record in records(source.file, at, lambda warc, place: _judged(warc, place, source.max_bytes)):
        if isinstance(record, Broken):
            after = record.after if record.after >= 0 else record.at
            yield Refused(source.name, BROKEN, f"The record cannot be read: {record.why}.", Place("byte", record.at), after)
        elif record.made is not None:
            yield replace(record.made, after=record.after)


INPUT = Input((".warc", ".warc.gz"), read, "the archive", resumable=True, bulk=True, in_folders=True)


def _judged(record: Any, at: int, max_bytes: int) -> Item | Refused | None:
    """The page in a record, or why it is none; None for a record that is no answer to a request for a page."""
    address = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip()
    if record.rec_type != "response" or not address.lower().startswith(("http://", "https://")) or _is_robots(address):
        return None
    try:
        url = parse(address)
        return Item(url.text, url, _page(record, url, max_bytes), place=Place("byte", at))
    except Failure as failure:
        counted = failure.code in COUNTED or failure.code.startswith("http_")
        return Refused(address, failure.code, failure.detail, Place("byte", at), counted=counted)
    except (EOFError, zlib.error):
        return None  # the reader of records reports it


def _page(record: Any, url: Url, max_bytes: int) -> Page:
    """The page as a fetch would return it. Raises Failure."""
    answer = record.http_headers
    status = str(answer.get_statuscode()) if answer is not None else ""
    if not (status.isascii() and status.isdigit() and len(status) == 3):
        raise Failure("protocol_error", "The record contains no server response.")
    if status != "200":
        raise Failure(f"http_{status}", f"The server answered {status}.")
    sent = [(clean(str(name), 200), clean(str(value), 8000)) for name, value in answer.headers]
    headers = {name.lower(): value for name, value in reversed(sent)}
    content_type = headers.get("content-type", "")
    check_type("page", content_type)
    if record.rec_headers.get_header("WARC-Truncated"):
        raise Failure("truncated", "The archive kept only the beginning of the page.")
    body = b"".join(bodies.limited(checked("page", content_type, _decoded(record, headers)), max_bytes))
    if not body.strip():
        raise Failure("no_content", "The page is empty.")
    kept = {name: clean(headers[name], 2000) for name in KEPT_HEADERS if name in headers}
    reason = clean(" ".join(str(answer.statusline).split()[1:]), 200)
    return Page(url.text, url.text, 200, kept, (), body, _date(record), reason, tuple(sent))


def _decoded(record: Any, headers: dict[str, str]) -> Iterator[bytes]:
    """The body, with chunks and codings decoded. Some crawlers decode them but keep the headers; such a body is used as it is."""
    from warcio.bufferedreaders import ChunkedDataReader

    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    stream = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    pieces = iter(lambda: stream.read(bodies.PIECE), b"")
    head = next(pieces, b"")
    rest = chain([head], pieces)
    coding = headers.get("content-encoding", "")
    if head.lstrip().startswith(_MARKUP) or (coding.strip().lower().endswith("gzip") and not head.startswith(b"\x1f\x8b")):
        return rest
    return bodies.decoded(rest, bodies.codings(coding))


def _date(record: Any) -> datetime | None:
    """When the archive fetched the page; None if it does not say, or names a future date."""
    try:
        at = datetime.fromisoformat(str(record.rec_headers.get_header("WARC-Date")).strip())
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if at < datetime.now(UTC) + timedelta(days=1) else None


def _is_robots(address: str) -> bool:
    try:
        return urlsplit(address).path == "/robots.txt"
    except ValueError:
        return False
