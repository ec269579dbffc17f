from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest

from pipeline.fetch import body
from pipeline.outcomes import Failure

TEXT = b"<p>All the news that fits.</p>" * 500
ZLIB = zlib.compress(TEXT)
RAW_DEFLATE = zlib.compress(TEXT)[2:-4]


def undo(data: bytes, coding: str, step: int = 7, limit: int = 10**6) -> bytes:
    pieces = (data[i : i + step] for i in range(0, len(data), step))
    return body.whole(body.decoded(pieces, body.codings(coding)), limit)


@pytest.mark.parametrize("step", [1, 7, 10**6])
@pytest.mark.parametrize(
    ("data", "coding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (TEXT, "UTF-8"),
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0), "X-GZip"),
        (gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0) + b"\0" * 50, "gzip"),
        (ZLIB, "deflate"),
        (RAW_DEFLATE, "deflate"),
        (gzip.compress(ZLIB, mtime=0), "deflate, gzip"),
        (gzip.compress(TEXT, mtime=0), ""),
    ],
)
def test_codings_are_undone_however_the_pieces_fall(data: bytes, coding: str, step: int) -> None:
    assert undo(data, coding, step) == TEXT


@pytest.mark.parametrize(
    ("data", "coding", "code"),
    [
        (gzip.compress(TEXT, mtime=0)[:50], "gzip", "truncated"),
        (gzip.compress(TEXT, mtime=0)[:-4], "gzip", "truncated"),
        (gzip.compress(TEXT, mtime=0)[:1], "gzip", "truncated"),
        (gzip.compress(TEXT, mtime=0)[:50], "", "truncated"),
        (ZLIB[:50], "deflate", "truncated"),
        (RAW_DEFLATE[:50], "deflate", "truncated"),
        (TEXT, "gzip", "bad_encoding"),
        (gzip.compress(TEXT, mtime=0)[:-8] + b"12345678", "gzip", "bad_encoding"),
        (TEXT, "zstd", "bad_encoding"),
        (TEXT, "br", "bad_encoding"),
        (TEXT, ", ".join(["gzip"] * 50), "bad_encoding"),
        (gzip.compress(b"\0" * 10**7, mtime=0), "gzip", "too_large"),
        (gzip.compress(gzip.compress(b"\0" * 10**7, mtime=0), mtime=0), "gzip, gzip", "too_large"),
    ],
)
def test_what_cannot_be_undone_has_its_code(data: bytes, coding: str, code: str) -> None:
    with pytest.raises(Failure) as caught:
        undo(data, coding)
    assert caught.value.code == code


def test_an_empty_body_is_whole_whatever_its_coding() -> None:
    assert undo(b"", "gzip") == b""


def test_only_one_layer_is_unpacked_where_a_coding_is_declared() -> None:
    inner = gzip.compress(TEXT, mtime=0)
    assert undo(gzip.compress(inner, mtime=0), "gzip") == inner


def test_a_bomb_is_unpacked_no_further_than_the_limit() -> None:
    def endless() -> Iterator[bytes]:
        packer = zlib.compressobj(wbits=31)
        while True:
            yield packer.compress(b"\0" * 10**6) + packer.flush(zlib.Z_SYNC_FLUSH)

    with pytest.raises(Failure) as caught:
        body.whole(body.decoded(endless(), ["gzip"]), 5 * 10**6)
    assert caught.value.code == "too_large"


def test_start_stops_reading_at_its_limit() -> None:
    pieces = iter([b"abc", b"def", b"ghi"])
    assert body.start(pieces, 4) == b"abcd"
    assert list(pieces) == [b"ghi"]


def test_gzip_members_of_nothing_without_end_meet_the_limit_of_the_wire() -> None:
    empty = gzip.compress(b"", mtime=0) * 50
    with pytest.raises(Failure) as caught:
        body.whole(body.decoded(body.limited(iter(lambda: empty, b""), 100_000), ["gzip"]), 10**6)
    assert caught.value.code == "too_large"
