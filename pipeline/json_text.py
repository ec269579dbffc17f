"""JSON in the form that newsmill writes for other programs."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.text import JSON_ESCAPES

_SIGNS = re.compile(f"[{''.join(map(chr, JSON_ESCAPES))}]")


# The same characters in UTF-8, by their first bytes: a search for one byte takes a twentieth of the time of a search for a set of characters.
_IN_BYTES = (re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"\xe2(?:\x80[\x8e\x8f\xa8-\xae]|\x81[\xa6-\xa9])"))
_ALONE = (b"\x7f", b"\xd8\x9c", b"\xef\xbb\xbf")


def to_json(value: Any, *, ascii_only: bool = False) -> str:
    """Return `value` as one line of JSON. Times are ISO 8601 in UTC. Characters that a terminal or a line reader would interpret are
    escaped."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return escaped(json.dumps(plain, ensure_ascii=ascii_only, default=_plain))


def escaped(text: str) -> str:
    """Escape the characters of `JSON_ESCAPES` in JSON text. JSON allows them raw, but terminals and line readers do not."""
    return _SIGNS.sub(lambda found: JSON_ESCAPES[ord(found[0])], text) if _has_signs(text.encode("utf-8", "surrogatepass")) else text


def escaped_utf8(data: bytes) -> bytes:
    """Escape the same characters in JSON that is UTF-8 bytes."""
    return escaped(data.decode()).encode() if _has_signs(data) else data


def _has_signs(data: bytes) -> bool:
    if data.isascii():
        return b"\x7f" in data
    return any(sign in data for sign in _ALONE) or any(sign.search(data) for sign in _IN_BYTES)


def moment(at: datetime) -> str:
    """ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> object:
    match value:
        case datetime():
            return moment(value)
        case Path():
            return str(value)
        case bytes():
            return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")
