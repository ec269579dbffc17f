"""The fields of an article as a table."""

from __future__ import annotations

from pipeline.store.articles.fields import FIELDS

WORDS = {"int": "number", "str": "text", "list[str]": "texts", "datetime": "time"}


def table() -> str:
    lines = ["| field | type | what it is |", "|---|---|---|"]
    lines += [f"| `{field.name}` | {_words(field.type)} | {field.column.meaning} |" for field in FIELDS]
    return "\n".join(lines)


def _words(annotation: str) -> str:
    plain = annotation.removesuffix(" | None").removeprefix("datetime.")
    return WORDS.get(plain, "JSON") + (" or null" if annotation.endswith("None") else "")
