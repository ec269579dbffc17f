"""One article's citation, for reference managers."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response

from pipeline.export import citations
from web.api.answers import READ, Id
from web.api.articles.article import found
from web.context import Database

TYPES = {"csl": "application/vnd.citationstyles.csl+json", "bibtex": "application/x-bibtex", "ris": "application/x-research-info-systems"}
# CSL is JSON, the others are text.
CONTENT: dict[str, Any] = {kind: {"schema": {} if form == "csl" else {"type": "string"}} for form, kind in TYPES.items()}
FORMS: dict[int | str, dict[str, Any]] = {200: {"description": "The citation", "content": CONTENT}}

router = APIRouter(prefix="/api/v1/articles", tags=["articles"])


@router.get("/{article_id}/citation", responses=READ | FORMS, response_class=Response)
def get_citation(conn: Database, article_id: Id, format: Literal["csl", "bibtex", "ris"] = "csl") -> Response:
    """Cite an article as CSL-JSON, BibTeX or RIS."""
    article = found(conn, article_id)
    form = citations.form(format)
    text = form.head + form.text([[getattr(article, name) for name in form.fields]], first=True) + form.foot
    return Response(text, media_type=TYPES[format])
