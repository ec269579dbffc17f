"""JSON for programs, with the characters escaped that a terminal or viewer would interpret, as on the command line."""

from __future__ import annotations

import json
from typing import Any

from fastapi.responses import JSONResponse

from pipeline.text import JSON_ESCAPES


class Json(JSONResponse):
    """A JSON response without raw C1 controls and direction marks."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(JSON_ESCAPES).encode()
