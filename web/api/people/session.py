"""Sign a browser in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from psycopg import Connection
from pydantic import BaseModel, ConfigDict

from pipeline.access import secrets
from pipeline.access.exposure import COOKIE, COOKIE_ON_LOOPBACK, is_loopback, session_of
from pipeline.access.scopes import SCOPES, Scope
from pipeline.store.access import audit, sessions, users
from pipeline.text import one_line
from web.access.guard import Asking, where_from
from web.api.answers import CHANGE, problems
from web.api.bodies import described, json_of
from web.context import Context, Database, Web
from web.http.problems import Problem

router = APIRouter(tags=["people"])


class SignIn(BaseModel):
    """The body of a sign-in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Session:
    """The caller and what it may do. `name` is empty if nobody has to sign in; `by` is nothing, session, token or proxy."""

    name: str
    by: str
    scopes: list[Scope]


@router.get("/api/v1/session", responses=problems())
def get_session(caller: Asking) -> Session:
    """The caller, and what it may do."""
    return Session(caller.name, caller.by, [scope for scope in SCOPES if caller.may(scope)])


@router.post(
    "/api/v1/session",
    status_code=204,
    responses=CHANGE,
    openapi_extra=described(SignIn, {"name": "jo", "password": "correct horse battery"}),
)
def sign_in(request: Request, web: Web, conn: Database, given: Annotated[SignIn, Depends(json_of(SignIn))]) -> Response:
    """Sign in: the answer sets a cookie. Programs use a token instead."""
    answer = Response(status_code=204)
    begin(request, web, conn, given.name, given.password, answer)
    return answer


@router.delete("/api/v1/session", status_code=204, responses=problems())
def sign_out(request: Request, conn: Database) -> Response:
    """Sign out of this browser."""
    answer = Response(status_code=204)
    end(request, conn, answer)
    return answer


def begin(request: Request, web: Context, conn: Connection, name: str, password: str, answer: Response) -> None:
    """Sign in, and set the cookie in the answer. Raises Problem 401, 403, 429 or 503."""
    found = where_from(request, web)
    here = is_loopback(request.url.hostname or "")
    if not found.https and not here:
        raise Problem(
            403, "https_needed", "Sign in over https; where a proxy speaks it, its address has to be in the setting web.trusted_proxies."
        )
    request.app.state.limits.count_sign_in(found.address, name[:64])
    if not secrets.fits(password, users.password_of(conn, name) if "\0" not in name else None):
        audit.end(conn, audit.begin(conn, one_line(name, 64), "sign in", address=found.address), "wrong_password")
        raise Problem(401, "wrong_password", "There is no such user, or the password is another.")
    secret, settings = secrets.new_session(), web.settings.web
    sessions.begin(
        conn, name, secrets.digest(secret), settings.session_days, found.address, one_line(request.headers.get("user-agent", ""), 200)
    )
    audit.note(conn, name, "sign in")
    answer.set_cookie(
        COOKIE if found.https else COOKIE_ON_LOOPBACK,
        secret,
        max_age=round(settings.session_days * 86_400),
        secure=found.https,
        httponly=True,
        samesite="lax",
    )


def end(request: Request, conn: Connection, answer: Response) -> None:
    """Sign out, and delete the cookies in the answer."""
    if secret := session_of(request.cookies):
        sessions.end(conn, secrets.digest(secret))
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
    answer.delete_cookie(COOKIE_ON_LOOPBACK, httponly=True, samesite="lax")
