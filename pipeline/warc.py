"""Write fetched pages as WARC 1.1 (ISO 28500:2017), the format of web archives, with one gzip member a record.

Not everything that went over the wire is stored, and the records say so:
- Bodies are stored decoded. Headers that described the encoded body are written as `X-Orig-…`, as other crawlers do;
  Content-Length is that of the decoded body.
- Requests are not stored. The request record holds what is known: the address, and the user agent as it is set now.
- Of redirects only address and status are stored. They are written as a metadata record of the response.
- WARC-IP-Address is left out, because the address of the server is not stored.
- Files that were added by hand become resource records, named after their content.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.fetch.user_agent import user_agent
from pipeline.jobs import Page
from pipeline.normalise.file_names import is_name
from pipeline.settings import Fetch
from pipeline.store.articles.pages import Exported

VERSION = "WARC/1.1"
# These headers describe the body as sent, not as stored.
CODED = frozenset({"content-encoding", "transfer-encoding", "content-length"})
# A cookie opens a session. The reader of the file must not get it.
SECRET = frozenset({"set-cookie", "set-cookie2"})
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


class Writer:
    """Write pages to a binary file. `compressed` makes each record a gzip member, so that readers can seek to it."""

    def __init__(self, out: BinaryIO, settings: Fetch, *, software: str, name: str = "", compressed: bool = True) -> None:
        self._writer = WARCWriter(out, gzip=compressed, warc_version=VERSION)
        self._user_agent = user_agent(settings)
        info = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "operator": settings.contact,
            "robots": "obey" if settings.honour_robots else "ignore",
            "http-header-user-agent": self._user_agent,
            "description": "Bodies are decoded, requests are written as far as they are known, cookies are left out.",
        }
        record = self._writer.create_warcinfo_record(_plain(name), {field: _plain(value) for field, value in info.items()})
        self._writer.write_record(record)

    def write(self, exported: Exported) -> None:
        """Write the records of one page: response or revisit, request, and metadata if there were redirects. A file becomes one resource
        record."""
        page = exported.page
        if is_name(page.url):
            self._write_file(page)
            return
        uri, date = _uri(page.final_url), _date(page.fetched_at)
        answer = StatusAndHeaders(_status(page), _headers(page), protocol="HTTP/1.1")
        if exported.original_at is None:
            response = self._writer.create_warc_record(
                uri,
                "response",
                payload=io.BytesIO(page.body),
                length=len(page.body),
                http_headers=answer,
                warc_headers_dict={"WARC-Date": date},
            )
        else:
            response = self._writer.create_revisit_record(
                uri,
                _digest(page.body),
                _uri(exported.original_url),
                _date(exported.original_at),
                http_headers=answer,
                warc_headers_dict={"WARC-Date": date},
            )
        request = self._writer.create_warc_record(uri, "request", http_headers=self._request(uri), warc_headers_dict={"WARC-Date": date})
        self._writer.write_request_response_pair(request, response)
        if page.hops:
            self._write_hops(page, uri, date, response.rec_headers.get_header("WARC-Record-ID"))

    def _write_file(self, page: Page) -> None:
        record = self._writer.create_warc_record(
            _uri(page.url),
            "resource",
            payload=io.BytesIO(page.body),
            length=len(page.body),
            warc_content_type=_plain(page.headers.get("content-type", "application/octet-stream")),
            warc_headers_dict={"WARC-Date": _date(page.fetched_at)},
        )
        self._writer.write_record(record)

    def _request(self, uri: str) -> StatusAndHeaders:
        parts = urlsplit(uri)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [("Host", parts.netloc.rpartition("@")[2]), ("User-Agent", _plain(self._user_agent))]
        return StatusAndHeaders(f"GET {target} HTTP/1.1", headers, is_http_request=True)

    def _write_hops(self, page: Page, uri: str, date: str, response_id: str) -> None:
        """Write the redirects. `via` and `hopsFromSeed` are the standard's fields (R is a redirect); each `redirect` is a status and an
        address, in order."""
        fields = [("via", _uri(page.hops[-1].url)), ("hopsFromSeed", "R" * len(page.hops))]
        fields += [("redirect", f"{hop.status} {_uri(hop.url)}") for hop in page.hops]
        payload = "".join(f"{name}: {value}\r\n" for name, value in fields).encode()
        # The standard lets a metadata record refer to the record that it describes and to those of the same capture.
        links = {"WARC-Date": date, "WARC-Refers-To": response_id, "WARC-Concurrent-To": response_id}
        record = self._writer.create_warc_record(uri, "metadata", payload=io.BytesIO(payload), length=len(payload), warc_headers_dict=links)
        self._writer.write_record(record)


def _status(page: Page) -> str:
    reason = page.reason
    if not reason and page.status in set(HTTPStatus):
        reason = HTTPStatus(page.status).phrase  # HTTP/2 and terse servers send no phrase; WARC readers expect one
    return f"{page.status} {_plain(reason)}".rstrip()


def _headers(page: Page) -> list[tuple[str, str]]:
    """The answer's headers, changed to describe the body as stored and made safe for the record."""
    # Older pages have only a selection of headers, stored before raw headers were.
    came = page.raw_headers or tuple(page.headers.items())
    found = []
    for name, value in came:
        plain = name.lower()
        if plain in SECRET or not TOKEN.fullmatch(name):
            continue
        found.append((f"X-Orig-{name}" if plain in CODED else name, _plain(value)))
    return [*found, ("Content-Length", str(len(page.body)))]


def _plain(text: str) -> str:
    """The text as one line of ASCII. Other characters are percent-encoded as the bytes that came, because http.client reads headers as
    Latin-1."""
    line = CONTROLS.sub(" ", text).strip()
    if line.isascii():
        return line
    try:
        return quote(line.encode("latin-1"), safe=PRINTABLE)
    except UnicodeEncodeError:
        return quote(line, safe=PRINTABLE, errors="replace")


def _uri(url: str) -> str:
    """The address in the form that a record's header allows: ASCII without spaces."""
    return quote(url, safe=PRINTABLE.replace(" ", ""), errors="replace")


def _date(at: datetime | None) -> str:
    """The time with fractions of a second (WARC 1.1), so that no two captures of an address have the same time."""
    return f"{(at or datetime.now(UTC)).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _digest(body: bytes) -> str:
    """The digest as warcio writes it, so that a revisit has the digest of its original. It identifies copies; it is no protection."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
