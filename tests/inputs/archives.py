"""WARC files for tests, written by warcio as crawlers write them."""

from __future__ import annotations

import gzip
import io

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

AT = "2019-05-14T08:30:00Z"
PAGE = (
    "<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    + "".join(
        f"<p>The council of the river town met again in week {week} and spoke of the ferry, the bridge and the price of bread, at length.</p>"
        for week in range(12)
    )
    + "</article></body></html>"
)


def page(title: str = "The ferry sails again") -> bytes:
    return PAGE.format(title=title).encode()


class Archive:
    """Puts records into a WARC file; `places` are the bytes at which they begin."""

    def __init__(self, *, compressed: bool = True) -> None:
        self.out = io.BytesIO()
        self.places: list[int] = []
        self._writer = WARCWriter(self.out, gzip=compressed)

    def add(
        self,
        url: str,
        body: bytes = b"",
        *,
        kind: str = "response",
        status: str = "200 OK",
        headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),),
        at: str = AT,
        **fields: str,
    ) -> Archive:
        self.places.append(self.out.tell())
        answer = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if kind != "resource" else None
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        record = self._writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), http_headers=answer, warc_headers_dict={"WARC-Date": at} | named
        )
        self._writer.write_record(record)
        return self

    @property
    def bytes(self) -> bytes:
        return self.out.getvalue()


def chunked(body: bytes, size: int = 1000) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def as_one(archive: bytes) -> bytes:
    """The same records in one gzip member."""
    return gzip.compress(gzip.decompress(archive))
