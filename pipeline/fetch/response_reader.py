"""Read the head and the body of an answer: check type and size, decode, and refuse what is incomplete."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

import requests

from pipeline.fetch import body, content_types
from pipeline.fetch.content_types import Kind
from pipeline.fetch.deadline import Deadline
from pipeline.outcomes import Failure

Counted = Callable[[Iterable[bytes]], Iterator[bytes]]  # passes pieces on and counts their bytes

_WITHOUT_BODY = frozenset({204, 205, 304})  # not read, so their connection is not used again
_ERROR_BODY = 64 * 1024  # bytes read of an error's body; enough to see the reason


def check_headers(answer: requests.Response, limit: int) -> None:
    """Raise Failure headers_too_large or protocol_error if the headers are unusable."""
    if sum(len(name) + len(value) + 4 for name, value in answer.raw.headers.iteritems()) > limit:
        raise Failure("headers_too_large", f"The headers are larger than {limit} bytes.")
    if any("\0" in value for value in answer.headers.values()):
        raise Failure("protocol_error", "The headers hold a zero byte.")


def read(answer: requests.Response, kind: Kind, limit: int, deadline: Deadline, counted: Counted) -> bytes:
    """Return the decoded body. Raises Failure unsupported_type, bad_encoding, truncated, too_large or timeout, and network errors."""
    if answer.status_code in _WITHOUT_BODY:  # some servers send a body anyway, which would be read as the next answer
        return b""
    declared = answer.headers.get("content-type", "")
    if not 200 <= answer.status_code < 300:
        return _readable(answer, deadline)
    content_types.check_type(kind, declared)
    names = body.codings(answer.headers.get("content-encoding", ""))
    cut = kind in ("robots", "hub")  # the start is enough
    length = answer.headers.get("content-length", "")
    if not cut and not names and length.isdecimal() and int(length) > limit:
        raise Failure("too_large", f"The body is larger than {limit} bytes.")
    pieces = _pieces(answer, deadline)
    if cut:
        # Encoded bytes may decode to nothing, so they have their own limit.
        return body.start(counted(body.decoded(body.limited(pieces, limit + body.PIECE), names)), limit)
    unpacked = body.decoded(body.limited(pieces, limit), names)
    return body.whole(content_types.checked(kind, declared, counted(unpacked)), limit)


def _readable(answer: requests.Response, deadline: Deadline) -> bytes:
    """Read what can be read of an error's body. The status already says what matters, so failures here are ignored."""
    found = bytearray()
    with contextlib.suppress(Exception):
        pieces = body.limited(_pieces(answer, deadline), _ERROR_BODY + body.PIECE)
        for piece in body.decoded(pieces, body.codings(answer.headers.get("content-encoding", ""))):
            found += piece
            if len(found) > _ERROR_BODY:
                break
    return bytes(found[:_ERROR_BODY])


def _pieces(answer: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """Yield the body as it arrives. read1 returns what is there; read would wait for a full piece."""
    while piece := answer.raw.read1(body.PIECE, decode_content=False):
        deadline.left()
        yield piece
    deadline.left()  # a socket that the deadline shut down looks like the end of a body without a length
