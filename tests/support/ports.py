"""Ports for servers that a test starts as processes of their own."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """A port that nobody holds. It is below the range of outgoing connections, so that none of them takes it before the server is up."""
    while True:
        port = random.randrange(10_000, 20_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
