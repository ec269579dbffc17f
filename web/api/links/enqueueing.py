"""Enqueue URLs from a program: check each one and put the valid ones first in their hosts' queues. A known URL is not enqueued twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from web.api.answers import CHANGE
from web.api.bodies import described
from web.api.links.enqueue import Result, Wanted, enqueue, unsent, urls_of_json
from web.context import Database, Web
from web.http.problems import Problem, as_json
from workers.checks.unsent import Notice

router = APIRouter(tags=["links"])


@dataclass(frozen=True, slots=True)
class Enqueued:
    """One result for each URL of the request, in its order. `notice` says why nobody is fetching the accepted URLs now, if that is so."""

    results: list[Result]
    notice: Notice | None = None


@router.post(
    "/api/v1/enqueue",
    response_model=Enqueued,
    response_model_exclude_none=True,
    responses=CHANGE,
    openapi_extra=described(Wanted, {"urls": ["https://example.org/story"]}),
)
def enqueue_urls(web: Web, conn: Database, urls: Annotated[list[str], Depends(urls_of_json)]) -> Any:
    """Put URLs first in their hosts' queues. Answers 422 if it accepted none; the results say why."""
    results = enqueue(web, conn, urls)
    if any(result.error is None for result in results):
        return Enqueued(results, unsent(web, results))
    refused = [(result.url, result.error) for result in results if result.error]
    first = refused[0][1]
    return as_json(Problem(422, first.code, first.detail), results=[{"url": url, "error": asdict(error)} for url, error in refused])
