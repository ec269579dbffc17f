"""What may be done, in four scopes, and which of them each role has."""

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
    """Who asks. `name` is '' where nobody has to say who they are; of a token it is the user's, and `token` is its own. `by`: how it is known."""

    name: str
    scopes: frozenset[Scope]
    by: By = "nothing"
    user_id: int | None = None
    token: str = ""

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    @property
    def shown(self) -> str:
        """As the audit names them."""
        return f"{self.name} (token {self.token})" if self.token else self.name


ANYBODY = Caller("", ROLES["admin"])  # where the process is open
NOBODY = Caller("", frozenset())
