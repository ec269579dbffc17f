"""JSON as it leaves for programs: what a terminal or a viewer would obey is escaped, as on the command line."""

from __future__ import annotations

import json
from typing import Any

from fastapi.responses import JSONResponse

from pipeline.text import JSON_ESCAPES


class Json(JSONResponse):
    """The usual answer in JSON, without raw C1 controls and marks of direction."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(JSON_ESCAPES).encode()
