"""The JSON API: health, links, articles and status."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pipeline.outcomes import State
from pipeline.store.articles import stories
from pipeline.store.articles.stories import Member, Story
from pipeline.store.links import links, trace
from pipeline.store.links.links import Link
from pipeline.store.maintenance import status
from web.api.answers import CHANGE, MAX_ID, MAX_ROWS, READ, Id
from web.api.enqueue import Result, Wanted, enqueue, unsent, urls_of_json
from web.context import Database, Web
from web.http.json_response import Json
from web.http.problems import Problem, as_json
from workers.checks import examine, stopping
from workers.checks.facts import gather
from workers.checks.unsent import Notice

MAX_MEMBERS = 1000

router = APIRouter()


class Which(BaseModel):
    """Which links to list; every given condition must hold."""

    model_config = ConfigDict(extra="forbid")
    state: State | None = None
    code: str | None = Field(None, pattern="^[a-z0-9_]{1,40}$", description="failure code")
    host: str | None = Field(
        None, pattern=r"^[a-z0-9_.:\[\]-]{1,270}$", description="host name, with its port if that is not the scheme's default"
    )
    feed: int | None = Field(None, ge=1, le=MAX_ID, description="id of a feed that listed them")
    limit: int = Field(50, ge=1, le=MAX_ROWS)
    before: int | None = Field(None, ge=1, le=MAX_ID, description="`next` of the previous answer")


@dataclass(frozen=True, slots=True)
class LinkPage:
    """Links, newest first. `next` is the `before` of the next page, null on the last one."""

    links: list[Link]
    next: int | None


class WhichStories(BaseModel):
    """Which stories to list."""

    model_config = ConfigDict(extra="forbid")
    since: AwareDatetime | None = Field(None, description="only those that got an article since then")
    articles: int = Field(2, ge=2, le=MAX_ID, description="only those with at least this many articles")
    limit: int = Field(50, ge=1, le=MAX_ROWS)


@dataclass(frozen=True, slots=True)
class StoryList:
    stories: list[Story]


@dataclass(frozen=True, slots=True)
class StoryArticles:
    id: int
    articles: list[Member]


@dataclass(frozen=True, slots=True)
class Enqueued:
    """One result for each URL of the request, in its order. `notice` says why accepted URLs are not being fetched now, if something is
    wrong."""

    results: list[Result]
    notice: Notice | None = None


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(web: Web) -> Json:
    """newsmill does its work; 503 with the list of what stops it."""
    problems = [f"{check.name}: {check.finding}" for check in stopping(list(examine(gather(web.settings))))]
    return Json({"ready": not problems, "problems": problems}, 503 if problems else 200)


@router.post(
    "/api/v1/enqueue",
    response_model=Enqueued,
    response_model_exclude_none=True,
    responses=CHANGE,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": Wanted.model_json_schema()}}}},
)
def enqueue_urls(web: Web, conn: Database, urls: Annotated[list[str], Depends(urls_of_json)]) -> Any:
    """Put URLs first in their hosts' queues. 422 if none was accepted; the results say why."""
    results = enqueue(web, conn, urls)
    if any(result.error is None for result in results):
        return Enqueued(results, unsent(web, results))
    refused = [(result.url, result.error) for result in results if result.error]
    first = refused[0][1]
    return as_json(Problem(422, first.code, first.detail), results=[{"url": url, "error": asdict(error)} for url, error in refused])


@router.get("/api/v1/links", responses=READ)
def list_links(conn: Database, which: Annotated[Which, Query()]) -> LinkPage:
    chosen = links.LinkFilter(state=which.state, code=which.code, host=which.host, feed_id=which.feed)
    found = links.listing(conn, chosen, limit=which.limit + 1, before=which.before)
    page = found[: which.limit]
    return LinkPage(page, page[-1].id if len(found) > len(page) else None)


@router.get("/api/v1/links/{link_id}", responses=READ)
def get_link(conn: Database, link_id: Id) -> trace.Trace:
    """One link and its history, in order."""
    found = trace.trace(conn, str(link_id))
    if found is None:
        raise Problem(404, "not_found", f"There is no link {link_id}.")
    return found


@router.get("/api/v1/stories", responses=READ)
def list_stories(conn: Database, which: Annotated[WhichStories, Query()]) -> StoryList:
    """Stories, which are groups of articles that copy one text; those that grew last come first."""
    return StoryList(stories.listing(conn, since=which.since, least=which.articles, limit=which.limit))


@router.get("/api/v1/stories/{story_id}", responses=READ)
def get_story(conn: Database, story_id: Id) -> StoryArticles:
    """The articles of one story, the original first; at most 1,000."""
    found = stories.of(conn, story_id, MAX_MEMBERS)
    if not found:
        raise Problem(404, "not_found", f"There is no story {story_id}.")
    return StoryArticles(story_id, found)


@router.get("/api/v1/status", responses=READ)
def get_status(web: Web, conn: Database) -> dict[str, Any]:
    """The state of everything. `redis` is the number of messages by queue, null if Redis does not answer. `checks` are those of `newsmill
    doctor` about the running stack."""
    summary = status.summary(conn)
    checks = list(examine(facts := gather(web.settings)))
    return {**asdict(summary), "unfinished": summary.unfinished, "redis": facts.redis and facts.redis.depths, "checks": checks}
