"""Secrets. Passwords are hashed slowly, so that guessing is slow. Tokens and sessions are long and random, so a fast hash is enough."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from pwdlib import PasswordHash

TOKEN_MARK = "nm_"  # noqa: S105 by which secret scanners recognise a token in source code
RANDOM_BYTES = 32
SHORTEST, LONGEST = 10, 1_000  # characters of a password; a longer one would only make hashing slow


def new_token() -> str:
    """Create a key for a program."""
    return TOKEN_MARK + secrets.token_urlsafe(RANDOM_BYTES)


def new_session() -> str:
    """Create the content of a session cookie."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> bytes:
    """The hash of a token or a session, which is all that is stored."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def hashed(password: str) -> str:
    """The hash of a password. It takes 50 ms on purpose."""
    return _argon2().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether the password matches the stored hash. Without a hash it takes as long, so that nobody learns which names exist."""
    if len(password) > LONGEST:
        return False
    found = _argon2().verify(password, kept or _of_nobody())
    return found and kept is not None


def problem(password: str) -> str:
    """Why this password is not acceptable; empty if it is."""
    if len(password) < SHORTEST:
        return f"A password has {SHORTEST} characters or more."
    return f"A password has {LONGEST:,} characters at the most." if len(password) > LONGEST else ""


@cache
def _argon2() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _of_nobody() -> str:
    return hashed(secrets.token_urlsafe(RANDOM_BYTES))
