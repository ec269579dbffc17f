"""One article: its fields, text, page and copies, and the history of its link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from psycopg import Connection

from pipeline.normalise.file_names import address
from pipeline.normalise.urls import MAX_CHARS
from pipeline.store.articles import articles, pages, stories
from pipeline.store.articles.fields import Stored
from pipeline.store.articles.stories import Member
from pipeline.store.links import trace
from web.access.guard import Asking
from web.api.answers import READ, Id
from web.context import Database
from web.http.problems import Problem

MAX_MEMBERS = 1_000
# fields that need the scope text; without it, a header names them
TEXTS = ("text", "markdown", "dropped")
WITHHELD = "Newsmill-Withheld"
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes as they came",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PLAIN: dict[int | str, dict[str, Any]] = {200: {"description": "The text", "content": {"text/plain": {"schema": {"type": "string"}}}}}

router = APIRouter(prefix="/api/v1/articles", tags=["articles"])


@dataclass(frozen=True, slots=True)
class Copies:
    """The articles of the story, the original first; empty if there is no copy. `more` means that there are further ones."""

    story_id: int | None
    articles: list[Member]
    more: bool


@router.get("/by-url", status_code=303, responses=READ | {303: {"description": "Location names the article"}}, response_class=Response)
def find_article(conn: Database, url: Annotated[str, Query(max_length=MAX_CHARS, examples=["https://example.org/story"])]) -> Response:
    """The article of a URL, also of one that redirects, or that a page named as canonical."""
    link = trace.find(conn, address(url.strip()).text)
    if link is None:
        raise Problem(404, "not_found", "No feed has listed this URL and nobody has enqueued it.")
    if link.article_id is None:
        raise Problem(404, link.code or "not_stored", f"There is no article of link {link.id}: it is {link.state}. {link.detail}".strip())
    return RedirectResponse(f"/api/v1/articles/{link.article_id}", 303)


@router.get("/{article_id}", responses=READ)
def get_article(request: Request, conn: Database, caller: Asking, article_id: Id) -> Stored:
    """All fields, as in exports. Without the scope text the texts are empty, and the header Newsmill-Withheld names them."""
    article = found(conn, article_id)
    if caller.may("text"):
        return article
    request.state.headers = {WITHHELD: ", ".join(TEXTS)}
    return replace(article, text="", markdown="", dropped=[])


@router.get("/{article_id}/text", responses=READ | PLAIN, response_class=PlainTextResponse)
def get_text(conn: Database, article_id: Id, format: Literal["text", "markdown"] = "text") -> PlainTextResponse:
    """Only the text, plain or as Markdown."""
    article = found(conn, article_id)
    return PlainTextResponse(article.markdown or article.text if format == "markdown" else article.text)


@router.get("/{article_id}/raw", responses=READ | FILE, response_class=Response)
def get_page(conn: Database, article_id: Id) -> Response:
    """The page as it was fetched. It is sent as a file to save, so that no browser shows it as one of our pages."""
    page = pages.latest(conn, found(conn, article_id).link_id)
    if page is None:
        raise Problem(404, "page_pruned", "The page is not kept any more, or there never was one.")
    headers = {"Content-Disposition": f'attachment; filename="article-{article_id}.bin"'}
    return Response(page.body, media_type="application/octet-stream", headers=headers)


@router.get("/{article_id}/copies", responses=READ)
def get_copies(conn: Database, article_id: Id) -> Copies:
    """The articles that are copies of the same text."""
    article = found(conn, article_id)
    if article.story_id is None:
        return Copies(None, [], False)
    members = stories.of(conn, article.story_id, MAX_MEMBERS + 1)
    return Copies(article.story_id, members[:MAX_MEMBERS], len(members) > MAX_MEMBERS)


@router.get("/{article_id}/trace", responses=READ)
def get_trace(conn: Database, article_id: Id) -> trace.Trace:
    """The link of the article and its history, in order."""
    told = trace.trace(conn, str(found(conn, article_id).link_id))
    assert told is not None  # links are never deleted
    return told


def found(conn: Connection, article_id: int) -> Stored:
    """The article. Raises Problem 404."""
    article = articles.get(conn, article_id)
    if article is None:
        raise Problem(404, "not_found", f"There is no article {article_id}.")
    return article
