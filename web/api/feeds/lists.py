"""Whole lists of feeds: OPML out; OPML, CSV or plain URLs in, with a report for each line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from psycopg import Connection

from pipeline.feeds import opml
from pipeline.feeds.opml import Outline
from pipeline.outcomes import Failure
from pipeline.store.feeds import feeds
from web.api.answers import CHANGE, problems
from web.context import Database
from web.http import request_body

MAX_LIST_BYTES = 5 * 2**20
BATCH = 500  # feeds created in one statement
OPML = "text/x-opml"
OUT: dict[int | str, dict[str, Any]] = {200: {"description": "The list", "content": {OPML: {"schema": {"type": "string"}}}}}
IN = {"requestBody": {"required": True, "content": {kind: {"schema": {"type": "string"}} for kind in (OPML, "text/csv", "text/plain")}}}

router = APIRouter(prefix="/api/v1", tags=["feeds"])


@dataclass(frozen=True, slots=True)
class Line:
    """The result of a line: a new or known feed, a refused one, or one added with a warning."""

    line: int
    url: str | None
    what: Literal["new", "known", "refused", "warning"]
    id: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    new: int
    known: int
    refused: int
    lines: list[Line]


async def list_of_body(request: Request) -> bytes:
    """The list. Raises Problem 408 or 413."""
    return await request_body.read(request, MAX_LIST_BYTES, "send the list in parts, or use `newsmill import`")


@router.get("/opml", responses=problems() | OUT, response_class=Response)
def export_feeds(conn: Database) -> Response:
    """All feeds with their settings as OPML. It contains the feeds' request headers, which may be secrets; so it needs the scope write."""
    headers = {"Content-Disposition": 'attachment; filename="feeds.opml"'}
    return Response(opml.write(list(feeds.outlines(conn))), media_type=OPML, headers=headers)


@router.post("/opml", responses=CHANGE, openapi_extra=IN)
def import_feeds(conn: Database, sent: Annotated[bytes, Depends(list_of_body)]) -> Report:
    """Add the feeds of a list: OPML, CSV with a column url, or URLs one a line. Known ones stay as they are."""
    outlines, wrong = opml.read(sent)
    lines = [line for at in range(0, len(outlines), BATCH) for line in _taken(conn, outlines[at : at + BATCH])]
    lines += [Line(one.line, None, "warning" if one.taken else "refused", None, one.detail) for one in wrong]
    counts = Counter(line.what for line in lines)
    return Report(counts["new"], counts["known"], counts["refused"], lines)


def _taken(conn: Connection, outlines: list[Outline]) -> list[Line]:
    added = feeds.add_all(conn, outlines)
    return [
        Line(outline.line, outline.url, "refused", None, one.detail)
        if isinstance(one, Failure)
        else Line(outline.line, outline.url, "new" if one.is_new else "known", one.id, "")
        for outline, one in zip(outlines, added, strict=True)
    ]
