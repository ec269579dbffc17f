"""The four scopes of what may be done, and which of them each role has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal["read", "text", "write", "admin"]
Role = Literal["reader", "editor", "admin"]
By = Literal["nothing", "session", "token", "proxy"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
MEANINGS: dict[Scope, str] = {
    "read": "titles, counts, passages of 200 characters, feeds, links and states",
    "text": "whole texts, fetched pages and exports",
    "write": "feeds, links, hosts, sources and collections may be changed",
    "admin": "users, the tokens of others, and the audit",
}
ROLES: dict[Role, frozenset[Scope]] = {
    "reader": frozenset(("read", "text")),
    "editor": frozenset(("read", "text", "write")),
    "admin": frozenset(SCOPES),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request. `name` is empty if nobody has to sign in; for a token it is the user's, and `token` is its own. `by` is how the
    caller was identified."""

    name: str
    scopes: frozenset[Scope]
    by: By = "nothing"
    user_id: int | None = None
    token: str = ""

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    @property
    def shown(self) -> str:
        """The name that the audit shows."""
        return f"{self.name} (token {self.token})" if self.token else self.name


ANYBODY = Caller("", ROLES["admin"])  # for a process without users
NOBODY = Caller("", frozenset())
