"""JSON in the form that newsmill writes for other programs."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.text import JSON_ESCAPES


def to_json(value: Any, *, ascii_only: bool = False) -> str:
    """Return `value` as one line of JSON. Times are ISO 8601 in UTC. Characters that a terminal or a line reader would interpret are
    escaped."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return json.dumps(plain, ensure_ascii=ascii_only, default=_plain).translate(JSON_ESCAPES)


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Path():
            return str(value)
        case bytes():
            return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")
