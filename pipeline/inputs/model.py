"""What an input is and what it yields: a URL or a document, when it was fetched, hints, and its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from pipeline.jobs import GivenHints, Page
from pipeline.normalise.urls import Url


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: a line number, or the byte at which a record starts."""

    unit: Literal["line", "byte"]
    number: int

    def __str__(self) -> str:
        return f"{self.unit} {self.number}"


@dataclass(frozen=True, slots=True)
class Item:
    """A URL to fetch (`url`), or a fetched document (`page`, whose `fetched_at` is the archive's date). `text` describes it to people. Once
    it is stored, reading continues at byte `after`."""

    text: str
    url: Url | None = None
    page: Page | None = None
    hints: GivenHints | None = None
    place: Place | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that is not stored, and why. `counted` marks frequent cases, such as an archive's redirects: people see only their
    number."""

    text: str
    code: str
    detail: str
    place: Place | None = None
    after: int = 0
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file open for reading. Documents larger than `max_bytes` are refused."""

    name: str
    file: BinaryIO
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Input:
    """An input for files whose names end with one of `suffixes`.

    `read` takes the source and the byte at which to start, and yields in the order of the file, holding one item at a time in memory. It
    raises Failure if nothing in the file can be read. `resumable`: an interrupted reading can continue. `origin` completes "read from"
    in the trace of a document. `bulk`: its documents wait behind those of feeds. `in_folders`: folders are searched for such files.
    """

    suffixes: tuple[str, ...]
    read: Callable[[Source, int], Iterator[Item | Refused]]
    origin: str
    resumable: bool = False
    bulk: bool = False
    in_folders: bool = False
