"""Write the interface as Markdown, for docs/reference/api.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.access.scopes import MEANINGS
from web.description.endpoints import Endpoint, Parameter, groups

HEAD = """\
# HTTP interface

This page is made from the program by `make docs`. A running newsmill has the same at `/docs`, and the OpenAPI document at `/openapi.json`.

- **Who may** is in [Users and tokens](../how-to/users-and-tokens.md). A program sends `Authorization: Bearer nm_…`.
- **Errors** are `application/problem+json`: `code` stays the same, `detail` is a sentence for people.
- **Tables** come as CSV with `Accept: text/csv`, safe for spreadsheets.
- **Lists** have a `next`, to be sent as the parameter that their page names; the `Link` header has the whole address. What is cut says so.
- **Unchanged answers**: send the `ETag` of the last answer as `If-None-Match`; if nothing has changed, the answer is 304 without a body.
- What a query `q` may say is in [Search](search.md).

| scope | for |
|---|---|
"""


def markdown(document: dict[str, Any]) -> str:
    return "\n".join(_lines(document))


def _lines(document: dict[str, Any]) -> Iterator[str]:
    yield HEAD + "\n".join(f"| {scope} | {meaning} |" for scope, meaning in MEANINGS.items()) + "\n"
    for group in groups(document):
        yield f"## {group.title}\n"
        for endpoint in group.endpoints:
            yield from _endpoint(endpoint)


def _endpoint(one: Endpoint) -> Iterator[str]:
    yield f"### {one.method} {one.path}\n"
    scope = "for everybody" if one.scope == "open" else f"scope {one.scope}"
    yield f"{' '.join(one.meaning.split())} *({scope})*\n"
    rows = [p for p in (*one.parameters, *one.body) if p.name]
    if rows:
        yield "| name | value | meaning |\n|---|---|---|"
        yield from (_row(parameter) for parameter in rows)
        yield ""
    if one.example is not None:
        yield f"```json\n{json.dumps(one.example, ensure_ascii=False)}\n```\n"
    if files := [parameter.type for parameter in one.body if not parameter.name]:
        yield f"The body is one of {', '.join(files)}.\n"
    yield "Answers: " + "; ".join(f"{status} ({kinds})" for status, kinds in one.answers) + ".\n"


def _row(one: Parameter) -> str:
    cells = (f"`{one.name}`", one.type, one.meaning + (" (needed)" if one.where == "needed" else ""))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
