"""Saved articles: each file is one document, identified by its content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from pipeline.documents.kinds import SUFFIXES, media_type
from pipeline.inputs.model import Input, Item, Refused, Source
from pipeline.jobs import NO_STATUS, Page
from pipeline.normalise.file_names import named
from pipeline.outcomes import Failure
from pipeline.text import one_line


def read(source: Source, at: int) -> Iterator[Item | Refused]:
    """Yield the one document. Raises Failure too_large, unsupported_type or no_content."""
    body = source.file.read(source.max_bytes + 1)
    if len(body) > source.max_bytes:
        raise Failure("too_large", f"The file is larger than {source.max_bytes:,} bytes (files.max_bytes).")
    name = PurePath(source.name).name
    headers = {"content-type": media_type(name, body), "content-disposition": one_line(f'attachment; filename="{name}"')}
    url = named(body)
    yield Item(source.name, url, Page(url.text, url.text, NO_STATUS, headers, (), body), after=len(body))


INPUT = Input(tuple(SUFFIXES), read, "the file", in_folders=True)
