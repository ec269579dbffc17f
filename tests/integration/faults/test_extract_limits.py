"""Whatever a page does to a real extract worker, its link ends with a code, and the worker lives and goes on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from pipeline.jobs import Page
from pipeline.normalise.urls import parse
from pipeline.settings import Dispatch, Settings, Workers
from pipeline.store.articles import pages
from pipeline.store.links import links
from tests.extract import pathological
from tests.integration.stack import Stack, stack, wait_until

SITE = "http://a.example/"
LIMIT_S = 40  # on a busy machine a page takes several times its CPU; one that ran out of time for that is rightly tried again
LEASE_S = 20  # above what a busy machine may take between two renewals
MEMORY_MIB = 400
END_S = 300
HONEST = "An honest page is extracted by the same worker afterwards. " * 12


@pytest.fixture
def worker(settings: Settings, tmp_path: Path) -> Iterator[Stack]:
    """An extract worker with small limits, and those that bring it its work."""
    small = settings.model_copy(
        update={
            "workers": Workers(extract_processes=2, extract_time_limit_s=LIMIT_S, extract_page_memory_mib=MEMORY_MIB, heartbeat_s=2),
            "dispatch": Dispatch(lease_extract_s=LEASE_S, lease_dispatched_s=60),
        }
    )
    with stack(small, tmp_path / "logs", ("beat", "control", "extract")) as running:
        yield running


def bring(conn: psycopg.Connection, name: str, body: str) -> int:
    """A link whose page was fetched."""
    url = f"{SITE}{name}"
    page = Page(url, url, 200, {"content-type": "text/html; charset=utf-8"}, (), pathological.page(body))
    with conn.transaction():  # else the dispatcher has it fetched
        number = links.enqueue(conn, [parse(url)])[0].id
        pages.insert(conn, number, page)
        conn.execute("UPDATE links SET state = 'fetched', stage = 'extract' WHERE id = %s", (number,))
    return number


def ended(conn: psycopg.Connection) -> bool:
    return conn.execute("SELECT count(*) FROM links WHERE state NOT IN ('stored', 'failed', 'skipped')").fetchone() == (0,)


def state(conn: psycopg.Connection, number: int) -> str:
    return (conn.execute("SELECT state FROM links WHERE id = %s", (number,)).fetchone() or ("",))[0]


def test_a_page_is_done_or_its_process_killed_and_the_row_says_so(conn: psycopg.Connection, worker: Stack) -> None:
    for name, (make, _) in pathological.PAGES.items():
        bring(conn, name, make())
    wait_until(lambda: ended(conn), END_S, "all pages to end", worker.tails)
    rows = conn.execute("SELECT replace(url, %s, ''), state, code, extract_attempts FROM links", (SITE,)).fetchall()
    assert {name for name, state, *_ in rows if state == "stored"} >= {name for name, (_, found) in pathological.PAGES.items() if found}
    codes = {"extract_timeout", "extract_memory", "extract_crashed", "no_content", "not_article"}
    assert {code for _, state, code, _ in rows if state != "stored"} <= codes, rows
    assert max(starts for *_, starts in rows) <= 3
    assert {starts for *_, code, starts in rows if code in ("extract_timeout", "extract_memory")} <= {1}, rows
    assert conn.execute("SELECT count(*) FROM articles WHERE text = ''").fetchone() == (0,)
    assert conn.execute("SELECT count(*) FROM articles WHERE published_at IS NOT NULL OR canonical_url <> ''").fetchone() == (0,)
    _killed_by_memory(conn, worker)
    honest = bring(conn, "honest", f"<article><p>{HONEST}</p></article>")
    wait_until(lambda: state(conn, honest) == "stored", 180, "an honest page", worker.tails)
    assert worker.processes["extract"].poll() is None


def _killed_by_memory(conn: psycopg.Connection, worker: Stack) -> None:
    """One page asks for more than its process may have; another one's process is killed, as the kernel does on a full machine."""
    greedy = bring(conn, "greedy", "\N{BRIDGE AT NIGHT}" + "x" * (MEMORY_MIB * 2**20 // 4))  # 4 bytes a character, once decoded
    killed = bring(conn, "killed", pathological.paragraphs(200_000))
    began = time.monotonic()
    while not ended(conn) and time.monotonic() - began < END_S:
        if state(conn, killed) == "running":
            for child in psutil.Process(worker.processes["extract"].pid).children():
                with contextlib.suppress(psutil.NoSuchProcess):  # its memory's limit, or the page's end, was quicker
                    child.kill()
        time.sleep(0.05)
    rows = conn.execute("SELECT id, state, code FROM links WHERE id >= %s ORDER BY id", (greedy,)).fetchall()
    assert rows == [(greedy, "failed", "extract_memory"), (killed, "failed", "extract_crashed")], worker.tails()
    starts = conn.execute(
        "SELECT link_id, count(*), max(number) FROM attempts WHERE link_id >= %s GROUP BY 1 ORDER BY 1", (greedy,)
    ).fetchall()
    assert starts == [(greedy, 1, 1), (killed, 3, 3)]
