"""`newsmill up` and a second terminal: its commands speak of the running stack, and what they set is taken at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from pipeline.normalise.urls import parse
from pipeline.settings import Settings
from pipeline.store.links import links
from tests.integration.stack import wait_until
from tests.paths import REPOSITORY

pytestmark = pytest.mark.timeout(600)

CONTACT = "https://who.test/"
PROGRAM = "import sys; from cli.main import run; sys.argv[0] = 'newsmill'; run()"


def newsmill(data: Path, *arguments: str) -> list[str]:
    """The command line of newsmill on the data folder."""
    return [sys.executable, "-c", PROGRAM, "--data", str(data), *arguments]


def test_up_takes_the_contact_that_another_terminal_sets_and_wakes_what_failed_without(
    settings: Settings, conn: psycopg.Connection, tmp_path: Path
) -> None:
    redis_url = settings.redis_url.rpartition("/")[0] + "/11"
    plain = {name: value for name, value in os.environ.items() if name != "MAKELEVEL"} | {"PYTHONPATH": str(REPOSITORY)}
    given = {
        "NEWSMILL_DATABASE_URL": settings.database_url,
        "NEWSMILL_REDIS_URL": redis_url,
        "NEWSMILL_WEB__PORT": "0",
        "NEWSMILL_WEB__FLOWER_PORT": "0",
        "NEWSMILL_WORKERS__EXTRACT_PROCESSES": "1",
        "NEWSMILL_FETCH__ALLOW_NETWORKS": '["127.0.0.0/8"]',
    }
    data, log = tmp_path / "data", tmp_path / "up.log"
    (link,) = links.enqueue(conn, [parse("http://127.0.0.1:9/a")])  # nobody listens there
    conn.execute("UPDATE links SET state = 'failed', code = 'no_contact'")

    def told(*arguments: str) -> str:
        ran = subprocess.run(newsmill(data, *arguments), env=plain, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
        return ran.stdout

    def in_force() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(told("doctor", "--config", "--json"))
        return found

    with log.open("wb") as out:
        up = subprocess.Popen(newsmill(data, "up"), env=plain | given, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        wait_until(lambda: "all workers are ready" in log.read_text(), 180, "the workers", log.read_text)
        assert "No contact address is set" in log.read_text()
        assert in_force()["database_url"]["from"] == "the running `newsmill up`"
        assert links.by_ids(conn, [link.id])[0].state == "failed"
        assert "the running `newsmill up` restarts its workers with them" in told("set", f"fetch.contact={CONTACT}")
        wait_until(lambda: links.by_ids(conn, [link.id])[0].code != "no_contact", 180, "the link to be tried again", log.read_text)
        assert in_force()["fetch.contact"]["value"] == CONTACT
    finally:
        up.send_signal(signal.SIGTERM)
        status = up.wait(120)
        with redis.Redis.from_url(redis_url) as client:
            client.flushdb()
    assert status == 0, log.read_text()
    assert log.read_text().splitlines()[-1].endswith(f"stopped; the data is in {data}, and `newsmill up` continues with it")
    assert not (data / "run/settings.json").exists()
