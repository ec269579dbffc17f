"""Secrets: passwords are hashed so that guessing is slow; tokens and sessions are long and random, so that one quick hash is enough."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from pwdlib import PasswordHash

TOKEN_MARK = "nm_"  # noqa: S105 by which scanners of source code know a token that should not be there
RANDOM_BYTES = 32
SHORTEST, LONGEST = 10, 1_000  # characters of a password; hashing a longer one would cost more than it is worth


def new_token() -> str:
    """A key for a program."""
    return TOKEN_MARK + secrets.token_urlsafe(RANDOM_BYTES)


def new_session() -> str:
    """What the cookie of a signed-in browser holds."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> bytes:
    """What is kept of a token or a session."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def hashed(password: str) -> str:
    """The password as it is kept. It takes 50 ms on purpose."""
    return _argon2().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the one that is kept. Where none is, as long a look is taken, so that nobody learns which names there are."""
    if len(password) > LONGEST:
        return False
    found = _argon2().verify(password, kept or _of_nobody())
    return found and kept is not None


def problem(password: str) -> str:
    """Why this is no password to keep; '' where it is one."""
    if len(password) < SHORTEST:
        return f"A password has {SHORTEST} characters or more."
    return f"A password has {LONGEST:,} characters at the most." if len(password) > LONGEST else ""


@cache
def _argon2() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _of_nobody() -> str:
    return hashed(secrets.token_urlsafe(RANDOM_BYTES))
