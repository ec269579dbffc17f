"""A resolver that tests control."""

from __future__ import annotations

import socket

import pytest


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Stub the resolver: every name has these addresses. Returns the names that were asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *args: object, **options: object) -> list[object]:
        asked.append(host)
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked
