"""Read a body: undo its Content-Encoding piece by piece, enforce a limit, and refuse what is incomplete.

urllib3 does not decode here, because it accepts a compressed body that ends half-way as complete.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from pipeline.outcomes import Failure

ACCEPT_ENCODING = "gzip, deflate"
PIECE = 64 * 1024  # bytes read or decoded at a time
_MAX_CODINGS = 5
_NO_CODING = frozenset({"", "identity", "none", "utf-8"})  # some servers send the last two by mistake, with plain text
_GZIP = b"\x1f\x8b"

Pieces = Iterable[bytes]


def codings(header: str) -> list[str]:
    """The codings in a Content-Encoding header, in the order they were applied. Raises Failure bad_encoding."""
    names = [name for part in header.split(",") if (name := part.strip().lower()) not in _NO_CODING]
    if unknown := [name for name in names if name not in _DECODERS]:
        raise Failure("bad_encoding", f"The body has the Content-Encoding {unknown[0][:40]!r}, which was not requested.")
    if len(names) > _MAX_CODINGS:
        raise Failure("bad_encoding", f"The body is encoded {len(names)} times over.")
    return names


def decoded(pieces: Pieces, names: list[str]) -> Iterator[bytes]:
    """Undo the codings and yield pieces of bounded size. While read, raises Failure truncated or bad_encoding.

    A body that is gzip without saying so is unpacked too: some servers store feeds compressed and send no Content-Encoding.
    """
    for name in reversed(names):
        pieces = _DECODERS[name](pieces)
    return iter(pieces) if names else _unpacked(pieces)


def limited(pieces: Pieces, limit: int) -> Iterator[bytes]:
    """Pass on up to `limit` bytes. Raises Failure too_large at the first byte beyond."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise Failure("too_large", f"The body is larger than {limit} bytes.")
        yield piece


def start(pieces: Pieces, limit: int) -> bytes:
    """Read the first `limit` bytes and no more."""
    found = bytearray()
    for piece in pieces:
        found += piece
        if len(found) >= limit:
            break
    return bytes(found[:limit])


def whole(pieces: Pieces, limit: int) -> bytes:
    """Read everything. Raises Failure too_large if there is more than `limit` bytes."""
    return b"".join(limited(pieces, limit))


def _unpacked(pieces: Pieces) -> Iterator[bytes]:
    rest = iter(pieces)
    head = b""
    for piece in rest:
        head += piece
        if len(head) >= len(_GZIP):
            break
    pieces = chain([head], rest)
    return _gunzipped(pieces) if head.startswith(_GZIP) else iter(pieces)


def _gunzipped(pieces: Pieces) -> Iterator[bytes]:
    return _inflated(pieces, lambda head: zlib.MAX_WBITS | 16)


def _undeflated(pieces: Pieces) -> Iterator[bytes]:
    # "deflate" means the zlib format (RFC 9110 section 8.4.1.2), but some servers send the raw deflate stream.
    def window(head: bytes) -> int:
        zlib_header = head[0] & 0x0F == 8 and int.from_bytes(head) % 31 == 0
        return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS

    return _inflated(pieces, window)


def _inflated(pieces: Pieces, window: Callable[[bytes], int]) -> Iterator[bytes]:
    """Decompress one stream, or several gzip members in a row (RFC 1952 section 2.2). Padding after the last is ignored."""
    decoder = None
    ended = False
    head = b""
    for piece in pieces:
        data, head = head + piece, b""
        while data:
            if decoder is None:
                if len(data) < 2:
                    head = data
                    break
                if ended and not data.startswith(_GZIP):
                    return
                decoder = zlib.decompressobj(window(data[:2]))
            try:
                yield decoder.decompress(data, PIECE)
            except zlib.error:
                raise Failure("bad_encoding", "The compressed body is damaged.") from None
            data = decoder.unconsumed_tail
            if decoder.eof:
                data, decoder, ended = decoder.unused_data, None, True
    if decoder is not None or (head and not ended):
        raise Failure("truncated", "The compressed body ended before it was complete.")


_DECODERS: dict[str, Callable[[Pieces], Iterator[bytes]]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _undeflated,
}
