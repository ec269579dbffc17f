"""Citations for reference managers: CSL-JSON, BibTeX and RIS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipeline.export.authors import Name, parted
from pipeline.export.form import Form, Row
from pipeline.json_text import escaped

FIELDS = (
    *("id", "url", "canonical_url", "title", "authors", "published_at", "published_local", "fetched_at", "site_name", "section"),
    *("language", "summary", "tags", "original_publisher"),
)
# BibTeX reads these as commands. Letters stay UTF-8, which current BibTeX programs accept.
_BIBTEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    c: f"\\{c}" for c in "&%$#_"
}
_BIBTEX_TABLE = str.maketrans(_BIBTEX)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BREAKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Cited:
    """The data of a citation. `published` is the day by the publisher's clock."""

    id: int
    url: str
    title: str
    authors: tuple[Name, ...]
    published: date | None
    accessed: date
    journal: str
    section: str
    language: str
    summary: str
    tags: tuple[str, ...]


def cited(row: Row) -> Cited:
    """The citation of a row with FIELDS."""
    of: dict[str, Any] = dict(zip(FIELDS, row, strict=True))
    local, at, fetched = of["published_local"], of["published_at"], of["fetched_at"]
    assert isinstance(fetched, datetime)
    return Cited(
        id=of["id"],
        url=of["canonical_url"] or of["url"],
        title=_line(of["title"]),
        authors=tuple(parted(_line(name)) for name in of["authors"]),
        published=date.fromisoformat(local[:10]) if local else at.date() if at else None,
        accessed=fetched.date(),
        journal=_line(of["site_name"]),
        section=_line(of["section"]),
        language=of["language"] or "",
        summary=_line(of["summary"]),
        tags=tuple(_line(tag) for tag in of["tags"]),
    )


def csl(one: Cited) -> str:
    """A CSL-JSON item (citationstyles.org, schema 1.0.2)."""
    item: dict[str, Any] = {
        "id": f"newsmill-{one.id}",
        "type": "article-newspaper",
        "title": one.title,
        "author": [{"literal": n.whole} if n.whole else {"family": n.family, "given": n.given} for n in one.authors],
        "container-title": one.journal,
        "section": one.section,
        "issued": _parts(one.published),
        "accessed": _parts(one.accessed),
        "URL": one.url,
        "language": one.language,
        "abstract": one.summary,
        "keyword": ", ".join(one.tags),
    }
    return escaped(json.dumps({name: value for name, value in item.items() if value}, ensure_ascii=False))


def bibtex(one: Cited) -> str:
    """A BibTeX entry. Names in braces are organisations."""
    day = one.published
    fields = [
        ("author", " and ".join(f"{{{_tex(n.whole)}}}" if n.whole else _tex(n.inverted()) for n in one.authors)),
        ("title", f"{{{_tex(one.title)}}}"),
        ("journal", _tex(one.journal)),
        ("year", str(day.year) if day else ""),
        ("day", str(day.day) if day else ""),
        ("url", one.url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")),
        ("urldate", one.accessed.isoformat()),
        ("langid", one.language),
        ("keywords", _tex(", ".join(one.tags))),
        ("abstract", _tex(one.summary)),
    ]
    lines = [f"  {name} = {{{value}}}" for name, value in fields if value]
    if day:
        lines.append(f"  month = {_MONTHS[day.month - 1]}")
    return f"@article{{newsmill-{one.id},\n" + ",\n".join(lines) + "\n}\n"


def ris(one: Cited) -> str:
    """A RIS record. The format requires lines to end with CR LF."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _ris(one) if value or tag == "ER")


def form(kind: str) -> Form:
    """The form with this name: csl, bibtex or ris."""
    made, between, head, foot = _FORMS[kind]
    return Form(FIELDS, lambda row: made(cited(row)).encode(), head, between, foot)


_FORMS: dict[str, tuple[Callable[[Cited], str], bytes, bytes, bytes]] = {
    "csl": (csl, b",\n", b"[\n", b"\n]\n"),
    "bibtex": (bibtex, b"\n", b"", b""),
    "ris": (ris, b"\r\n", b"", b""),
}


def _ris(one: Cited) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    yield "ID", f"newsmill-{one.id}"
    yield "TI", one.title
    yield from (("AU", name.inverted()) for name in one.authors)
    yield "T2", one.journal
    yield "SE", one.section
    yield "PY", str(one.published.year) if one.published else ""
    yield "DA", f"{one.published:%Y/%m/%d}" if one.published else ""
    yield "UR", one.url
    yield "Y2", f"{one.accessed:%Y/%m/%d}"
    yield "LA", one.language
    yield "AB", one.summary
    yield from (("KW", tag) for tag in one.tags)
    yield "ER", ""


def _parts(day: date | None) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else {}


def _tex(text: str) -> str:
    return text.translate(_BIBTEX_TABLE)


def _line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()
