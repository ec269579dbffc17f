"""A child process that fetches what a hostile server sends, and says how each fetch ended and what it took.

Run as `python -m tests.fetch.hostile_child`; it reads groups of URLs from standard input, a JSON list a line, fetches the URLs of a group side
by side, and prints one JSON line a URL. A process of its own, so that the server's memory is not counted, and so that the peak of one group
is not hidden by another.
"""

from __future__ import annotations

import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.fetch.client import Client
from pipeline.outcomes import Failure
from tests.fetch.conftest import LOOPBACK

DIALLED: list[str] = []


class Watched(socket.socket):
    """A socket that notes the address it connects to."""

    def connect(self, address: tuple[str, int]) -> None:  # type: ignore[override]
        DIALLED.append(str(address[0]))
        super().connect(address)


def peak_kib() -> int:
    """The highest resident size of this process so far."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def code_of(client: Client, url: str) -> str:
    """The code of the failure, or the status of the answer."""
    try:
        return str(client.get(url, kind="page").status)
    except Failure as failure:
        return failure.code


def main() -> None:
    socket.socket = Watched  # type: ignore[misc]
    client = Client(LOOPBACK)
    for line in sys.stdin:
        urls = json.loads(line)
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew from what is resident now (proc(5))
        before = peak_kib()
        DIALLED.clear()
        with ThreadPoolExecutor(len(urls)) as threads:
            codes = list(threads.map(lambda url: code_of(client, url), urls))
        took = {"mib": (peak_kib() - before) / 1024, "dialled": sorted(set(DIALLED))}
        for code in codes:
            print(json.dumps({"code": code} | took))


if __name__ == "__main__":
    main()
