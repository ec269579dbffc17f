"""JSON lines: the same as `to_json` of an article's fields, made five times as fast from the rows as Postgres returns them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any

from pipeline.export.form import Form, Row
from pipeline.json_text import escaped_utf8, moment

LONG = 100  # characters above which escaping a text as a whole is faster than letter by letter
_PLAIN = bytes(sorted({*range(256)} - {*range(32)} - {*b'"\\'}))
_NO_CONTROLS = bytes(sorted({*range(256)} - {*range(32)} | {10}))


def text(value: str) -> str:
    """A text as JSON."""
    if len(value) < LONG:
        return encode_basestring(value)
    data = value.encode()
    if data.translate(None, _PLAIN):
        if data.translate(None, _NO_CONTROLS):
            return encode_basestring(value)
        value = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{value}"'


VALUES: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: repr,
    str: text,
    datetime: lambda value: f'"{moment(value)}"',
    list: lambda value: f"[{', '.join(map(encode_basestring, value))}]",
}


def form(fields: tuple[str, ...], json_fields: frozenset[str]) -> Form:
    """The form of JSON lines: one object a line. The values of `json_fields` are already JSON."""
    starts = [f'{", " if at else "{"}"{name}": ' for at, name in enumerate(fields)]
    plain = [(name in json_fields) for name in fields]

    def row(values: Row) -> bytes:
        parts = [
            start + (value if as_it_is else VALUES[type(value)](value))
            for start, as_it_is, value in zip(starts, plain, values, strict=True)
        ]
        parts.append("}\n")
        return escaped_utf8("".join(parts).encode())

    return Form(fields, row)
