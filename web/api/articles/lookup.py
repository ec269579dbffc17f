"""Look up many URLs at once: whether each is in the archive, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from pipeline.normalise.urls import MAX_CHARS, Url, parse
from pipeline.outcomes import Failure
from pipeline.store.links import lookups
from web.api.answers import CHANGE
from web.api.bodies import described, json_of
from web.context import Database
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

MOST = 1_000
MAX_BODY_BYTES = 10 * 2**20
COLUMNS = ("url", "state", "link_id", "article_id", "code", "detail")
UNKNOWN = "unknown"

router = APIRouter(prefix="/api/v1/articles", tags=["articles"])


class Addresses(BaseModel):
    """URLs to look up."""

    model_config = ConfigDict(extra="forbid", strict=True)
    urls: list[str] = Field(min_length=1, max_length=MOST, description=f"{MOST:,} at the most")


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of one URL. `state` is that of its link; unknown if newsmill does not know the URL, and refused if it is invalid.
    `code` and `detail` say why it has no article."""

    url: str
    state: str
    link_id: int | None
    article_id: int | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """One row for each URL, in the order of the request."""

    results: list[Looked]


@router.post(
    "/lookup", response_model=Lookup, responses=CHANGE | AS_CSV, openapi_extra=described(Addresses, {"urls": ["https://example.org/story"]})
)
def look_up(
    request: Request,
    conn: Database,
    given: Annotated[Addresses, Depends(json_of(Addresses, MAX_BODY_BYTES, f"look up {MOST:,} addresses at the most"))],
) -> Any:
    """Whether each URL is in the archive, under any address that leads to its article. Changes nothing."""
    parsed = [_parsed(url) for url in given.urls]
    known = lookups.by_keys(conn, [url.key for url in parsed if isinstance(url, Url)])
    results = [_looked(text, url, known) for text, url in zip(given.urls, parsed, strict=True)]
    return table(request, COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in results), Lookup(results))


def _parsed(text: str) -> Url | Failure:
    if len(text) > MAX_CHARS:
        raise Problem(422, "invalid", f"urls: one has more than {MAX_CHARS:,} characters.")
    try:
        return parse(text)
    except Failure as failure:
        return failure


def _looked(text: str, url: Url | Failure, known: dict[bytes, lookups.Known]) -> Looked:
    if isinstance(url, Failure):
        return Looked(text, "refused", None, None, url.code, url.detail)
    found = known.get(url.key)
    if found is None:
        return Looked(text, UNKNOWN, None, None, "", "No feed has listed it and nobody has enqueued it.")
    return Looked(text, found.state, found.link_id, found.article_id, found.code, found.detail)
