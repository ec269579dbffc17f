"""The pages of an article: its text with the source of each field, and the differences between its versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from pipeline.store.articles import articles, stories
from pipeline.store.articles.fields import SHOWN
from web.api.answers import Id
from web.api.articles.versions import difference, list_versions
from web.context import Database
from web.http.problems import Problem
from web.templating import render

COPIES = 50

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/articles/{article_id}")
def article_page(conn: Database, article_id: Id) -> str:
    article = articles.get(conn, article_id)
    if article is None:
        raise Problem(404, "not_found", f"There is no article {article_id}.")
    shown = {field.name for field in SHOWN}
    other = {name: source for name, source in article.sources.items() if name not in shown}
    copies = [] if article.story_id is None else stories.of(conn, article.story_id, COPIES)
    versions = list_versions(conn, article_id).versions
    return render("article.html", article=article, fields=SHOWN, other_sources=other, copies=copies, versions=versions)


@router.get("/articles/{article_id}/diff")
def differences_page(
    conn: Database,
    article_id: Id,
    a: Annotated[int | None, Query(ge=1, le=2**31)] = None,
    b: Annotated[int | None, Query(ge=1, le=2**31)] = None,
) -> str:
    article = articles.get(conn, article_id)
    versions = list_versions(conn, article_id).versions  # raises Problem 404
    return render("diff.html", article=article, difference=difference(article_id, versions, a, b), versions=versions)
