"""Articles as CSV that no spreadsheet runs as formulas."""

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


# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection): also behind quotes, separators,
# blanks and marks that are not seen, of whatever kind. Cells that begin with one of the second line are cut up by some.
FORMULA = (*"=+-@|＝＋－＠", "DDE (")
BREAKS = ("\t", "\r", "\n", "\0")
UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zs", "Zl", "Zp"))  # categories of Unicode


def as_csv(articles: Iterable[Stored]) -> Iterator[str]:
    """CSV after RFC 4180, a header first. Lists are joined with `; `; what a spreadsheet would run gets a ' before it."""
    from pipeline.store.articles.fields import FIELDS, as_json

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)  # also what another separator would take apart
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
    """An item of a list: of a reservation its name and value, of a paragraph that was left out its text."""
    return str(item if not isinstance(item, dict) else f"{item['name']}: {item['value']}" if "name" in item else item["text"])


def _seen_from(text: str) -> int:
    """Where that begins which a spreadsheet may look at first."""
    return next((at for at, letter in enumerate(text) if letter not in '";,' and unicodedata.category(letter) not in UNSEEN), len(text))
