"""Enqueue an uploaded file: a saved article, a WARC archive or a list of URLs. `newsmill enqueue FILE` takes the same kinds."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from pipeline import inputs
from pipeline.documents.kinds import KNOWN
from pipeline.inputs.model import Item, Refused, Source
from pipeline.text import one_line
from web.api.answers import CHANGE
from web.api.links.enqueue import Error, Result
from web.context import Database, Web
from web.http import request_body
from web.http.problems import Problem
from workers import intake

MAX_FILE_BYTES = 32 * 2**20  # held in memory; the command line takes larger ones
BATCH = 200  # items in one transaction
BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}

router = APIRouter(tags=["links"])


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What happened to each item of the file. The same file sent twice leads to the same links."""

    results: list[Result]


async def bytes_of_file(request: Request) -> bytes:
    """Read the file. Raises Problem 408 or 413."""
    return await request_body.read(request, MAX_FILE_BYTES, "give larger files to `newsmill enqueue`")


@router.post("/api/v1/files", response_model_exclude_none=True, responses=CHANGE, openapi_extra=BODY)
def enqueue_file(
    web: Web,
    conn: Database,
    name: Annotated[
        str, Query(min_length=1, max_length=255, description="name of the file; its extension says what it is", examples=["report.pdf"])
    ],
    sent: Annotated[bytes, Depends(bytes_of_file)],
) -> TakenFile:
    """Enqueue a file: .html, .mhtml, .txt, .pdf, .eml, .warc, .warc.gz, or a list of URLs as .csv, .tsv or .jsonl."""
    plain = one_line(name.replace("\\", "/").rpartition("/")[2], 255)
    reader = inputs.of(plain)
    if reader is None:
        raise Problem(422, "unknown_file", f"name: files of this kind are not read; there are {KNOWN}, archives and lists.")
    most = web.settings.fetch.max_bytes if reader.bulk else web.settings.files.max_bytes
    results: list[Result] = []
    source, batch = intake.Source(replace(reader, resumable=False), plain), intake.Batch([])
    for found in reader.read(Source(plain, io.BytesIO(sent), most), 0):
        if isinstance(found, Refused):
            results.append(Result(found.text or plain, error=Error(found.code, found.detail)))
        elif isinstance(found, Item):
            batch.items.append(found)
        if len(batch.items) == BATCH:
            results += _take(web, conn, intake.Batch(batch.items, source))
            batch = intake.Batch([])
    if batch.items:
        results += _take(web, conn, intake.Batch(batch.items, source))
    return TakenFile(results)


def _take(web: Web, conn: Database, batch: intake.Batch) -> list[Result]:
    return [Result(one.file or one.url, id=one.id, what=one.what) for one in intake.take_in(conn, batch, web.settings)]
