"""Cells of CSV files that no spreadsheet runs as formulas."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from pipeline.text import UNPRINTABLE

# A spreadsheet treats a cell that starts with one of these as a formula (OWASP, CSV injection), even after quotes, separators, blanks and
# invisible marks of any kind. Some spreadsheets split cells that start with one of the second line.
FORMULA = (*"=+-@|＝＋－＠", "DDE (")
BREAKS = ("\t", "\r", "\n", "\0")
UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zs", "Zl", "Zp"))  # Unicode categories
# Most texts have nothing else; to see that takes a twentieth of the time of the search.
_PLAIN = bytes(range(0x20, 0x7F)) + b"\t\n"


def cell(value: object) -> object:
    """The value as a cell. Lists are joined with `; `; a cell that a spreadsheet would run gets a ' at its start."""
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
    return ("'" if _runs(text) else "") + _printable(text)


def _printable(text: str) -> str:
    if text.isascii() and not text.encode().translate(None, _PLAIN):
        return text
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def unguarded(text: str) -> str:
    """The original text of a cell that `cell` made safe."""
    return text[1:] if text.startswith("'") and _runs(text[1:]) else text


def _runs(text: str) -> bool:
    """Whether a spreadsheet would run or split the text."""
    return text.startswith(BREAKS) or text[_seen_from(text) :].startswith(FORMULA)


def _one(item: object) -> str:
    """One item of a list: a reservation's name and value, or the text of a removed paragraph."""
    return str(item if not isinstance(item, dict) else f"{item['name']}: {item['value']}" if "name" in item else item["text"])


def _seen_from(text: str) -> int:
    """The position of the first character that a spreadsheet may examine."""
    return next((at for at, letter in enumerate(text) if letter not in '";,' and unicodedata.category(letter) not in UNSEEN), len(text))
