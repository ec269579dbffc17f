"""Errors as answers: problem+json (RFC 9457) with a stable code for programs, a page for people. No internals are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from psycopg.errors import ReadOnlySqlTransaction, UndefinedColumn, UndefinedTable
from starlette.exceptions import HTTPException

from pipeline.outcomes import Failure
from pipeline.store.db import outage
from pipeline.wording.validation_messages import of_value
from web.http.json_response import Json
from web.templating import render

log = structlog.get_logger()

FOR_PROGRAMS = ("/api/", "/compat/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/websub/")


class Problem(Exception):
    """The request cannot be answered. `code` is stable; `detail` is one sentence that says what to do."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code, detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem in the form that the asked address speaks. Who asks for a page and is not signed in is led to where that is done."""
    headers = headers or problem.headers
    if request.url.path.startswith(FOR_PROGRAMS):
        return as_json(problem, headers)
    if problem.status == 401:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(here if request.method == 'GET' else '/', safe='')}", 303)
    page = render(
        "error.html",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail,
        request_id=getattr(request.state, "request_id", ""),
    )
    return HTMLResponse(page, problem.status, headers)


def as_json(problem: Problem, headers: Mapping[str, str] | None = None, **more: object) -> Response:
    """The problem for programs. `error` is what earlier versions had, and stays."""
    own = {"code": problem.code, "detail": problem.detail}
    title = HTTPStatus(problem.status).phrase
    body = {"type": "about:blank", "title": title, "status": problem.status, **own, "error": own, **more}
    return Json(body, problem.status, headers, "application/problem+json")


def in_words(errors: Iterable[Mapping[str, Any]]) -> str:
    """What pydantic found wrong, with the fields' names but never the values that were sent."""
    sentences = []
    for error in errors:
        name = ".".join(str(part) for part in error["loc"] if part not in ("query", "path", "body"))
        sentences.append(f"{name[:100] or 'the request'} {of_value(error)}")
    return "; ".join(sentences[:5])


def install(app: FastAPI) -> None:
    """Register an answer for every kind of error that is not our own fault."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return answer(request, error)

    @app.exception_handler(Failure)
    async def _failure(request: Request, error: Failure) -> Response:
        return answer(request, Problem(422, error.code, error.detail))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        return answer(request, Problem(422, "invalid", in_words(error.errors())))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        return answer(request, Problem(error.status_code, phrase.lower().replace(" ", "_"), f"{phrase}."), error.headers)

    @app.exception_handler(psycopg.DataError)
    @app.exception_handler(UnicodeEncodeError)
    async def _unstorable(request: Request, error: Exception) -> Response:
        log.warning("a value cannot be stored", path=request.url.path, error=str(error))
        return answer(request, Problem(422, "invalid", "A value has a character that no text can have here, or is too large."))

    @app.exception_handler(psycopg.OperationalError)
    @app.exception_handler(ReadOnlySqlTransaction)
    async def _no_database(request: Request, error: psycopg.Error) -> Response:
        log.warning("Postgres failed", path=request.url.path, error=str(error))
        found = outage.of(error)
        if found is None or found.code == "database_unavailable":  # only the log may say where Postgres is
            return answer(request, Problem(503, "database_unavailable", "Postgres is not answering; try again in a moment."))
        return answer(request, Problem(503, found.code, found.sentence))

    @app.exception_handler(UndefinedTable)
    @app.exception_handler(UndefinedColumn)
    async def _not_migrated(request: Request, error: psycopg.Error) -> Response:
        log.warning("the database is not migrated", path=request.url.path, error=str(error))
        return answer(request, Problem(503, "not_migrated", "The database is not up to date; run `newsmill migrate`."))
