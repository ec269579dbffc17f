"""Store what inputs yield, one batch in one transaction, and send it on at once."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection

from pipeline.inputs.model import Input, Item
from pipeline.settings import Settings
from pipeline.store.hosts import hosts
from pipeline.store.links import documents, given_hints, imports, links
from pipeline.store.links.documents import Document
from pipeline.store.links.imports import Reading
from pipeline.store.links.links import Enqueued
from workers import dispatch


@dataclass(frozen=True, slots=True)
class Source:
    """A file that an input reads. `reading` is where its progress is stored; None if it is always read from the start."""

    input: Input
    name: str
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some items of one source; None is the command line. The source was read up to byte `after`, and to its end if `done`."""

    items: list[Item]
    source: Source | None = None
    after: int = 0
    done: bool = False


def take_in(conn: Connection, batch: Batch, settings: Settings) -> list[Enqueued]:
    """Store the batch completely or not at all, with the progress of its source. Then send what can be processed now."""
    held = [_document(item, batch.source) for item in batch.items if item.page is not None]
    hosts.ensure(conn, {item.url.host for item in batch.items if item.url is not None})
    with conn.transaction():
        taken = documents.take(conn, held) if held else []
        addresses = _enqueue(conn, [item for item in batch.items if item.page is None])
        if (reading := batch.source.reading if batch.source else None) is not None:
            if batch.done:
                imports.note_done(conn, reading)
            else:
                imports.note_reached(conn, reading, batch.after)
    if held:
        dispatch.extract_now(conn, settings)
    if addresses:
        dispatch.fetch_now(conn, addresses, settings)
    return taken + addresses


def _document(item: Item, source: Source | None) -> Document:
    assert item.url is not None
    assert item.page is not None
    assert source is not None
    own = item.text == source.name
    return Document(item.url, item.page, f"{source.input.origin} {source.name}", source.name if own else "", source.input.bulk)


def _enqueue(conn: Connection, items: list[Item]) -> list[Enqueued]:
    urls = [item.url for item in items if item.url is not None]
    if not urls:
        return []
    enqueued = links.enqueue(conn, urls)
    hints = {item.url.key: item.hints for item in items if item.url is not None and item.hints is not None}
    if hints:
        keys = {url.text: url.key for url in urls}
        given_hints.note(conn, [(one.id, hints[keys[one.url]]) for one in enqueued if keys[one.url] in hints])
    return enqueued
