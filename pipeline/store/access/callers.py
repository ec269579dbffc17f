"""Identify the caller: by a token, a trusted proxy or a session; or anybody, if the process is open. The web process and Flower both use
this."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import Connection

from pipeline.access.exposure import Origin, bearer, is_loopback, session_of
from pipeline.access.scopes import ANYBODY, ROLES, Caller
from pipeline.access.secrets import digest
from pipeline.settings import Web
from pipeline.store.access import sessions, tokens, users


def identified(conn: Connection, settings: Web, origin: Origin, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Caller | None:
    """The caller; None if the caller must be identified but is not. An invalid token is never ignored."""
    if token := bearer(headers.get("authorization", "")):
        return tokens.caller(conn, digest(token))
    if settings.trusted_proxy_header and origin.is_trusted and (name := headers.get(settings.trusted_proxy_header.lower(), "")):
        known = users.find(conn, name)
        role = known.role if known else settings.trusted_proxy_role
        return Caller(name[:64], ROLES[role], "proxy", known.id if known else None)
    if (session := session_of(cookies)) and (found := sessions.caller(conn, digest(session))):
        return found
    return ANYBODY if is_on_loopback(settings) and not users.are_there(conn) else None


def is_on_loopback(settings: Web) -> bool:
    """Whether only this machine reaches the port."""
    return is_loopback(settings.published_on or settings.host)
