"""`python -m web` as a process."""

from __future__ import annotations

import signal

import httpx

from pipeline.settings import Settings
from tests.support.ports import free_port
from tests.web.process import start, wait_for


def test_it_serves_and_stops_soon_after_sigterm_with_few_log_lines(config: Settings) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = start(NEWSMILL_DATABASE_URL=config.database_url, NEWSMILL_REDIS_URL=config.redis_url, NEWSMILL_WEB__PORT=str(port))
    try:
        wait_for(f"{url}/healthz")
        with httpx.Client(base_url=url, timeout=60) as client:
            for _ in range(50):
                assert client.get("/").status_code == 200
            taken = client.post("/api/v1/enqueue", json={"urls": ["https://example.org/a"]})
            assert taken.status_code == 200
            # The connection is still open when it has to stop.
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    lines = log.splitlines()
    assert len(lines) < 10
    assert any(taken.headers["x-request-id"] in line and "/api/v1/enqueue" in line for line in lines)


def test_without_a_database_it_says_what_to_set() -> None:
    process = start()
    _, log = process.communicate(timeout=90)
    assert process.returncode == 1
    assert log.startswith("newsmill: NEWSMILL_DATABASE_URL is not set")
