"""What an input is, and what it yields: an address or a document, when it was fetched, hints, and where it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from pipeline.jobs import GivenHints, Page
from pipeline.normalise.urls import Url


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stood in its file: the number of a line, or the byte at which a record begins."""

    unit: Literal["line", "byte"]
    number: int

    def __str__(self) -> str:
        return f"{self.unit} {self.number}"


@dataclass(frozen=True, slots=True)
class Item:
    """An address to be fetched (`url`), or a document that was fetched (`page`, whose `fetched_at` is the archive's date). `text` is what people
    are told it is. Reading the file goes on at byte `after` once the item is taken in."""

    text: str
    url: Url | None = None
    page: Page | None = None
    hints: GivenHints | None = None
    place: Place | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that is not taken in, and why. Where `counted` it is what such a file is full of, such as the redirects of an archive: people
    are told the number, and not each."""

    text: str
    code: str
    detail: str
    place: Place | None = None
    after: int = 0
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is open for reading. `max_bytes`: a larger document is refused."""

    name: str
    file: BinaryIO
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Input:
    """Reads the files whose names end with one of `suffixes`. `read` takes the source and the byte at which to go on, 0 at first, and yields in
    the order of the file; it holds no more than one item in memory. `resumable`: a stopped reading goes on where it was.
    `origin` completes "read from", for the trace of a document. `bulk`: its documents wait behind those of feeds. `in_folders`: looked for in folders.

    `read` raises Failure where nothing of the file can be read.
    """

    suffixes: tuple[str, ...]
    read: Callable[[Source, int], Iterator[Item | Refused]]
    origin: str
    resumable: bool = False
    bulk: bool = False
    in_folders: bool = False
