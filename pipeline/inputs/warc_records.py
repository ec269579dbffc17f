"""Read the records of a WARC file one after another, with the byte at which each starts, skipping broken parts.

Files are plain, or gzip with one member a record (ISO 28500 annex D), or gzip as a whole. In the last kind, records inside the member
cannot be located, so reading resumes at the start of the member.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeVar

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

GZIP = b"\x1f\x8b\x08"
WARC = b"WARC/"
PIECE = 64 * 1024  # bytes read at a time
BLOCK = 1024 * 1024  # bytes searched at a time for the next record
MAX_LINE = 64 * 1024  # bytes of a header line; a longer line is no header
T = TypeVar("T")
_BEGINS = re.compile(rb"\x1f\x8b\x08|(?<=\n)WARC/")


@dataclass(frozen=True, slots=True)
class Broken:
    """Byte `at` starts no complete record; `why` is a sentence. Reading continues at byte `after`."""

    at: int
    after: int
    why: str


@dataclass(frozen=True, slots=True)
class Whole(Generic[T]):
    """A record that was read completely, and what was made of it. Reading continues at byte `after`."""

    at: int
    after: int
    made: T


def records(file: BinaryIO, at: int, make: Callable[[Any, int], T]) -> Iterator[Whole[T] | Broken]:
    """All records from byte `at` on, and each broken part once. `make` gets warcio's record, whose content it may read, and its position."""
    while at >= 0:
        try:
            at = yield from _member(file, at, make)
        except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, zlib.error, ValueError, AttributeError) as error:
            after = _next(file, at + 1)
            yield Broken(at, after, _sentence(error))
            at = after


def _member(file: BinaryIO, at: int, make: Callable[[Any, int], T]) -> Generator[Whole[T], None, int]:
    """The records of one gzip member, or one record of a plain file. Returns the byte after them; -1 at the end of the file."""
    file.seek(at)
    head = file.read(len(WARC))
    if not head:
        return -1
    file.seek(at)
    stream = _Stream(file, compressed=head.startswith(GZIP))
    line = stream.first_line()
    while line:
        if not line.startswith(WARC):
            raise ArchiveLoadFailed("no record begins here")
        warc = ArcWarcRecordLoader(verify_http=False, arc2warc=False).parse_record_stream(stream, line.decode("latin-1"), "warc")
        if not str(warc.rec_headers.get_header("Content-Length")).strip().isdigit():
            raise ArchiveLoadFailed("the record does not say how long it is")
        made = make(warc, at)
        while warc.raw_stream.read(PIECE):
            pass
        if warc.raw_stream.limit > 0:
            raise EOFError
        line = stream.first_line() if stream.compressed else b""
        yield Whole(at, at if line else stream.end(), made)
    return stream.end()


def _next(file: BinaryIO, at: int) -> int:
    """Offset of the next bytes that look like a record, or -1 if there are none."""
    base = at - 1  # with the byte before, which shows whether a line starts
    while True:
        file.seek(base)
        block = file.read(BLOCK)
        for match in _BEGINS.finditer(block):
            place = base + match.start()
            if place >= at and _is_record(file, place):
                return place
        if len(block) < BLOCK:
            return -1
        base += len(block) - len(WARC) - 1


def _is_record(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    head = file.read(PIECE)
    if head.startswith(WARC):
        return True
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, len(WARC)) == WARC
    except zlib.error:
        return False


def _sentence(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "it ends before it is complete"
    if isinstance(error, zlib.error):
        return "its compressed data are damaged"
    return " ".join(str(error).split())[:200] or "its head cannot be read"


class _Stream:
    """The stream from which warcio reads a record: a plain file, or one gzip member unpacked. Lines and reads are limited."""

    def __init__(self, file: BinaryIO, *, compressed: bool) -> None:
        self.compressed = compressed
        self._file = file
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if compressed else None
        self._packed = b""
        self._data = b""
        self._damage: Exception | None = None

    def read(self, size: int | None = None) -> bytes:
        wanted = PIECE if size is None or size < 0 else size
        if not self._data:
            self._fill()
        data, self._data = self._data[:wanted], self._data[wanted:]
        return data

    def readline(self, size: int | None = None) -> bytes:
        most = MAX_LINE if size is None else min(size, MAX_LINE)
        while b"\n" not in self._data and len(self._data) < most:
            if not self._fill():
                break
        end = self._data.find(b"\n", 0, most)
        cut = end + 1 if end >= 0 else most
        data, self._data = self._data[:cut], self._data[cut:]
        return data

    def first_line(self) -> bytes:
        """The next line that is not blank; empty at the end."""
        while line := self.readline():
            if line.strip():
                return line
        return b""

    def end(self) -> int:
        """The position in the file after what was read."""
        if self._unpack is not None and not self._unpack.eof:
            raise EOFError
        while self._unpack is None and (not self._data.strip(b"\r\n")):
            self._data = b""
            if not self._fill():
                break
        self._data = self._data.lstrip(b"\r\n")
        return self._file.tell() - len(self._data) - len(self._unpack.unused_data if self._unpack else b"")

    def _fill(self) -> bool:
        """Read more bytes. Returns False at the end. Once damaged, a stream stays so."""
        if self._damage is not None:
            raise self._damage
        if self._unpack is None:
            data = self._file.read(PIECE)
            self._data += data
            return bool(data)
        while not self._unpack.eof:
            packed = self._packed or self._file.read(PIECE)
            try:
                if not packed:
                    raise EOFError
                data = self._unpack.decompress(packed, PIECE)
            except (EOFError, zlib.error) as error:
                self._damage = error
                raise
            self._packed = self._unpack.unconsumed_tail
            if data:
                self._data += data
                return True
        return False
