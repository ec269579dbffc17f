"""Export every matching article as a stream. It holds no database connection between two batches, so a slow reader blocks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi import Query as Parameters
from fastapi.responses import StreamingResponse
from pydantic import Field

from pipeline.export import citations
from pipeline.json_text import to_json
from pipeline.search.tree import Node
from pipeline.store.articles import articles
from pipeline.store.articles.fields import FIELDS, Stored, as_json
from pipeline.store.search import finding
from web.api.answers import problems
from web.api.articles.citation import CONTENT, TYPES
from web.api.search.query import Query, ask
from web.context import CONNECT_S, Context, Database, Web
from web.http.problems import Problem
from web.http.tables import CSV, csv_lines

BATCH = 200  # articles read at once: some hundred kilobytes
JSONL = "application/x-ndjson"
NAMES = tuple(field.name for field in FIELDS)
FORMS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The articles", "content": {JSONL: {"schema": {"type": "string"}}, CSV: {"schema": {"type": "string"}}} | CONTENT}
}

router = APIRouter(tags=["export"])


class Export(Query):
    """Which articles to export, in which form, with which fields."""

    format: Literal["jsonl", "csv", "csl", "bibtex", "ris"] = "jsonl"
    fields: str = Field(
        "", max_length=2_000, description="names of fields, separated by commas; empty means all", examples=["id,url,title"]
    )


@router.get("/api/v1/export", responses=problems() | FORMS, response_class=StreamingResponse)
def export(web: Web, conn: Database, which: Annotated[Export, Parameters()]) -> StreamingResponse:
    """Export all matching articles, newest first. There is no limit: `/api/v1/search/count` tells the number beforehand."""
    names = [name.strip() for name in which.fields.split(",") if name.strip()] or list(NAMES)
    if unknown := [name for name in names if name not in NAMES]:
        raise Problem(422, "invalid", f"fields: there is no field {unknown[0][:40]!r}; there are {', '.join(NAMES)}.")
    found = _articles(web, ask(conn, which).tree)
    headers = {"Content-Disposition": f'attachment; filename="articles.{which.format}"'}
    if which.format in TYPES:
        return StreamingResponse(_cited(which.format, found), media_type=TYPES[which.format], headers=headers)
    rows = ([as_json(article)[name] for name in names] for article in found)
    text = csv_lines(names, rows) if which.format == "csv" else (to_json(dict(zip(names, row, strict=True))) + "\n" for row in rows)
    return StreamingResponse(_joined(text), media_type=CSV if which.format == "csv" else JSONL, headers=headers)


def _articles(web: Context, query: Node) -> Iterator[Stored]:
    """Read the articles in batches. Each batch opens its own connection."""
    before = None
    while True:
        with web.pool.connection(timeout=CONNECT_S) as conn:
            hits = finding.newest(conn, query, BATCH, before)
            found = {article.id: article for article in articles.by_ids(conn, [hit.article_id for hit in hits])}
        yield from (found[hit.article_id] for hit in hits if hit.article_id in found)
        if len(hits) < BATCH:
            return
        before = hits[-1].cursor


def _cited(kind: str, found: Iterator[Stored]) -> Iterator[bytes]:
    form = citations.form(kind)
    yield form.head
    for place, article in enumerate(found):
        yield form.text([[getattr(article, name) for name in form.fields]], first=place == 0)
    yield form.foot


def _joined(lines: Iterator[str]) -> Iterator[bytes]:
    """Join lines into larger pieces, since sending each line alone would cost more than its text."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == BATCH // 4:
            yield "".join(held).encode()
            held.clear()
    yield "".join(held).encode()
