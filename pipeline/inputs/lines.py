"""Read the lines of a list, from standard input or a file of any length, one at a time with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

# Bytes of a line; no URL is as long. The rest of a longer line is skipped, so that a file without line ends does not fill the memory.
MAX_LINE_BYTES = 64 * 1024


def numbered(stream: BinaryIO) -> Iterator[tuple[int, str, int]]:
    """Number, text and bytes so far of each line that is not blank. Bytes that are not UTF-8 become lone surrogates."""
    done = 0
    number = 0
    while line := stream.readline(MAX_LINE_BYTES):
        number += 1
        done += len(line)
        rest = line
        while len(rest) == MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE_BYTES)
            done += len(rest)
        text = line.decode("utf-8", "surrogateescape").strip().removeprefix("\ufeff")
        if text:
            yield number, text, done


def size(stream: BinaryIO) -> int | None:
    """Bytes of a file that was redirected to the stream; None if its length is unknown."""
    try:
        at = stream.tell()
        end = stream.seek(0, 2)
        stream.seek(at)
    except (OSError, ValueError):
        return None
    return end - at
