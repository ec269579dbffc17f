"""Cells of CSV files that no spreadsheet takes for a formula."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from pipeline.text import UNPRINTABLE

# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection): also behind quotes, separators,
# blanks and marks that are not seen, of whatever kind. Cells that begin with one of the second line are cut up by some.
FORMULA = (*"=+-@|＝＋－＠", "DDE (")
BREAKS = ("\t", "\r", "\n", "\0")
UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zs", "Zl", "Zp"))  # categories of Unicode


def cell(value: object) -> object:
    """The value as a cell. Lists are joined with `; `; what a spreadsheet would run gets a ' before it."""
    match value:
        case None:
            return ""
        case datetime():
            text = value.isoformat().replace("+00:00", "Z")
        case list() | tuple():
            text = "; ".join(_one(item) for item in value)
        case dict():
            text = "; ".join(f"{name}: {item}" for name, item in value.items())
        case int() | float():
            return value
        case _:
            text = str(value)
    return ("'" if _runs(text) else "") + UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def unguarded(text: str) -> str:
    """A cell as it was before `cell` made it safe."""
    return text[1:] if text.startswith("'") and _runs(text[1:]) else text


def _runs(text: str) -> bool:
    """Whether a spreadsheet would run the text, or cut it up."""
    return text.startswith(BREAKS) or text[_seen_from(text) :].startswith(FORMULA)


def _one(item: object) -> str:
    """An item of a list: of a reservation its name and value, of a paragraph that was left out its text."""
    return str(item if not isinstance(item, dict) else f"{item['name']}: {item['value']}" if "name" in item else item["text"])


def _seen_from(text: str) -> int:
    """Where that begins which a spreadsheet may look at first."""
    return next((at for at, letter in enumerate(text) if letter not in '";,' and unicodedata.category(letter) not in UNSEEN), len(text))
