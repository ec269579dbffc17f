"""Tokens over HTTP. Users manage their own; admins also those of others."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from pipeline.access import secrets
from pipeline.access.scopes import Caller, Scope
from pipeline.store.access import tokens
from pipeline.store.access.tokens import Token
from web.access.guard import Asking
from web.api.answers import CHANGE, Id, problems
from web.api.bodies import described, json_of
from web.context import Database
from web.http.problems import Problem

router = APIRouter(prefix="/api/v1/tokens", tags=["people"])


class NewToken(BaseModel):
    """A token to create. It may do what its scopes allow, as far as its user may at that time."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$", description="what it is for")
    scopes: list[Scope] = Field(min_length=1, max_length=4)
    days: float | None = Field(None, gt=0, le=3650, description="how long it is good; null is until it is revoked")
    user: str | None = Field(None, description="whose it is; null is one's own")


@dataclass(frozen=True, slots=True)
class TokenList:
    tokens: list[Token]


@dataclass(frozen=True, slots=True)
class Made:
    """A new token. `secret` is what to send as `Authorization: Bearer …`. It is shown once and stored nowhere."""

    id: int
    name: str
    user: str
    scopes: list[Scope]
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    secret: str


@router.get("", responses=problems())
def list_tokens(conn: Database, caller: Asking) -> TokenList:
    """The caller's own tokens; for an admin, all tokens."""
    return TokenList(tokens.listing(conn, None if caller.may("admin") else caller.name))


@router.post(
    "",
    status_code=201,
    responses=CHANGE | problems(409),
    openapi_extra=described(NewToken, {"name": "notebook", "scopes": ["read", "text"]}),
)
def add_token(conn: Database, caller: Asking, given: Annotated[NewToken, Depends(json_of(NewToken))]) -> Made:
    """Create a token. The answer contains its secret, once. A token cannot create one that may do more than itself."""
    user = given.user if given.user is not None else caller.name
    if "\0" in user:
        raise Problem(422, "invalid", "user: has a character that no name has.")
    _may_manage(caller, user)
    if missing := [scope for scope in given.scopes if not caller.may(scope)]:
        raise Problem(403, "not_allowed", f"You have not the scope {missing[0]} yourself.")
    secret = secrets.new_token()
    expires_at = None if given.days is None else datetime.now(UTC) + timedelta(days=given.days)
    made = tokens.add(conn, user, given.name, dict.fromkeys(given.scopes), secrets.digest(secret), expires_at)
    if made is None:
        raise Problem(409, "name_taken", f"There is no user {user[:64]!r}, or they have a token {given.name!r} already.")
    return Made(**asdict(made), secret=secret)


@router.delete("/{token_id}", status_code=204, responses=problems(404))
def remove_token(conn: Database, caller: Asking, token_id: Id) -> Response:
    """Revoke a token. It is refused from the next request on."""
    found = tokens.get(conn, token_id)
    if found is None or (found.user != caller.name and not caller.may("admin")):
        raise Problem(404, "not_found", f"There is no token {token_id}.")
    tokens.remove(conn, token_id)
    return Response(status_code=204)


def _may_manage(caller: Caller, user: str) -> None:
    if user != caller.name and not caller.may("admin"):
        raise Problem(403, "not_allowed", "Tokens of others are for admins.")
