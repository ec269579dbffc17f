"""The sign-in page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from web.api.people import session
from web.context import Database, Web
from web.http.problems import Problem
from web.pages.forms import Fields
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/sign-in")
def sign_in_page(to: Annotated[str, Query(alias="next", max_length=8192)] = "/") -> str:
    return render("sign_in.html", next=_here(to), typed="", problem="")


@router.post("/sign-in")
def sign_in(request: Request, web: Web, conn: Database, given: Fields) -> Response:
    to, name = _here(given.get("next", "/")), given.get("name", "")
    answer: Response = RedirectResponse(to, 303)
    try:
        session.begin(request, web, conn, name, given.get("password", ""), answer)
    except Problem as problem:
        return HTMLResponse(render("sign_in.html", next=to, typed=name[:64], problem=problem.detail), problem.status, problem.headers)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, conn: Database) -> Response:
    answer = RedirectResponse("/sign-in", 303)
    session.end(request, conn, answer)
    return answer


def _here(address: str) -> str:
    """The address if it is one of ours, else the first page: a link to this page must not lead elsewhere."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable() and "\\" not in address
    return address if plain else "/"
