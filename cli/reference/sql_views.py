"""The columns of the views for SQL, as their comments in the migrations explain them."""

from __future__ import annotations

import re

from pipeline.store.db.schema import FOLDER

_COMMENT = re.compile(r"^COMMENT ON COLUMN archive\.(\w+)\.(\w+) IS '((?:[^']|'')*)';$", re.MULTILINE)


def tables() -> str:
    """A table for each view."""
    columns: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.sql")):
        for view, column, comment in _COMMENT.findall(path.read_text(encoding="utf-8")):
            columns.setdefault(view, {})[column] = comment.replace("''", "'")
    return "\n\n".join(_table(view, of_view) for view, of_view in columns.items())


def _table(view: str, columns: dict[str, str]) -> str:
    rows = "\n".join(f"| `{column}` | {comment.replace('|', chr(92) + '|')} |" for column, comment in columns.items())
    return f"| `{view}` | |\n|---|---|\n{rows}"
