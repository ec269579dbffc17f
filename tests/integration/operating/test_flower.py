"""Flower beside a real worker: who may look, and who may steer."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.settings import Settings
from tests.integration.stack import Stack, stack
from tests.support.ports import free_port

LOGIN = {"Authorization": "Basic " + base64.b64encode(b"me:secret").decode()}


class Flower:
    """What Flower answers; by itself a program that names the right Host."""

    def __init__(self, running: Stack, port: int, node: str) -> None:
        self.running, self.port, self.node = running, port, node

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers=LOGIN | {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def shut_down(self, **headers: str) -> tuple[int, str]:
        return self.ask("POST", f"/api/worker/shutdown/{self.node}", **headers)

    def is_alive(self) -> bool:
        return self.running.processes["control"].poll() is None


@contextmanager
def flower(settings: Settings, logs: Path, **web: object) -> Iterator[Flower]:
    port = free_port()
    more = {"flower_port": port, "flower_basic_auth": "me:secret"} | web
    config = settings.model_copy(update={"web": settings.web.model_copy(update=more)})
    with stack(config, logs, ("control",)) as running:
        running.start("flower")
        found = Flower(running, port, f"control@{socket.gethostname()}")
        _until(lambda: found.node in json.loads(found.ask("GET", "/api/workers?refresh=1")[1]), running)
        yield found


def _until(ready: object, running: Stack) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        try:
            if ready():  # type: ignore[operator]
                return
        except (OSError, ValueError):
            pass
        time.sleep(0.3)
    raise AssertionError(f"waited in vain\n{running.tails()}")


def test_flower_looks_and_steers_nothing_by_default(settings: Settings, tmp_path: Path) -> None:
    with flower(settings, tmp_path / "logs") as found:
        ours = f"127.0.0.1:{found.port}"
        _until(lambda: found.node in found.ask("GET", "/")[1], found.running)  # once an event of the worker has come
        assert found.ask("GET", f"/worker/{found.node}")[0] == 200
        assert found.ask("GET", "/tasks")[0] == 200
        assert found.ask("GET", "/healthcheck")[0] == 200
        assert found.ask("POST", "/tasks/datatable", Origin=f"http://{ours}", Content_Length="0")[0] != 403, "a table that is read by POST"
        for how in ({}, {"Origin": f"http://{ours}"}, {"Sec_Fetch_Site": "same-origin"}):
            status, said = found.shut_down(**how)
            assert (status, "set web.flower_control = true" in said) == (403, True)
        for path in ("/api/task/send-task/dispatch", "/api/worker/pool/shrink/x", "/api/task/revoke/1", "/workers"):
            assert found.ask("POST", path)[0] == 403
        assert found.ask("DELETE", "/api/workers")[0] == 403
        assert found.is_alive()


def test_other_sites_and_other_names_are_refused_before_flower_sees_them(settings: Settings, tmp_path: Path) -> None:
    with flower(settings, tmp_path / "logs", flower_control=True) as found:
        for path in ("/", "/api/workers", "/static/css/flower.css", "/nothing"):
            for host in ("rebound.example", f"rebound.example:{found.port}", "127.0.0.1.rebound.example"):
                status, said = found.ask("GET", path, Host=host)
                assert (status, "web.allowed_hosts" in said) == (400, True)
        foreign = (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "same-site"},
            {"Referer": "https://evil.example/"},
            {"Origin": f"http://127.0.0.1:{found.port + 1}"},
            {"Host": "rebound.example", "Origin": "http://rebound.example"},
        )
        for headers in foreign:
            status, said = found.shut_down(**headers)
            assert status in (400, 403)
            assert said
        upgrade = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec_WebSocket_Version": "13",
            "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        assert found.ask("GET", "/api/task/events/task-sent/", Origin="https://evil.example", **upgrade)[0] == 403
        assert found.is_alive()
        status, said = found.shut_down(Origin=f"http://127.0.0.1:{found.port}", Sec_Fetch_Site="same-origin")
        assert status == 200, said
        _until(lambda: not found.is_alive(), found.running)
