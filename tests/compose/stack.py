"""docker-compose.yml as a user runs it: a copy of the project in a temporary folder, a .env of its own, free ports, an own project name."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.paths import REPOSITORY

PROJECT = REPOSITORY
IMAGE_PARTS = ("Dockerfile", ".dockerignore", "docker-compose.yml", "pyproject.toml", "requirements.lock", "README.md", "LICENSE")
IMAGE_FOLDERS = ("pipeline", "workers", "web", "cli", "config")
SITE = "http://news.test:8000"
# Images that a developer may have in other versions than those that are pinned.
IMAGES = {name: os.environ[name] for name in ("POSTGRES_IMAGE", "REDIS_IMAGE", "PYTHON_IMAGE") if name in os.environ}
PYTHON = IMAGES.get("PYTHON_IMAGE") or re.findall(r"^ARG PYTHON_IMAGE=(\S+)", (PROJECT / "Dockerfile").read_text(encoding="utf-8"), re.M)[0]


def engine_missing() -> str:
    """Why the stack cannot be run here; '' when it can."""
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"`{' '.join(command)}` could not be run: {error}"
        if ran.returncode:
            return f"`{' '.join(command)}` failed: {(ran.stderr or ran.stdout).strip().splitlines()[-1]}"
    return ""


@dataclass(frozen=True, slots=True)
class Stack:
    folder: Path
    name: str
    flower_password: str
    web_port: int
    flower_port: int

    def compose(
        self, *arguments: str, timeout_s: float = 300, check: bool = True, variables: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `docker compose …` on this stack, with variables that go before those in .env; an AssertionError shows what it printed when it
        fails."""
        command = ["docker", "compose", "-p", self.name, "-f", "docker-compose.yml", "-f", "site.yml", *arguments]
        environment = dict(os.environ) | (variables or {})
        ran = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=timeout_s, stdin=subprocess.DEVNULL, env=environment
        )
        assert not check or ran.returncode == 0, (
            f"{' '.join(command)} ended with {ran.returncode}\n{ran.stdout[-4000:]}\n{ran.stderr[-4000:]}"
        )
        return ran

    def up(self, *arguments: str) -> None:
        """Start what is not running and wait until everything is healthy."""
        self.compose("up", "-d", "--wait", "--wait-timeout", "300", *arguments, timeout_s=420)

    def newsmill(self, *arguments: str, deps: bool = True, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`newsmill …` in a container that is thrown away."""
        options = ["run", "--rm", "-T", *([] if deps else ["--no-deps"])]
        return self.compose(*options, "cli", *arguments, check=check)

    def containers(self) -> dict[str, list[dict[str, Any]]]:
        """What the engine knows of each container, by service; those that ended too."""
        ids = self.compose("ps", "--all", "--quiet").stdout.split()
        told = json.loads(subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, check=True, timeout=60).stdout)
        found: dict[str, list[dict[str, Any]]] = {}
        for one in told:
            found.setdefault(one["Config"]["Labels"]["com.docker.compose.service"], []).append(one)
        return found

    def web(self, path: str, host: str = "127.0.0.1") -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.web_port}{path}", headers={"Host": host})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def flower_status(self, path: str, password: str = "") -> int:
        request = urllib.request.Request(f"http://127.0.0.1:{self.flower_port}{path}")
        if password:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"newsmill:{password}".encode()).decode())
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def remove(self) -> None:
        """Take everything away: containers, volumes, network, image."""
        self.compose("--profile", "cli", "down", "--volumes", "--remove-orphans", "--timeout", "20", timeout_s=300, check=False)
        subprocess.run(["docker", "image", "rm", self.name], capture_output=True, timeout=120)


def prepare(folder: Path) -> Stack:
    """Lay the stack out in `folder`; nothing is started yet."""
    for name in IMAGE_PARTS:
        shutil.copy(PROJECT / name, folder / name)
    for name in IMAGE_FOLDERS:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    folder.chmod(0o755)  # as a clone is: the containers' user reads files of it
    (folder / "site").mkdir()
    # A password of every kind: Postgres' in a file, with what has a meaning in addresses, Redis' and Flower's in .env.
    (folder / "postgres-password").write_text(f"{secrets.token_hex(16)}@:/?#%\n", encoding="utf-8")
    stack = Stack(folder, f"newsmill-test-{secrets.token_hex(4)}", secrets.token_hex(16), *_free_ports(2))
    environment = {
        **IMAGES,
        "COMPOSE_PROFILES": "postgres,redis",
        "POSTGRES_PASSWORD_FILE": "./postgres-password",
        "REDIS_PASSWORD": f"'{secrets.token_hex(16)}@:/?#%$'",
        "FLOWER_PASSWORD": stack.flower_password,
        "WEB_PORT": str(stack.web_port),
        "FLOWER_PORT": str(stack.flower_port),
        # The site is on the engine's own network, and one visitor cannot hurt it.
        "NEWSMILL_FETCH__ALLOW_NETWORKS": """'["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]'""",
        "NEWSMILL_FETCH__MIN_GAP_S": "0",
        "NEWSMILL_FETCH__CONTACT": "tests@newsmill.test",
        "NEWSMILL_DISPATCH__LEASE_DISPATCHED_S": "30",
        "NEWSMILL_RETRY__DELAYS_S": "'[5, 5, 5]'",
        "NEWSMILL_RETRY__LATE_S": "'[5, 5]'",
    }
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in environment.items()), encoding="utf-8")
    (folder / "site.yml").write_text(json.dumps(_additions(stack)), encoding="utf-8")  # JSON is YAML
    return stack


def _additions(stack: Stack) -> dict[str, Any]:
    """A news site beside the stack, and an image name of its own so that no other newsmill on the engine is touched."""
    ours = ("migrate", "beat", "control-worker", "poll-worker", "fetch-worker", "extract-worker", "web", "flower", "cli")
    site = {
        "image": PYTHON,
        "init": True,
        "command": ["python", "-m", "http.server", "8000", "--directory", "/site"],
        "volumes": ["./site:/site:ro"],
        "networks": {"default": {"aliases": ["news.test"]}},
    }
    return {"services": {**{name: {"image": stack.name} for name in ours}, "site": site}}


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
