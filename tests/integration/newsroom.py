"""The newsroom: a small internet of news sites with real pages, kept beside the repository. Absent: tests skip and say so."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.paths import SHARED
from tests.support.ports import free_port

PROGRAM = SHARED / "newsroom" / "newsroom.py"
CORPUS = SHARED / "bench" / "articles"


@dataclass(frozen=True)
class Newsroom:
    port: int

    def rows(self, what: str) -> list[dict[str, Any]]:
        """One of the control pages: sites, truth, report, log."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{what}", timeout=30) as answer:
            return [json.loads(line) for line in answer.read().decode().splitlines()]


@contextmanager
def newsroom(*flags: str) -> Iterator[Newsroom]:
    if not PROGRAM.exists():
        pytest.skip("the newsroom and its corpus are not beside the repository")
    port = free_port()
    command = [sys.executable, str(PROGRAM), "--corpus", str(CORPUS), "--port", str(port), *flags]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            room = Newsroom(port)
            for _ in range(300):
                try:
                    room.rows("sites")
                    break
                except OSError:
                    assert process.poll() is None, "the newsroom has ended"
                    time.sleep(0.2)
            yield room
        finally:
            process.terminate()
