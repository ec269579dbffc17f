"""Write articles as CSV whose cells no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from cli.output import printable

if TYPE_CHECKING:
    from pipeline.store.articles.fields import Stored


# A spreadsheet treats a cell that starts with one of these as a formula (OWASP, CSV injection), even after quotes, separators, blanks and
# invisible marks of any kind. Some spreadsheets split cells that start with one of the second line.
FORMULA = (*"=+-@|＝＋－＠", "DDE (")
BREAKS = ("\t", "\r", "\n", "\0")
UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zs", "Zl", "Zp"))  # Unicode categories


def as_csv(articles: Iterable[Stored]) -> Iterator[str]:
    """CSV by RFC 4180 with a header. Lists are joined with `; `. A cell that a spreadsheet would run gets a ' at its start."""
    from pipeline.store.articles.fields import FIELDS, as_json

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)  # quotes also what another separator would split
    csv.writer(buffer).writerow(field.name for field in FIELDS)
    for article in articles:
        writer.writerow([cell(value) for value in as_json(article).values()])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def cell(value: object) -> object:
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
    runs = text.startswith(BREAKS) or text[_seen_from(text) :].startswith(FORMULA)
    return ("'" if runs else "") + printable(text, lines=True)


def _one(item: object) -> str:
    """One item of a list: a reservation's name and value, or the text of a removed paragraph."""
    return str(item if not isinstance(item, dict) else f"{item['name']}: {item['value']}" if "name" in item else item["text"])


def _seen_from(text: str) -> int:
    """The position of the first character that a spreadsheet may examine."""
    return next((at for at, letter in enumerate(text) if letter not in '";,' and unicodedata.category(letter) not in UNSEEN), len(text))
