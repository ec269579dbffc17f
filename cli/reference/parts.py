"""Replace the generated parts of a document, which are between the comments `<!-- NAME, by make docs -->` and `<!-- end of NAME -->`."""

from __future__ import annotations

import re


def replaced(document: str, name: str, text: str) -> str:
    """The document with the part of this name replaced by `text`."""
    start, end = f"<!-- {name}, by make docs -->", f"<!-- end of {name} -->"
    found, count = re.subn(f"{re.escape(start)}.*?{re.escape(end)}", lambda _: f"{start}\n{text}\n{end}", document, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{start} … {end} stands {count} times in the document, not once")
    return found
