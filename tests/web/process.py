"""`python -m web` as a process."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import httpx


def start(**variables: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSMILL_")}
    return subprocess.Popen([sys.executable, "-m", "web"], env={**environment, **variables}, stderr=subprocess.PIPE, text=True)


def wait_for(url: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the web process never answered")
