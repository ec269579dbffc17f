"""Addresses and what must hold of them, as files of JSON lines."""

from __future__ import annotations

import json
from typing import Any

from tests.paths import CONFORMANCE


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CONFORMANCE / "urls" / f"{name}.jsonl").open()]
