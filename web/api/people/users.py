"""Users over HTTP, as in `newsmill users`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from pipeline.access import secrets
from pipeline.access.scopes import Role
from pipeline.store.access import users
from pipeline.store.access.users import User
from web.api.answers import CHANGE, problems
from web.api.bodies import described, json_of
from web.context import Database
from web.http.problems import Problem

router = APIRouter(prefix="/api/v1/users", tags=["people"])

NAME = r"^[A-Za-z0-9._@-]{1,64}$"
Name = Annotated[str, Path(pattern=NAME)]


class NewUser(BaseModel):
    """A user to create."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(pattern=NAME, description="letters, digits and . _ @ -")
    role: Role
    password: str = Field(description=f"{secrets.SHORTEST} characters or more")


class UserChange(BaseModel):
    """What to change of a user; omitted fields stay. A new password ends their sessions."""

    model_config = ConfigDict(extra="forbid", strict=True)
    role: Role | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class UserList:
    users: list[User]


@router.get("", responses=problems())
def list_users(conn: Database) -> UserList:
    """All users, by name."""
    return UserList(users.listing(conn))


@router.post(
    "",
    status_code=201,
    responses=CHANGE | problems(409),
    openapi_extra=described(NewUser, {"name": "jo", "role": "editor", "password": "correct horse battery"}),
)
def add_user(conn: Database, given: Annotated[NewUser, Depends(json_of(NewUser))]) -> User:
    """Create a user. From the first one on, everybody has to sign in."""
    if given.role != "admin" and not users.are_there(conn):
        raise Problem(409, "no_admin", "The first user has to be an admin, or nobody could make another.")
    if not users.add(conn, given.name, given.role, hash_of(given.password)):
        raise Problem(409, "name_taken", f"There is a user {given.name} already.")
    return _found(users.find(conn, given.name), given.name)


@router.patch("/{name}", responses=CHANGE | problems(409), openapi_extra=described(UserChange, {"role": "reader"}))
def change_user(conn: Database, name: Name, change: Annotated[UserChange, Depends(json_of(UserChange))]) -> User:
    """Change a user's role or password."""
    if change.role not in (None, "admin"):
        _keep_an_admin(conn, name)
    users.change(conn, name, role=change.role, password=None if change.password is None else hash_of(change.password))
    return _found(users.find(conn, name), name)


@router.delete("/{name}", status_code=204, responses=problems(404, 409))
def remove_user(conn: Database, name: Name) -> Response:
    """Delete a user with their sessions and tokens. Without users, the process is open on loopback again."""
    _keep_an_admin(conn, name)
    if not users.remove(conn, name):
        raise Problem(404, "not_found", f"There is no user {name}.")
    return Response(status_code=204)


def hash_of(password: str) -> str:
    """The hash of a password. Raises Problem 422 if it is not acceptable."""
    if why := secrets.problem(password):
        raise Problem(422, "invalid", f"password: {why}")
    return secrets.hashed(password)


def _keep_an_admin(conn: Database, name: str) -> None:
    if users.is_last_admin(conn, name):
        raise Problem(409, "last_admin", f"{name} is the only admin; make another one before.")


def _found(user: User | None, name: str) -> User:
    if user is None:
        raise Problem(404, "not_found", f"There is no user {name}.")
    return user
