"""Who may see Flower: everybody who may see the pages. A browser signed in there is signed in here too, because cookies ignore ports."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg

from pipeline.access.exposure import Origin, bearer, origin, session_of
from pipeline.access.scopes import NOBODY, Caller
from pipeline.access.secrets import digest
from pipeline.request_origin import Refusal
from pipeline.settings import Settings, Web
from pipeline.store.access import callers
from pipeline.store.db.pool import connect

REMEMBERED_S = 10.0  # seconds; a page of Flower sends many requests at once
OPEN = ("/healthcheck",)

UNKNOWN = Refusal(401, "not_signed_in", "Sign in on newsmill's pages first, or send a token; then come back here.")
NOT_ALLOWED = Refusal(403, "not_allowed", "You may look at workers here and not steer them; that needs the role admin.")
UNAVAILABLE = Refusal(503, "database_unavailable", "Postgres does not answer now, so nobody can be let in; try again in a moment.")


@dataclass(slots=True)
class CallerCheck:
    """Identify the caller through Postgres, and cache the answer for a few seconds. With `web.flower_basic_auth`, Flower asks for that
    password itself."""

    settings: Settings
    web: Web = field(init=False)
    known: dict[tuple[bytes, str], tuple[float, Caller | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.web = self.settings.web.model_copy(update={"host": self.settings.web.flower_host, "published_on": ""})

    def refusal(
        self, path: str, peer: str, scheme: str, headers: Mapping[str, str], cookies: Mapping[str, str], *, steers: bool
    ) -> Refusal | None:
        """Why the request is refused; None if it is not. `headers` have names in lower case."""
        if self.web.flower_basic_auth or path.endswith(OPEN):
            return None
        try:
            caller = self._caller(origin(peer, scheme, headers, self.web.trusted_proxies), headers, cookies)
        except psycopg.Error:
            return UNAVAILABLE
        if caller is None:
            return UNKNOWN
        return None if caller.may("admin" if steers else "read") else NOT_ALLOWED

    def _caller(self, where: Origin, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Caller | None:
        by_proxy = headers.get(self.web.trusted_proxy_header.lower(), "") if where.is_trusted else ""
        key = (digest(bearer(headers.get("authorization", "")) + "\0" + session_of(cookies)), by_proxy)
        until, caller = self.known.get(key, (0.0, NOBODY))
        if until < time.monotonic():
            with connect(self.settings) as conn:
                caller = callers.identified(conn, self.web, where, headers, cookies)
            now = time.monotonic()
            self.known = {one: found for one, found in self.known.items() if found[0] > now} | {key: (now + REMEMBERED_S, caller)}
        return caller
