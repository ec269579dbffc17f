"""The guard. Before an endpoint runs, it identifies the caller, compares what the caller may do with what the endpoint needs, and records
changes in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import psycopg
import structlog
from fastapi import Depends, Request

from pipeline.access.exposure import Origin, origin
from pipeline.access.scopes import MEANINGS, NOBODY, Caller
from pipeline.outcomes import Failure
from pipeline.request_origin import SAFE_METHODS
from pipeline.store.access import audit, callers
from web.access.endpoints import ALSO_FROM_LOOPBACK, ENDPOINTS, LOOKS, SEARCHES
from web.context import CONNECT_S, Context, Web
from web.http.problems import Problem

log = structlog.get_logger()

SIGN_IN = Problem(
    401, "not_signed_in", "Sign in, or send a token: `Authorization: Bearer nm_…`.", {"WWW-Authenticate": 'Bearer realm="newsmill"'}
)
BAD_TOKEN = Problem(
    401,
    "bad_token",
    "This token is not known, or it was revoked or has run out.",
    {"WWW-Authenticate": 'Bearer realm="newsmill", error="invalid_token"'},
)


def guard(request: Request, web: Web) -> Iterator[Caller]:
    """The caller. Raises Problem 401, 403 or 429 if the request is not allowed. A change is recorded before it is made, and its result
    after it."""
    endpoint = f"{request.method} {request.scope['route'].path}"
    needed = ENDPOINTS.get(endpoint, "admin")  # an endpoint that is missing in the table is only for admins
    if needed == "open":
        yield NOBODY
        return
    caller = _admitted(request, web, endpoint)
    if not caller.may(needed):
        raise Problem(403, "not_allowed", f"This needs the scope {needed} ({MEANINGS[needed]}), which {caller.shown or 'nobody'} has not.")
    if caller.by != "nothing":
        request.app.state.limits.count("searches" if endpoint in SEARCHES else "requests", f"{caller.name}/{caller.token}")
    if request.method in SAFE_METHODS or endpoint in LOOKS:
        yield caller
    else:
        yield from _audited(request, web, caller, endpoint)


Asking = Annotated[Caller, Depends(guard, scope="function")]


def where_from(request: Request, web: Context) -> Origin:
    peer = request.client.host if request.client else ""
    return origin(peer, request.url.scheme, request.headers, web.settings.web.trusted_proxies)


def _admitted(request: Request, web: Context, endpoint: str) -> Caller:
    found = where_from(request, web)
    if endpoint in ALSO_FROM_LOOPBACK and found.is_loopback and "authorization" not in request.headers:
        return Caller("", frozenset(("read",)))  # also while Postgres is down, which the endpoint reports
    with web.pool.connection(timeout=CONNECT_S) as conn:
        caller = callers.identified(conn, web.settings.web, found, request.headers, request.cookies)
    if caller is not None:
        return caller
    if "authorization" in request.headers:
        raise BAD_TOKEN
    raise SIGN_IN


def _audited(request: Request, web: Context, caller: Caller, endpoint: str) -> Iterator[Caller]:
    with web.pool.connection(timeout=CONNECT_S) as conn:
        number = audit.begin(conn, caller.shown, endpoint, request.url.path, where_from(request, web).address)
    outcome = "internal_error"
    try:
        yield caller
        outcome = "done"
    except (Problem, Failure) as refusal:
        outcome = refusal.code
        raise
    finally:
        try:
            with web.pool.connection(timeout=CONNECT_S) as conn:
                audit.end(conn, number, outcome)
        except psycopg.OperationalError as error:  # the answer says what came of the change; the row keeps that it was begun
            log.warning("the audit does not know how a change ended", number=number, outcome=outcome, error=str(error))
