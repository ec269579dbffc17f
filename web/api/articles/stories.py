"""Stories: articles that are copies of one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pipeline.store.articles import stories
from pipeline.store.articles.stories import Member, Story
from web.api.answers import MAX_ID, MAX_ROWS, READ, Id
from web.context import Database
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

MAX_MEMBERS = 1000
COLUMNS = ("id", "title", "articles", "sites", "original_id", "original_url", "first_at", "updated_at")
router = APIRouter(tags=["articles"])


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


@router.get("/api/v1/stories", response_model=StoryList, responses=READ | AS_CSV)
def list_stories(request: Request, conn: Database, which: Annotated[WhichStories, Query()]) -> Any:
    """Stories, which are groups of articles that copy one text; those that grew last come first."""
    found = stories.listing(conn, since=which.since, least=which.articles, limit=which.limit)
    return table(request, COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in found), StoryList(found))


@router.get("/api/v1/stories/{story_id}", responses=READ)
def get_story(conn: Database, story_id: Id) -> StoryArticles:
    """The articles of one story, the original first; at most 1,000."""
    found = stories.of(conn, story_id, MAX_MEMBERS)
    if not found:
        raise Problem(404, "not_found", f"There is no story {story_id}.")
    return StoryArticles(story_id, found)
