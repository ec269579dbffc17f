"""A child process that fetches what a hostile server sends and says how it ended and what it took.

Run as `python -m tests.fetch.bombs URL…`; prints one JSON line for each URL. A process of its own, so that the server's
memory is not counted, and so that the peak of one case is not hidden by another.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pipeline.fetch.client import Client
from pipeline.outcomes import Failure
from tests.fetch.conftest import LOOPBACK


def peak_kib() -> int:
    """The highest resident size of this process so far."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def main(urls: list[str]) -> None:
    client = Client(LOOPBACK)
    for url in urls:
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew from what is resident now (proc(5))
        before = peak_kib()
        began = time.monotonic()
        try:
            code = str(client.get(url, kind="page").status)
        except Failure as failure:
            code = failure.code
        print(json.dumps({"code": code, "seconds": time.monotonic() - began, "mib": (peak_kib() - before) / 1024}))


if __name__ == "__main__":
    main(sys.argv[1:])
