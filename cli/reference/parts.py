"""A part of a document that is written from the code stands between two comments: `<!-- NAME, by make docs -->` and
`<!-- end of NAME -->`."""

from __future__ import annotations

import re


def replaced(document: str, name: str, text: str) -> str:
    """The document with this text as its part of that name."""
    start, end = f"<!-- {name}, by make docs -->", f"<!-- end of {name} -->"
    found, count = re.subn(f"{re.escape(start)}.*?{re.escape(end)}", lambda _: f"{start}\n{text}\n{end}", document, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{start} … {end} stands {count} times in the document, not once")
    return found
