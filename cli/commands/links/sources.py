"""The arguments of `newsmill enqueue`, from the command line, standard input and files, in batches to store."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from rich.progress import Progress

    from pipeline.inputs.model import Input, Item, Place, Refused
    from pipeline.settings import Settings
    from pipeline.store.links.imports import Reading
    from workers.intake import Batch

# URLs enqueued in one statement: enough to keep statements cheap, few enough that the first are processed while others are read.
BATCH = 5000
# Documents, and bytes of them, in one transaction; a few such batches are in memory at a time.
DOCUMENTS = 200
DOCUMENT_BYTES = 16 * 2**20
# Bytes at the start and end of a file by which it is recognised.
KEY_BYTES = 64 * 1024
# Beside a saved page, browsers create a folder with what the page loads: frames, scripts, pictures.
PARTS_OF_A_PAGE = ("_files", ".files", "-Dateien", "_fichiers", "_archivos")
# Items of a list between two updates of the progress bar.
SHOWN_EVERY = 500


@dataclass(frozen=True, slots=True)
class Reader:
    """Read the arguments. `refuse` reports a refusal; `reached` returns the byte that an earlier run reached."""

    settings: Settings
    bar: Progress
    refuse: Callable[[Refused], None]
    reached: Callable[[Reading], int]

    def batches(self, what: list[str]) -> Iterator[Batch]:
        """Yield batches in the order of the arguments: URLs in groups, each saved article by itself."""
        from workers.intake import Batch

        items: list[Item] = []
        for found in self._given(what):
            if isinstance(found, Path):
                if items:
                    yield Batch(items)
                    items = []
                yield from self._of_file(found)
                continue
            items.append(found)
            if len(items) == BATCH:
                yield Batch(items)
                items = []
        if items:
            yield Batch(items)

    def _given(self, what: list[str]) -> Iterator[Item | Path]:
        from pipeline.inputs import lines
        from pipeline.inputs.model import Place

        for text in what:
            if text != "-":
                yield from self._one(text, None)
                continue
            stream = sys.stdin.buffer
            task = self.bar.add_task("reading", total=lines.size(stream))
            for number, line, done in lines.numbered(stream):
                if number % SHOWN_EVERY == 0:
                    self.bar.update(task, completed=done)
                yield from self._one(line, Place("line", number))

    def _one(self, text: str, place: Place | None) -> Iterator[Item | Path]:
        """Yield the URL, or the files that the text names; refuse anything else."""
        from pipeline.documents.kinds import KNOWN
        from pipeline.inputs.model import Item, Refused
        from pipeline.normalise.urls import parse
        from pipeline.outcomes import Failure

        paths = files(text)
        if paths is None:
            try:
                yield Item(text, parse(text), place=place)
            except Failure as failure:
                self.refuse(Refused(text, failure.code, failure.detail, place))
            return
        path = None
        for path in paths:
            yield path
        if path is None:
            self.refuse(Refused(text, "empty_folder", f"There are no {KNOWN} files in this folder.", place))

    def _of_file(self, path: Path) -> Iterator[Batch]:
        from pipeline.inputs import of, saved_articles
        from pipeline.inputs.model import Refused
        from pipeline.outcomes import Failure

        reader = of(path.name) or saved_articles.INPUT  # it reports which kinds are read
        try:
            with path.open("rb") as file:
                yield from self._read(reader, path, file)
        except OSError as error:
            self.refuse(Refused(str(path), "unreadable_file", f"The file cannot be read: {error.strerror or error}."))
        except Failure as failure:
            self.refuse(Refused(str(path), failure.code, failure.detail))

    def _read(self, reader: Input, path: Path, file: BinaryIO) -> Iterator[Batch]:
        """Read the file in batches, from where an earlier run was interrupted. Raises Failure and OSError."""
        from pipeline.inputs import model
        from pipeline.inputs.model import Item, Refused
        from workers.intake import Batch, Source

        source = Source(reader, str(path), _reading(path, file) if reader.resumable else None)
        at = self.reached(source.reading) if source.reading else 0
        task = self.bar.add_task(f"reading {path.name}", total=os.fstat(file.fileno()).st_size, completed=at) if reader.resumable else None
        file.seek(0)
        batch, size = Batch([], source, at), 0
        for found in reader.read(model.Source(str(path), file, self._most(reader)), at):
            if isinstance(found, Refused):
                self.refuse(replace(found, text=found.text or str(path)))
            elif isinstance(found, Item):
                batch.items.append(found)
                size += len(found.page.body) if found.page else 0
            batch = replace(batch, after=found.after)
            if task is not None:
                self.bar.update(task, completed=found.after)
            if _is_full(batch, size):
                yield batch
                batch, size = Batch([], source, batch.after), 0
        yield replace(batch, done=True)
        if task is not None:
            self.bar.remove_task(task)

    def _most(self, reader: Input) -> int:
        return self.settings.fetch.max_bytes if reader.bulk else self.settings.files.max_bytes


def files(text: str) -> Iterator[Path] | None:
    """The files that an argument names: one file, or all readable ones in and below a folder, by name. None for a URL."""
    if "://" in text:
        return None
    from pipeline.inputs import of

    path = Path(text)
    try:
        if path.is_dir():
            return _below(path)
        return iter([path]) if path.exists() or of(text) else None
    except (OSError, ValueError):  # too long for a file name, or with a NUL
        return None


def _below(folder: Path) -> Iterator[Path]:
    from pipeline.inputs import of

    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts[:-1]
        reader = of(path.name)
        if reader is not None and reader.in_folders and path.is_file() and not any(part.endswith(PARTS_OF_A_PAGE) for part in inside):
            yield path


def _is_full(batch: Batch, size: int) -> bool:
    if batch.items and batch.items[-1].page is not None:
        return len(batch.items) >= DOCUMENTS or size >= DOCUMENT_BYTES
    return len(batch.items) >= BATCH


def _reading(path: Path, file: BinaryIO) -> Reading:
    """The identity of the file, independent of its name and place."""
    from pipeline.store.links.imports import Reading

    size = file.seek(0, 2)
    file.seek(0)
    first = file.read(KEY_BYTES)
    file.seek(max(0, size - KEY_BYTES))
    return Reading(hashlib.sha256(f"{size}:".encode() + first + file.read(KEY_BYTES)).digest(), path.name)
