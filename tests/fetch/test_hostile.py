"""Every hostile answer ends in its code, in little memory, and by the deadline; none leads anywhere else."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import Any

import pytest

from pipeline.fetch.client import Client
from pipeline.hops import Hop
from pipeline.outcomes import CODES
from pipeline.settings import Fetch
from tests.fetch.conftest import failing
from tests.fetch.hostile import HOSTILE, PAGE, zeros_packed
from tests.fetch.server import HTML, Script, answer, page, redirect, serving
from tests.paths import REPOSITORY
from tests.support.tables import failing_rows

MOST_MIB = 50.0


def fetched_by_a_child() -> dict[str, dict[str, Any]]:
    """How each case ended in one child process: those that end at the deadline side by side, the others one after the other."""
    paths: dict[str, Script] = {f"/{n}": script for n, (script, _) in enumerate(HOSTILE.values())}
    names = list(HOSTILE)
    waiting = [name for name in names if HOSTILE[name][1] == "timeout"]
    groups = [["warm"], waiting, *([name] for name in names if name not in waiting)]  # the first loads what all need
    for mib, layers in ((20, 1), (20, 2), (200, 1), (200, 2)):
        zeros_packed(mib, layers)  # made before the deadline of a fetch runs
    with serving(paths | {"/news": page(), "/": redirect("/")}) as site:
        urls = {name: site.url(f"/{n}") for n, name in enumerate(names)} | {"warm": site.url("/news")}
        lines = "".join(json.dumps([urls[name] for name in group]) + "\n" for group in groups)
        child = [sys.executable, "-m", "tests.fetch.hostile_child"]
        out = subprocess.run(child, cwd=REPOSITORY, input=lines, capture_output=True, text=True, check=True, timeout=300).stdout
    return dict(zip([name for group in groups for name in group], map(json.loads, out.splitlines()), strict=True))


def test_every_hostile_answer_ends_in_its_code_and_in_little_memory() -> None:
    ended = fetched_by_a_child()

    def check(name: str) -> None:
        end = ended[name]
        assert end["code"] == HOSTILE[name][1]
        assert end["mib"] < MOST_MIB
        assert set(end["dialled"]) <= {"127.0.0.1"}

    assert failing_rows(HOSTILE, check) == {}


def test_the_measure_of_memory_sees_a_large_body() -> None:
    """The limit means something: an unguarded read of one of these bodies is far over it."""
    read = "import sys, zlib; d = zlib.decompressobj(47).decompress(sys.stdin.buffer.read())"
    measure = f"from tests.fetch.hostile_child import peak_kib; b = peak_kib(); {read}; print(peak_kib() - b)"
    got = subprocess.run(
        [sys.executable, "-c", measure], cwd=REPOSITORY, input=zeros_packed(200, 1), capture_output=True, check=True, timeout=60
    )
    assert int(got.stdout) / 1024 > 3 * MOST_MIB


@pytest.mark.parametrize("code", ["truncated", "protocol_error", "reset", "timeout"])
def test_what_a_bad_connection_may_have_done_is_tried_again(code: str) -> None:
    assert CODES[code].again == "yes"


def test_the_limits_that_are_met_here_are_these_by_default() -> None:
    limits = Fetch()
    assert (limits.deadline_s, limits.max_redirects, limits.max_header_bytes) == (30, 10, 64 * 1024)


def test_a_body_that_is_gzip_and_does_not_say_so_is_unpacked(client: Client) -> None:
    with serving({"/": page(gzip.compress(PAGE, mtime=0)), "/feed": answer(gzip.compress(PAGE, mtime=0))}) as site:
        assert client.get(site.url("/"), kind="page").body == PAGE
        assert client.get(site.url("/feed"), kind="feed").body == PAGE


def test_an_endless_body_is_cut_at_the_limit(client: Client) -> None:
    with serving({}) as site:
        site.script["/"] = site.endless(HTML + b"\r\n")
        assert failing(client, site.url("/")).code == "too_large"
    assert site.sent < 20 * 2**20


def test_an_image_is_refused_before_its_body_is_read(client: Client) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"
    with serving({}) as site:
        site.script["/"] = site.endless(head)
        assert failing(client, site.url("/")).code == "unsupported_type"
    assert site.sent < 10 * 2**20


def test_the_endless_body_of_a_redirect_is_not_read(client: Client) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /story\r\n\r\n"
    with serving({"/story": page(PAGE)}) as site:
        site.script["/"] = site.endless(head)
        got = client.get(site.url("/"), kind="page")
    assert got.body == PAGE
    assert got.hops == (Hop(site.url("/"), 302),)
    assert site.sent < 10 * 2**20  # what the buffers of the kernel took
