"""Lists of sources and of collections' contents, read from CSV. Each record is checked, or reported with the reason why it cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.export.csv_cells import unguarded
from pipeline.sources.fields import FIELDS, WrongValue, checked, collection_name, name
from pipeline.sources.table import Record


def sources(
    records: Iterable[Record], into: tuple[str, ...] = ()
) -> Iterator[tuple[Record, tuple[str, dict[str, str], tuple[str, ...]] | str]]:
    """Name, fields and collections of each source, or what is wrong with its line. `into` are collections for all of them."""
    lines: dict[str, int] = {}
    for record in records:
        try:
            yield record, _source(record, into, lines)
        except WrongValue as wrong:
            yield record, str(wrong)


def pairs(records: Iterable[Record]) -> Iterator[tuple[Record, tuple[str, str] | str]]:
    """Collection and source of each line, or what is wrong with it."""
    for record in records:
        try:
            _check(record)
            yield record, (collection_name(_cell(record, "collection")), name(_cell(record, "source")))
        except WrongValue as wrong:
            yield record, str(wrong)


def _source(record: Record, into: tuple[str, ...], lines: dict[str, int]) -> tuple[str, dict[str, str], tuple[str, ...]]:
    _check(record)
    found = name(_cell(record, "name"))
    if found in lines:
        raise WrongValue(f"{found} stands on line {lines[found]} already")
    values = {field: checked(field, _cell(record, field)) for field in FIELDS if field in record.values}
    listed = [collection_name(one) for one in _cell(record, "collections").split(";") if one.strip()]
    lines[found] = record.line
    return found, values, tuple(dict.fromkeys([*listed, *into]))


def _check(record: Record) -> None:
    if record.wrong:
        raise WrongValue(record.wrong)


def _cell(record: Record, column: str) -> str:
    return unguarded(record.values.get(column, ""))
