"""Sending starts no worker: the command line and the web process import the dispatcher, load no extraction and change nothing of Celery's."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.paths import REPOSITORY

PROGRAM = """
import sys
import {module}
from kombu.transport.redis import Channel
started = [name for name in ("workers.app", "workers.tasks", "trafilatura") if name in sys.modules]  # the last takes a second to load
print(started, getattr(Channel._connparams, "guarded", False))
"""


@pytest.mark.parametrize("module", ["workers.broker", "workers.dispatch", "web.app", "cli.commands.links.enqueue"])
def test_what_sends_makes_no_worker(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module)], capture_output=True, text=True, cwd=REPOSITORY, check=True, timeout=120
    )
    assert done.stdout == "[] False\n"
