"""JSON lines: what `to_json` of the article's fields gives, made in a fifth of the time from the rows as Postgres gives them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any

from pipeline.export.form import Form, Row
from pipeline.json_text import escaped, moment

VALUES: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    str: encode_basestring,
    datetime: lambda value: f'"{moment(value)}"',
    list: lambda value: f"[{', '.join(map(encode_basestring, value))}]",
}


def form(fields: tuple[str, ...], json_fields: frozenset[str]) -> Form:
    """One object a line. The values of `json_fields` are JSON already."""
    starts = [f'"{name}": ' for name in fields]
    as_they_are = [name in json_fields for name in fields]

    def row(values: Row) -> str:
        parts = [
            start + (value if as_it_is else VALUES[type(value)](value))
            for start, as_it_is, value in zip(starts, as_they_are, values, strict=True)
        ]
        return escaped(f"{{{', '.join(parts)}}}\n")

    return Form(fields, row)
