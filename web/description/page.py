"""The page at /docs. It has no script and loads nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipeline.access.scopes import MEANINGS
from web.description.endpoints import groups
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/docs")
def docs_page(request: Request) -> str:
    return render("docs.html", groups=groups(request.app.openapi()), scopes=MEANINGS)
