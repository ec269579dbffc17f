"""Tables as CSV for clients that accept it, and the cursors and links that lead from page to page of a list."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from pipeline.export.csv_cells import cell
from web.http.problems import Problem

CSV = "text/csv"
NO_PAGE: Mapping[str, object] = {}
# What the OpenAPI document adds for an endpoint that also answers with a table.
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"description": "Good", "content": {CSV: {"schema": {"type": "string"}}}}}


def table(
    request: Request,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    found: Any,
    following: Mapping[str, object] = NO_PAGE,
) -> Any:
    """Answer with `found` as JSON, or with its rows as CSV if the client prefers that. `following` is the parameter that leads to the next
    page, or None on the last one; the Link header names it too (RFC 8288)."""
    headers = {"Vary": "Accept"}
    if given := {name: value for name, value in following.items() if value is not None}:
        headers["Link"] = f'<{request.url.include_query_params(**given)}>; rel="next"'
    if prefers_csv(request.headers.get("accept", "")):
        return Response(as_csv(columns, rows), media_type=CSV, headers=headers)
    request.state.headers = headers
    return found


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Format rows as CSV (RFC 4180) with a header line. Cells are safe to open in spreadsheets."""
    return "".join(csv_lines(columns, rows))


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Format rows as CSV, one record at a time."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(columns)
    for row in rows:
        yield out.getvalue()
        out.seek(0)
        out.truncate()
        writer.writerow([cell(value) for value in row])
    yield out.getvalue()


def prefers_csv(accept: str) -> bool:
    """Whether the client accepts CSV and does not prefer JSON (RFC 9110, 12.5.1)."""
    likes: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = part.split(";")
        quality = next((p.strip()[2:] for p in parameters if p.strip().startswith("q=")), "1")
        likes[name.strip().lower()] = float(quality) if quality.replace(".", "", 1).isdigit() else 0.0
    json = max((likes.get(name, 0.0) for name in ("application/json", "application/*", "*/*")), default=0.0)
    return likes.get(CSV, 0.0) > 0 and likes[CSV] >= json


def cursor(*parts: object) -> str:
    """Encode a place in a list. The result looks opaque, so that nobody writes cursors by hand."""
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")


def parts_of(text: str, count: int) -> list[str]:
    """Decode a cursor into its parts. Raises Problem 422."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii").split("|")
    except ValueError:
        found = []
    if len(found) != count:
        raise bad_cursor()
    return found


def bad_cursor() -> Problem:
    """The problem of a cursor that newsmill did not give out."""
    return Problem(422, "bad_cursor", "cursor: is not the `next` of an answer; omit it to start at the first page.")
