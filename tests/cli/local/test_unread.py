"""`newsmill up` before a terminal that is not read: a paused pager, Ctrl-S. The programs go on, and a stop is heard."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.paths import REPOSITORY

# Supervises one program that says much more than a pipe holds, as `cli.local.up.run` does.
UP = """
import os, sys
from pathlib import Path
from cli.local.stop_signals import listening_for_stops
from cli.local.supervise import Out, Program, run
from pipeline.standard_streams import handed_over
folder = Path(sys.argv[1])
chatty = "import sys; from pathlib import Path\\nfor n in range(10**9):\\n  print('x' * 200)\\n  if n % 5000 == 0: Path(sys.argv[1]).write_text(str(n))"
with handed_over(), listening_for_stops() as stops:
    run([Program("chatty", [sys.executable, "-c", chatty, str(folder / "progress")], dict(os.environ))],
        out=Out.of(["chatty"]), stops=stops, pids_file=folder / "pids", tick=lambda say: None)
"""


def progress(folder: Path) -> int:
    try:
        return int((folder / "progress").read_text() or 0)
    except (OSError, ValueError):
        return 0


def test_programs_go_on_and_a_stop_is_heard_while_nobody_reads(tmp_path: Path) -> None:
    up = subprocess.Popen([sys.executable, "-c", UP, str(tmp_path)], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 60
        while progress(tmp_path) < 50_000 and time.monotonic() < until:  # 10 MB: the buffers on the way were full long before
            time.sleep(0.1)
        assert progress(tmp_path) >= 50_000
        up.send_signal(signal.SIGTERM)
        assert up.wait(120) == 0
    finally:
        up.kill()
        up.communicate()
    assert not (tmp_path / "pids").exists()
