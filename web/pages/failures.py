"""The page of links without an article, by code, host and feed, and the button that retries them."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, ValidationError, field_validator

from pipeline.outcomes import CODES
from pipeline.store.links import links
from pipeline.store.links.links import LinkFilter
from pipeline.store.maintenance import retries, status
from web.api.answers import MAX_ID
from web.context import Database
from web.http.problems import Problem, in_words
from web.pages.forms import Fields
from web.templating import render

ON_A_PAGE = 50

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class Chosen(BaseModel):
    """Which links. Every condition that is set must hold."""

    state: Literal["failed", "skipped"] = "failed"
    code: str = Field("", max_length=40, pattern="^[a-z0-9_]*$")
    host: str = Field("", max_length=270, pattern=r"^[a-z0-9_.:\[\]-]*$")
    feed: int | None = Field(None, ge=1, le=MAX_ID)

    @field_validator("feed", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    def filter(self) -> LinkFilter:
        return LinkFilter(state=self.state, code=self.code or None, host=self.host or None, feed_id=self.feed)

    def address(self, **changed: object) -> str:
        """The address of the page with these links."""
        values = {**self.model_dump(exclude_defaults=True), **changed}
        return "/failures?" + urlencode({name: value for name, value in values.items() if value not in (None, "", False)})


class Shown(Chosen):
    """What the page shows of them. `ask` shows how many would be retried, and the button that does it. `sent` and `feeds` are how many were."""

    before: int | None = Field(None, ge=1, le=MAX_ID)
    ask: bool = False
    sent: int | None = Field(None, ge=0, le=MAX_ID)
    feeds: int = Field(0, ge=0, le=MAX_ID)


@router.get("/failures")
def failures_page(conn: Database, which: Annotated[Shown, Query()]) -> str:
    found = links.listing(conn, which.filter(), limit=ON_A_PAGE + 1, before=which.before)
    page = found[:ON_A_PAGE]
    chosen = Chosen(**which.model_dump(include=set(Chosen.model_fields)))
    return render(
        "failures.html",
        which=which,
        chosen=chosen,
        counts=status.failures(conn),
        late=status.late(conn),
        links=page,
        following=page[-1].id if len(found) > len(page) else None,
        many=links.count_retry(conn, which.filter()) if which.ask else None,
        codes=sorted(CODES),
    )


@router.post("/failures/retry")
def retry(conn: Database, given: Fields) -> Response:
    """Retry the chosen links, and show how many there were."""
    try:
        chosen = Chosen.model_validate(given)
    except ValidationError as error:
        raise Problem(422, "invalid", in_words(error.errors(include_input=False, include_url=False, include_context=False))) from None
    retried = retries.retry(conn, chosen.filter())
    return RedirectResponse(chosen.address(sent=str(retried.links), feeds=str(retried.feeds)), 303)
