"""Which parts of which files are written from the code. In Markdown a part stands between two comments: `<!-- NAME, by make docs -->` and
`<!-- end of NAME -->`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.reference import article_fields

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Part:
    """`name` is '' where the whole file is written."""

    path: str
    name: str
    text: Callable[[], str]


PARTS = (Part("docs/data-model.md", "fields of an article", article_fields.table),)


def stale() -> list[str]:
    """The files that do not say what the code says."""
    return [path for path, text in _texts().items() if _read(path) != text]


def write() -> list[str]:
    """Write the stale ones. Returns their paths."""
    texts = _texts()
    for path in (found := stale()):
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(texts[path], encoding="utf-8")
    return found


def replaced(document: str, name: str, text: str) -> str:
    """The document with this text as its part of that name."""
    start, end = f"<!-- {name}, by make docs -->", f"<!-- end of {name} -->"
    found, count = re.subn(f"{re.escape(start)}.*?{re.escape(end)}", lambda _: f"{start}\n{text}\n{end}", document, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{start} … {end} stands {count} times in the document, not once")
    return found


def _texts() -> dict[str, str]:
    texts: dict[str, str] = {}
    for part in PARTS:
        texts[part.path] = replaced(texts.get(part.path, _read(part.path)), part.name, part.text()) if part.name else part.text()
    return texts


def _read(path: str) -> str:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else ""
